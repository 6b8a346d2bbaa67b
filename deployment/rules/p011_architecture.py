"""The AMI is for the processor of the instance type."""

from __future__ import annotations

from collections.abc import Iterator

from deployment import images
from deployment.findings import Problem
from deployment.rules import decisions
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule


def check(facts: Facts) -> Iterator[Problem]:
    chosen, described = decisions.chosen_images(facts).values, decisions.described_images(facts)
    types = {name: tuple(answer["ProcessorInfo"]["SupportedArchitectures"]) for name, answer in facts.types().items()}
    for entry in facts.asked.stacks.workstations:
        if entry.name in chosen:
            yield from images.other_architecture(entry, chosen[entry.name], described, types)


RULE = Rule(
    id="P011",
    level="error",
    title="The AMI is for the processor of the instance type",
    actions=("ec2:DescribeInstanceTypes", "ec2:DescribeImages", "ssm:GetParameter", "cloudformation:DescribeStacks"),
    hint="choose an AMI for that processor, or another type",
    link="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-types.html",
    check=check,
)
