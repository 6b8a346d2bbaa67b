"""Every stack is in a state that a deploy can go on from."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.existing import Stack
from deployment.findings import Problem
from deployment.leftovers import standing_against
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule
from deployment.rules.wanted import stack_names
from deployment.statuses import answer, refusal


def check(facts: Facts) -> Iterator[Problem]:
    for name in stack_names(facts.asked.stack, facts.asked.stacks):
        stack = facts.stacks().get(name)
        problem = _problem(facts, stack) if stack else None
        if problem:
            yield problem


def _problem(facts: Facts, stack: Stack) -> Problem | None:
    region = facts.cloud.region
    match answer(stack.status).does:
        case "refuse":
            return refusal(stack.name, stack.status, region=region, cause=facts.first_cause(stack.name))
        case "recreate":
            return standing_against(stack, facts.left_behind(stack.name), region=region)
    return None


RULE = Rule(
    id="P006",
    level="error",
    title="Every stack is in a state that a deploy can go on from",
    actions=(
        "cloudformation:DescribeStacks",
        "cloudformation:DescribeStackEvents",
        "cloudformation:ListStackResources",
    ),
    hint="see what its events say",
    link="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html",
    check=check,
)
