"""The subnets of a VPC that is there are private, apart, and of that VPC."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules import network_decisions
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule


def check(facts: Facts) -> Iterator[Problem]:
    yield from network_decisions.existing(facts).problems


RULE = Rule(
    id="P033",
    level="error",
    title="The subnets of a VPC that is there are private, in different zones and in that VPC",
    actions=("ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeVpcs", "cloudformation:DescribeStacks"),
    hint="name other subnets",
    link="https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html",
    check=check,
)
