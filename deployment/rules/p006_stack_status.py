"""Every stack is in a state that CloudFormation updates."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule
from deployment.rules.wanted import stack_names

DEPLOYABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")
"""Statuses that CloudFormation accepts an update in (…/UserGuide/view-stack-events.html, stack status codes)."""


def check(facts: Facts) -> Iterator[Problem]:
    deployed = facts.stacks()
    for stack in stack_names(facts.asked.stack, facts.asked.stacks):
        status = deployed[stack].status if stack in deployed else DEPLOYABLE[0]
        where = f"--region {facts.cloud.region} --stack-name {stack}"
        if status == "ROLLBACK_COMPLETE":
            hint = f"its creation failed and it holds nothing; delete it: aws cloudformation delete-stack {where}"
            yield Problem(f"stack {stack}", f"is {status}", "one that can be updated", hint)
        elif status not in DEPLOYABLE and not status.endswith("_IN_PROGRESS"):
            hint = f"see why: aws cloudformation describe-stack-events {where}"
            yield Problem(f"stack {stack}", f"is {status}", "one that can be updated", hint)


RULE = Rule(
    id="P006",
    level="error",
    title="Every stack is in a state that CloudFormation updates",
    actions=("cloudformation:DescribeStacks",),
    hint="see what its events say",
    link="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html",
    check=check,
)
