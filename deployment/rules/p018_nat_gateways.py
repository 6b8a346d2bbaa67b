"""The quota of NAT gateways leaves room in each zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules import decisions, wanted
from deployment.rules.ec2_facts import QUOTAS
from deployment.rules.facts import Facts
from deployment.rules.quotas import ours, over_quota
from deployment.rules.rule import Rule


def check(facts: Facts) -> Iterator[Problem]:
    planned = wanted.nat_gateways(facts.asked.stacks.template)
    zone_of = facts.zone_of_subnet() if planned else {}
    there = [answer for answer in facts.nat_gateways() if answer.get("SubnetId") in zone_of]
    zones = Counter(zone_of[answer["SubnetId"]] for answer in there)
    mine = Counter(zone_of[answer["SubnetId"]] for answer in ours(facts, there))
    chosen = decisions.zone_ids(facts).values if planned else {}
    for parameter, count in planned.items():
        zone = chosen[parameter].value if parameter in chosen else ""
        what, more = f"NAT gateways in {zone}", max(0, count - mine[zone])
        if zone:
            yield from over_quota(facts, what, quota=QUOTAS["AWS::EC2::NatGateway"], used=zones[zone], more=more)


RULE = Rule(
    id="P018",
    level="error",
    title="The quota of NAT gateways leaves room in each zone",
    actions=(
        "ec2:DescribeNatGateways",
        "ec2:DescribeSubnets",
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInstanceTypeOfferings",
        "servicequotas:GetServiceQuota",
        "servicequotas:GetAWSDefaultServiceQuota",
        "cloudformation:DescribeStacks",
    ),
    hint="ask for more, or choose other zones",
    link="https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
    check=check,
    on_local=False,
)
