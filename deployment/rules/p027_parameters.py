"""Every parameter has a value that its template allows."""

from __future__ import annotations

from collections.abc import Iterator

from deployment import plan
from deployment.findings import Problem
from deployment.rules import decisions, network_decisions
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule


def check(facts: Facts) -> Iterator[Problem]:
    made_from = (
        decisions.zone_ids(facts),
        decisions.prefix_list(facts),
        decisions.chosen_images(facts),
        network_decisions.existing(facts),
    )
    if not any(decision.problems for decision in made_from):  # else the value is missing for a reason told elsewhere
        yield from plan.findings(decisions.plan(facts))


RULE = Rule(
    id="P027",
    level="error",
    title="Every parameter has a value that its template allows",
    actions=(
        "cloudformation:DescribeStacks",
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInstanceTypeOfferings",
        "ec2:DescribeManagedPrefixLists",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "ssm:GetParameter",
        "s3:ListBucket",
    ),
    hint="pass the value with --parameter",
    link="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    check=check,
)
