"""A VPC that is there has a way out for its machines, and lets all of itself use the endpoints."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.existing_network import default_route, table_of
from deployment.findings import Problem
from deployment.rules import network_decisions, wanted
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule
from generator.contract import EnvironmentParameter


def check(facts: Facts) -> Iterator[Problem]:
    zones, template = network_decisions.subnets(facts), facts.asked.stacks.template
    if not zones:
        return
    found = facts.subnets(tuple(one.subnet_id for one in zones))
    if wanted.opens_to_anywhere(template):
        tables = facts.route_tables()
        for zone in (one for one in zones if one.subnet_id in found):
            if default_route(table_of(found[zone.subnet_id], tables)) is None:
                value = f"{zone.subnet_id} has no way to the internet"
                hint = 'add one, or have endpoints made instead: nat = "none"'
                yield Problem(f"zone {zone.letter}", value, "one, for sessions and downloads", hint)
    if EnvironmentParameter.VPC_CIDR_BLOCK in template.parameters:
        yield from _other_blocks(facts, network_decisions.vpc_id(facts))


def _other_blocks(facts: Facts, vpc_id: str) -> Iterator[Problem]:
    """The endpoints answer to the whole VPC by name, but let in only its first block."""
    for vpc in (one for one in facts.vpcs() if one["VpcId"] == vpc_id):
        blocks = [one["CidrBlock"] for one in vpc.get("CidrBlockAssociationSet", ())]
        others = ", ".join(block for block in blocks if block != vpc["CidrBlock"])
        if others:
            value = f"{others} would find the interface endpoints by name and not be let in"
            hint = "add a rule to the security group EndpointSecurityGroup, or take no endpoints"
            yield Problem(f"VPC {vpc_id}", value, "machines in its first block only", hint)


RULE = Rule(
    id="P031",
    level="warning",
    title="A VPC that is there has a way out for the machines, and all of it may use the endpoints",
    actions=("ec2:DescribeSubnets", "ec2:DescribeRouteTables", "ec2:DescribeVpcs", "cloudformation:DescribeStacks"),
    hint="look at the VPC's routes and blocks",
    link="https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",
    check=check,
)
