"""The region is enabled for the account."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule


def check(facts: Facts) -> Iterator[Problem]:
    region = facts.cloud.region
    status = facts.regions().get(region, "unknown to this account")
    if status not in ("opted-in", "opt-in-not-required"):
        hint = f"enable it: aws account enable-region --region-name {region}"
        yield Problem("region", f"{region} is {status}", "a region that is enabled", hint)


RULE = Rule(
    id="P003",
    level="error",
    title="The region is enabled for the account",
    actions=("ec2:DescribeRegions",),
    hint="enable the region, or choose another",
    link="https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html",
    check=check,
)
