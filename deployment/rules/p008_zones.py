"""The zones are there, and offer the instance types."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules import decisions
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule


def check(facts: Facts) -> Iterator[Problem]:
    facts.offered()  # without it the zones are chosen all the same, but nobody knows what they offer
    yield from decisions.zone_ids(facts).problems
    yield from decisions.prefix_list(facts).problems


RULE = Rule(
    id="P008",
    level="error",
    title="The zones are there, each once, and offer the instance types",
    actions=(
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInstanceTypeOfferings",
        "ec2:DescribeManagedPrefixLists",
        "ec2:DescribeSubnets",
        "cloudformation:DescribeStacks",
    ),
    hint="choose other zones or types",
    link="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-discovery.html",
    check=check,
)
