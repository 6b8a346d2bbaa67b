"""The AMI has its root where the template expects it."""

from __future__ import annotations

from collections.abc import Iterator

from deployment import images
from deployment.findings import Problem
from deployment.rules import decisions
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule


def check(facts: Facts) -> Iterator[Problem]:
    chosen, described = decisions.chosen_images(facts).values, decisions.described_images(facts)
    for entry in facts.asked.stacks.workstations:
        if entry.name in chosen:
            yield from images.other_root_device(entry, chosen[entry.name], described)


RULE = Rule(
    id="P012",
    level="error",
    title="The AMI has its root where the template expects it",
    actions=("ec2:DescribeImages", "ssm:GetParameter", "cloudformation:DescribeStacks"),
    hint="choose an AMI of that operating system",
    link="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html",
    check=check,
)
