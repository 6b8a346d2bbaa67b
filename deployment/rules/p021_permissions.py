"""Whoever deploys may do what the templates need."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules.facts import Facts
from deployment.rules.permissions import actions_for, policy_source
from deployment.rules.rule import Rule
from deployment.rules.wanted import types

SHOWN = 12


def check(facts: Facts) -> Iterator[Problem]:
    source = policy_source(facts)
    if source is None:  # the account's root user, who may do everything
        return
    wanted = actions_for(types(facts.asked.stacks))
    found = facts.cloud.pages(
        "iam", "SimulatePrincipalPolicy", "EvaluationResults", PolicySourceArn=source, ActionNames=list(wanted)
    )
    refused = sorted({answer["EvalActionName"] for answer in found if answer["EvalDecision"] != "allowed"})
    if refused:
        shown = ", ".join(refused[:SHOWN]) + (f" and {len(refused) - SHOWN} more" if len(refused) > SHOWN else "")
        hint = "ask whoever administers the account; a policy with conditions may allow them all the same"
        yield Problem("permissions", f"{source} is not allowed {shown}", "what the templates need", hint)


RULE = Rule(
    id="P021",
    level="warning",
    title="Whoever deploys may do what the templates need",
    actions=("sts:GetCallerIdentity", "iam:SimulatePrincipalPolicy", "iam:GetRole"),
    hint="ask for the actions",
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html",
    check=check,
    on_local=False,
)
