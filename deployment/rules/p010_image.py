"""Every workstation has an AMI that can be used."""

from __future__ import annotations

from collections.abc import Iterator

from deployment import images
from deployment.findings import Problem
from deployment.rules import decisions
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule


def check(facts: Facts) -> Iterator[Problem]:
    chosen, described = decisions.chosen_images(facts), decisions.described_images(facts)
    yield from chosen.problems
    for entry in facts.asked.stacks.workstations:
        if entry.name in chosen.values:
            yield from images.missing(entry, chosen.values[entry.name], described)


RULE = Rule(
    id="P010",
    level="error",
    title="Every workstation has an AMI that can be used here",
    actions=("ssm:GetParameter", "ec2:DescribeImages", "cloudformation:DescribeStacks"),
    hint="pass another AMI",
    link="https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-ami.html",
    check=check,
)
