"""The VPC's addresses are nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from deployment.findings import Problem
from deployment.free_block import clashing, free_block
from deployment.rules import wanted
from deployment.rules.facts import Facts
from deployment.rules.quotas import ours
from deployment.rules.rule import Rule

SIDES = ("RequesterVpcInfo", "AccepterVpcInfo")
ELSEWHERE = ("TransitGatewayId", "LocalGatewayId", "CarrierGatewayId", "CoreNetworkArn")
DEFAULT_ROUTE = "0.0.0.0/0"


def check(facts: Facts) -> Iterator[Problem]:
    block = wanted.block(facts.asked.stacks.template)
    there = facts.vpcs()
    mine = {vpc["VpcId"] for vpc in ours(facts, there)}
    if block is None or mine:  # an environment keeps its addresses: a change replaces everything in it
        return
    vpcs = {block: vpc["VpcId"] for vpc in there for block in _blocks(vpc)}
    known = {**_routed(facts), **_peered(facts), **vpcs}
    clashes = clashing(block, known)
    if clashes:
        names = ", ".join(f"{clash} ({known[clash]})" for clash in clashes)
        free = free_block(block, known)
        hint = f'in the config: cidr = "{free}"' if free else "choose a smaller block in the config"
        value = f"cidr {block} overlaps {names}"
        yield Problem("network", value, "addresses of its own, or the two can never be connected", hint)


def _blocks(vpc: dict) -> Iterator[IPv4Network]:
    for association in vpc.get("CidrBlockAssociationSet", ()):
        if association.get("CidrBlockState", {}).get("State") in ("associated", "associating"):
            yield IPv4Network(association["CidrBlock"])


def _peered(facts: Facts) -> dict[IPv4Network, str]:
    """The blocks on both sides of every peering: the other side may be another account's."""
    sides = ((peering, peering.get(side, {})) for peering in facts.peerings() for side in SIDES)
    return {
        IPv4Network(entry["CidrBlock"]): f"{side.get('VpcId', 'a VPC')}, {peering['VpcPeeringConnectionId']}"
        for peering, side in sides
        for entry in side.get("CidrBlockSet", ())
    }


def _routed(facts: Facts) -> dict[IPv4Network, str]:
    """Private blocks behind a route to elsewhere: an office, a VPN, a transit gateway."""
    return {
        IPv4Network(route["DestinationCidrBlock"]): f"a route of {table['RouteTableId']}"
        for table in facts.route_tables()
        for route in table.get("Routes", ())
        if any(key in route for key in ELSEWHERE) or route.get("GatewayId", "").startswith("vgw-")
        if route.get("DestinationCidrBlock", DEFAULT_ROUTE) != DEFAULT_ROUTE
    }


RULE = Rule(
    id="P019",
    level="warning",
    title="The VPC's addresses are nobody else's",
    actions=("ec2:DescribeVpcs", "ec2:DescribeVpcPeeringConnections", "ec2:DescribeRouteTables"),
    hint="take the free block that is suggested",
    link="https://docs.aws.amazon.com/vpc/latest/peering/invalid-peering-configurations.html",
    check=check,
)
