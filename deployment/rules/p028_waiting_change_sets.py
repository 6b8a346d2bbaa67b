"""Nobody else is asked right now whether to deploy the same stacks."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule
from deployment.rules.wanted import stack_names

SIDE_BY_SIDE = 8
"""Few enough for CloudFormation's request rate, with a stack for each of many workstations."""


def check(facts: Facts) -> Iterator[Problem]:
    there = facts.every_stack()
    names = [name for name in stack_names(facts.asked.stack, facts.asked.stacks) if name in there]
    with facts.processes.threads(SIDE_BY_SIDE) as pool:
        answers = dict(zip(names, pool.map(facts.waiting, names), strict=True))
    for name, found in answers.items():
        if found:
            made = f"{found[-1]['CreationTime']:%Y-%m-%d %H:%M} UTC"
            yield Problem(
                f"stack {name}",
                f"a change set that somebody made at {made} waits to be executed",
                "no other deploy under way",
                "ask who else deploys: this deploy puts its own in its place; after a run that was killed, go on",
            )


RULE = Rule(
    id="P028",
    level="warning",
    title="No other deploy waits for its answer",
    actions=("cloudformation:DescribeStacks", "cloudformation:ListChangeSets"),
    hint="ask who else deploys",
    link="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html",
    check=check,
)
