"""A VPC that is there: what follows from the private subnets that are named, and what stands against them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deployment.findings import Problem
from deployment.plan import Resolved
from generator.contract import EnvironmentParameter

Answer = Mapping[str, Any]
ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class Named:
    """The private subnet of one zone, as somebody named it."""

    letter: str
    subnet_id: str
    reason: str
    """Who named it: `--parameter`, `the config`, `as deployed`."""

    @property
    def parameter(self) -> str:
        return EnvironmentParameter.private_subnet_id(self.letter)


def named(
    letters: Sequence[str], *, given: Mapping[str, str], config: Mapping[str, str], deployed: Mapping[str, str]
) -> tuple[tuple[Named, ...], tuple[Problem, ...]]:
    """The subnet of each zone, and one problem for each zone without; the user wins over the config, it over before."""
    found, problems = [], []
    for letter in letters:
        key = EnvironmentParameter.private_subnet_id(letter)
        sources = (("--parameter", given), ("the config", config), ("as deployed", deployed))
        one = next((Named(letter, values[key], reason) for reason, values in sources if values.get(key)), None)
        if one:
            found.append(one)
        else:
            hint = f"pass it: --parameter {key}=subnet-ID, or put subnet_ids into the config"
            problems.append(Problem(f"zone {letter}", "no subnet is named", "a private subnet of the VPC", hint))
    return tuple(found), tuple(problems)


def derived(
    zones: Sequence[Named], subnets: Mapping[str, Answer], vpcs: Collection[Answer], tables: Collection[Answer]
) -> dict[str, Resolved]:
    """Parameter to the value that follows from the subnets; of subnets that AWS does not know nothing follows."""
    known = [(zone, subnets[zone.subnet_id]) for zone in zones if zone.subnet_id in subnets]
    values = {
        EnvironmentParameter.availability_zone(zone.letter): Resolved(
            subnet["AvailabilityZone"], f"of {zone.subnet_id}"
        )
        for zone, subnet in known
    }
    if known:
        first, subnet = known[0]
        values[EnvironmentParameter.VPC_ID] = Resolved(subnet["VpcId"], f"of {first.subnet_id}")
        block = next((vpc["CidrBlock"] for vpc in vpcs if vpc["VpcId"] == subnet["VpcId"]), "")
        values[EnvironmentParameter.VPC_CIDR_BLOCK] = Resolved(block, f"of {subnet['VpcId']}")
        ids = dict.fromkeys(table["RouteTableId"] for _, one in known if (table := table_of(one, tables)))
        tables_of = "the route tables of the subnets"
        values[EnvironmentParameter.PRIVATE_ROUTE_TABLE_IDS] = Resolved(",".join(sorted(ids)), tables_of)
    return {key: found for key, found in values.items() if found.value}


def table_of(subnet: Answer, tables: Collection[Answer]) -> Answer | None:
    """The route table that a subnet uses: its own, or the VPC's main one."""
    of_vpc = [table for table in tables if table["VpcId"] == subnet["VpcId"]]
    links = [(table, link) for table in of_vpc for link in table.get("Associations", ())]
    own = next((table for table, link in links if link.get("SubnetId") == subnet["SubnetId"]), None)
    return own or next((table for table, link in links if link.get("Main")), None)


def default_route(table: Answer | None) -> Answer | None:
    """Where a route table sends what is for the internet; None where nothing is sent, or into a black hole."""
    routes = table.get("Routes", ()) if table else ()
    there = (route for route in routes if route.get("DestinationCidrBlock") == ANYWHERE)
    return next((route for route in there if route.get("State") != "blackhole"), None)


def subnet_problems(
    zones: Sequence[Named], subnets: Mapping[str, Answer], tables: Collection[Answer], *, vpc_id: str, region: str
) -> Iterator[Problem]:
    """What keeps machines out of these subnets: they are not there, not private, not apart, or in another VPC."""
    taken: dict[str, str] = {}
    for zone in zones:
        about, name = f"zone {zone.letter}", f"{zone.subnet_id} ({zone.reason})"
        hint = f"pass another: --parameter {zone.parameter}=subnet-ID"
        subnet = subnets.get(zone.subnet_id)
        if subnet is None:
            yield Problem(about, f"{name} is not there", f"a subnet of this account in {region}", hint)
            continue
        if subnet["VpcId"] != vpc_id:
            yield Problem(about, f"{name} is in {subnet['VpcId']}", f"a subnet of {vpc_id}", hint)
        place = subnet["AvailabilityZoneId"]
        if place in taken:
            value = f"{name} is in {place}, as {taken[place]} is"
            yield Problem(about, value, "subnets in different Availability Zones", hint)
        taken.setdefault(place, zone.subnet_id)
        way = default_route(table_of(subnet, tables))
        if way and way.get("GatewayId", "").startswith("igw-"):
            value = f"{name} leads to the internet gateway {way['GatewayId']}"
            yield Problem(about, value, "a private subnet: one without such a route", hint)
