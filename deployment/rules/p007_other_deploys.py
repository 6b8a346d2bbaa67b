"""Nobody else works on the stacks."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule
from deployment.rules.wanted import stack_names


def check(facts: Facts) -> Iterator[Problem]:
    deployed = facts.stacks()
    for stack in stack_names(facts.asked.stack, facts.asked.stacks):
        status = deployed[stack].status if stack in deployed else ""
        if status.endswith("_IN_PROGRESS"):
            command = f"aws cloudformation describe-stacks --region {facts.cloud.region} --stack-name {stack}"
            yield Problem(
                f"stack {stack}", f"is {status}", "nobody else at work on it", f"wait until that ends: {command}"
            )


RULE = Rule(
    id="P007",
    level="error",
    title="No other deploy is at work on the stacks",
    actions=("cloudformation:DescribeStacks",),
    hint="wait until the other deploy ends",
    link="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html",
    check=check,
)
