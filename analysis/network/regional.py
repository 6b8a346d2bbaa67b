"""Regional NAT gateways: in no subnet, with a foot in each zone.

AWS gives such a gateway a route table of its own with a way to the internet gateway, and addresses in each zone.
https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
The model has one interface for each zone, in a place without a block; a packet leaves by that of its own zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network

from analysis.network.addresses import Draft
from analysis.network.elastic import Elastic
from analysis.network.model import InternetGateway, Route, RouteTable, Subnet, Target, Vpc
from analysis.network.routes import local_route
from analysis.network.source import RefusedError, Source, listed, mapped
from analysis.resolve import Resource

EVERY_IPV4 = IPv4Network("0.0.0.0/0")


@dataclass(frozen=True)
class Regional:
    """All regional NAT gateways."""

    vpcs: Mapping[str, str]
    """Gateway to its VPC."""
    subnets: tuple[Subnet, ...]
    """Where the gateways' interfaces are: one without a block for each gateway and zone."""
    drafts: tuple[Draft, ...]

    def tables(self, vpcs: Iterable[Vpc], gateways: Iterable[InternetGateway]) -> tuple[RouteTable, ...]:
        """The table that AWS makes with each gateway: local, and everything else to the internet gateway."""
        ways_out = {gateway.vpc: gateway.name for gateway in gateways if not gateway.egress_only}
        blocks = {vpc.name: vpc.blocks for vpc in vpcs}
        made = []
        for name, vpc in self.vpcs.items():
            kind = "internet-gateway" if vpc in ways_out else "blackhole"
            way_out = Route(name, (EVERY_IPV4,), Target(kind, ways_out.get(vpc, name)))
            made.append(RouteTable(f"regional:{name}", vpc, (local_route(vpc, blocks.get(vpc, ())), way_out)))
        return tuple(made)


def is_regional(item: Resource) -> bool:
    return item.properties.get("AvailabilityMode") == "regional"


def read_regional(source: Source, subnets: tuple[Subnet, ...], elastic: Elastic) -> Regional:
    """The gateways with their interfaces: in the zones that the template names, else in every zone with a subnet."""
    vpcs: dict[str, str] = {}
    places: list[Subnet] = []
    drafts: list[Draft] = []
    for item in filter(is_regional, source.of("NatGateway")):
        for vpc, addresses in source.attempt(item, lambda item: _gateway(source, item, elastic)):
            name = item.logical_id
            vpcs[name] = vpc
            for zone, address in (addresses or {subnet.zone: None for subnet in subnets}).items():
                foot = _foot(name, zone)
                places.append(Subnet(f"regional:{foot}", vpc, zone, (), f"regional:{name}", f"default:{vpc}"))
                drafts.append(_draft(foot, address))
    return Regional(vpcs, tuple(places), tuple(drafts))


def _foot(gateway: str, zone: str) -> str:
    """Name of the gateway's interface in the zone."""
    return f"{gateway}:{zone.strip('${}')}"


def _draft(name: str, address: IPv4Address | None) -> Draft:
    return Draft(
        name=name,
        kind="nat-gateway",
        subnet=f"regional:{name}",
        source_dest_check=False,
        public_address=address,
        wants_public_address=True,
    )


def _gateway(source: Source, item: Resource, elastic: Elastic) -> tuple[str, dict[str, IPv4Address | None]]:
    """The VPC, and zone to address where the template gives any; of several addresses the first stands for all."""
    given = item.properties
    if {"SubnetId", "AllocationId"} & set(given) or given.get("ConnectivityType", "public") != "public":
        raise RefusedError("AvailabilityMode: a regional NAT gateway is public, without SubnetId and AllocationId")
    addresses: dict[str, IPv4Address | None] = {}
    for zone in listed(given.get("AvailabilityZoneAddresses", ()), "AvailabilityZoneAddresses"):
        zone = mapped(zone, "AvailabilityZoneAddresses")
        name = str(zone.get("AvailabilityZoneId", zone.get("AvailabilityZone")))
        allocated = listed(zone.get("AllocationIds", ()), "AllocationIds")
        owned = [elastic.use(source.named(value, "AllocationIds", "EIP")) for value in allocated]
        if not owned or name in addresses:
            raise RefusedError(f"AvailabilityZoneAddresses: {name}: wanted once, with AllocationIds")
        addresses[name] = owned[0]
    return source.name(item, "VpcId", "VPC"), addresses


def split_by_zone(
    source: Source, tables: tuple[RouteTable, ...], subnets: tuple[Subnet, ...], regional: Regional
) -> tuple[tuple[RouteTable, ...], tuple[Subnet, ...]]:
    """Tables that lead to a regional gateway, one for each zone that uses them, and the subnets with their own of them.

    A table that one zone uses keeps its name.
    """
    zones = {table.name: sorted({item.zone for item in subnets if item.route_table == table.name}) for table in tables}
    split = {table.name: table for table in tables if any(route.target.name in regional.vpcs for route in table.routes)}
    feet = {draft.name for draft in regional.drafts}
    made = [table for table in tables if table.name not in split]
    for name, table in split.items():
        for zone in zones[name] or ("",):
            missing = [gateway for gateway in _targets(table, regional) if _foot(gateway, zone) not in feet]
            if zone and missing:
                source.findings.append(f"{missing[0]}: AvailabilityZoneAddresses: none for {zone}, which routes to it")
            routes = tuple(_to_foot(route, zone, regional) for route in table.routes)
            made.append(replace(table, name=_own(name, zone, zones[name]), routes=routes))
    moved = tuple(
        replace(item, route_table=_own(item.route_table, item.zone, zones[item.route_table]))
        if item.route_table in split
        else item
        for item in subnets
    )
    return tuple(made), moved


def _targets(table: RouteTable, regional: Regional) -> tuple[str, ...]:
    return tuple(route.target.name for route in table.routes if route.target.name in regional.vpcs)


def _to_foot(route: Route, zone: str, regional: Regional) -> Route:
    if route.target.name not in regional.vpcs:
        return route
    return replace(route, target=Target(route.target.kind, _foot(route.target.name, zone)))


def _own(table: str, zone: str, zones: list[str]) -> str:
    return table if len(zones) < 2 else f"{table} in {zone.strip('${}')}"
