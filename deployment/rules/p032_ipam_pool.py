"""The IPAM pool is there and may give such a block."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules import network_decisions, wanted
from deployment.rules.facts import Facts
from deployment.rules.quotas import ours
from deployment.rules.rule import Rule
from generator.contract import EnvironmentParameter

KEY = EnvironmentParameter.IPAM_POOL_ID
HINT = f"pass another: --parameter {KEY}=ipam-pool-ID"


def check(facts: Facts) -> Iterator[Problem]:
    decided = network_decisions.ipam_pool(facts).values.get(KEY)
    pool_id = facts.asked.stacks.parameters.get(KEY) or (decided.value if decided else "")
    if KEY not in facts.asked.stacks.template.parameters or not pool_id or ours(facts, facts.vpcs()):
        return  # a VPC keeps its block, whatever becomes of the pool
    about, pool = f"IPAM pool {pool_id}", facts.ipam_pool(pool_id)
    if pool is None:
        yield Problem(about, "is not there", f"a pool of {facts.cloud.region} that this account may use", HINT)
        return
    region, family, state = pool.get("Locale"), pool.get("AddressFamily"), pool.get("State", "")
    if region != facts.cloud.region:
        yield Problem(about, f"is for {region}", f"one whose locale is {facts.cloud.region}", HINT)
    if family != "ipv4":
        yield Problem(about, f"gives {family} addresses", "ipv4", HINT)
    if state not in ("create-complete", "modify-complete"):
        yield Problem(about, f"is in state {state}", "one that is ready", "wait, or pass another pool")
    least, most = pool.get("AllocationMinNetmaskLength", 0), pool.get("AllocationMaxNetmaskLength", 32)
    for properties in wanted.resources(facts.asked.stacks.template, "AWS::EC2::VPC").values():
        length = properties["Ipv4NetmaskLength"]
        if not least <= length <= most:
            hint = "change netmask_length in the config, or pass another pool"
            yield Problem(about, f"gives blocks from /{least} to /{most}", f"a /{length}", hint)


RULE = Rule(
    id="P032",
    level="error",
    title="The IPAM pool is there and may give such a block",
    actions=("ec2:DescribeIpamPools", "ec2:DescribeVpcs", "cloudformation:DescribeStacks"),
    hint="name another pool",
    link="https://docs.aws.amazon.com/vpc/latest/ipam/create-vpc-ipam.html",
    check=check,
)
