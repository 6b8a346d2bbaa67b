"""The quota of VPCs leaves room."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules.ec2_facts import QUOTAS
from deployment.rules.facts import Facts
from deployment.rules.quotas import over_quota, planned
from deployment.rules.rule import Rule


def check(facts: Facts) -> Iterator[Problem]:
    used = facts.vpcs()
    more = planned(facts, "AWS::EC2::VPC", used)
    yield from over_quota(facts, "VPCs", quota=QUOTAS["AWS::EC2::VPC"], used=len(used), more=more)


RULE = Rule(
    id="P016",
    level="error",
    title="The quota of VPCs leaves room",
    actions=("ec2:DescribeVpcs", "servicequotas:GetServiceQuota", "servicequotas:GetAWSDefaultServiceQuota"),
    hint="ask for more, or give back what nobody uses",
    link="https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
    check=check,
    on_local=False,
)
