"""Gateways and route tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analysis.network.groups import S3_BLOCK
from analysis.network.model import Block, InternetGateway, Route, RouteTable, Target, Vpc
from analysis.network.source import RefusedError, Source, listed
from analysis.resolve import Resource

TARGETS = {
    "EgressOnlyInternetGatewayId": ("EgressOnlyInternetGateway", "egress-only-gateway"),
    "GatewayId": ("InternetGateway", "internet-gateway"),
    "InstanceId": ("Instance", "interface"),
    "NatGatewayId": ("NatGateway", "nat-gateway"),
    "NetworkInterfaceId": ("NetworkInterface", "interface"),
}
"""Key of a route to the type it names and the kind of target that is."""


def read_gateways(source: Source) -> tuple[InternetGateway, ...]:
    """Internet gateways with the VPC that they are attached to, and egress-only ones."""
    attached: dict[str, str] = {}

    def note(item: Resource) -> None:
        gateway, vpc = source.name(item, "InternetGatewayId", "InternetGateway"), source.name(item, "VpcId", "VPC")
        if gateway in attached or vpc in attached.values():
            raise RefusedError(f"{gateway} or {vpc} is attached twice")
        attached[gateway] = vpc

    source.each("VPCGatewayAttachment", note)
    open_ = source.each("InternetGateway", lambda item: InternetGateway(item.logical_id, attached.get(item.logical_id)))
    egress_only = source.each(
        "EgressOnlyInternetGateway",
        lambda item: InternetGateway(item.logical_id, source.name(item, "VpcId", "VPC"), egress_only=True),
    )
    return tuple(sorted((*open_, *egress_only), key=lambda gateway: gateway.name))


def read_route_tables(
    source: Source,
    vpcs: tuple[Vpc, ...],
    gateways: tuple[InternetGateway, ...],
    interface_vpcs: Mapping[str, str],
) -> tuple[RouteTable, ...]:
    """Every table with its local routes first, and each VPC's main table.

    `interface_vpcs` tells the VPC of each interface, NAT gateways included.
    """
    blocks = {vpc.name: vpc.blocks for vpc in vpcs}
    tables = dict(source.each("RouteTable", lambda item: (item.logical_id, source.name(item, "VpcId", "VPC"))))
    homes = {gateway.name: gateway.vpc for gateway in gateways} | dict(interface_vpcs)
    routes: dict[str, dict[Block, Route]] = {name: {} for name in tables}

    def note(item: Resource) -> None:
        table, route = _route(source, item, tables=tables, blocks=blocks, homes=homes)
        _add(routes, table, route)

    def note_endpoint(item: Resource) -> None:
        for table, route in _endpoint_routes(source, item, tables):
            _add(routes, table, route)

    source.each("Route", note)
    source.each("VPCEndpoint", note_endpoint)
    own = (
        RouteTable(name, vpc, (local_route(vpc, blocks[vpc]), *routes[name].values()))
        for name, vpc in tables.items()
        if vpc in blocks
    )
    main = (RouteTable(f"main:{vpc.name}", vpc.name, (local_route(vpc.name, vpc.blocks),)) for vpc in vpcs)
    return (*own, *main)


def _add(routes: dict[str, dict[Block, Route]], table: str, route: Route) -> None:
    for block in route.destinations:
        if block in routes[table]:
            raise RefusedError(f"{block} is there twice in {table}: {routes[table][block].name} has it too")
        routes[table][block] = route


def local_route(vpc: str, blocks: tuple[Block, ...]) -> Route:
    return Route("local", blocks, Target("local", vpc))


def _route(
    source: Source,
    item: Resource,
    *,
    tables: Mapping[str, str],
    blocks: Mapping[str, tuple[Block, ...]],
    homes: Mapping[str, str | None],
) -> tuple[str, Route]:
    given = item.properties
    table = source.name(item, "RouteTableId", "RouteTable")
    keys = [key for key in ("DestinationCidrBlock", "DestinationIpv6CidrBlock") if key in given]
    named = [key for key in TARGETS if key in given]
    if len(keys) != 1 or len(named) != 1 or table not in tables:
        raise RefusedError(f"wanted one destination and one of {', '.join(TARGETS)}")
    block = source.block(given[keys[0]], keys[0])
    for local in blocks.get(tables[table], ()):
        if block.version == local.version and block.subnet_of(local):
            raise RefusedError(f"{keys[0]}: {block}: a route inside the VPC's own {local} is not modelled")
    short_type, kind = TARGETS[named[0]]
    name = source.name(item, named[0], short_type)
    if block.version == 6 and kind == "nat-gateway":
        raise RefusedError(f"{named[0]}: NAT64 is not modelled")
    if block.version == 4 and kind == "egress-only-gateway":
        raise RefusedError(f"{named[0]}: an egress-only internet gateway has no IPv4")
    if homes.get(name) != tables[table]:
        if homes.get(name) is not None or kind != "internet-gateway":
            raise RefusedError(f"{named[0]}: {name} belongs to another VPC than {table}")
        kind = "blackhole"
    return table, Route(item.logical_id, (block,), Target(kind, name))


def _endpoint_routes(source: Source, item: Resource, tables: Mapping[str, str]) -> Iterable[tuple[str, Route]]:
    if item.properties.get("VpcEndpointType", "Gateway") != "Gateway":
        return
    service = str(source.value(item.properties.get("ServiceName", ""), "ServiceName"))
    if not service.endswith(".s3"):
        raise RefusedError(f"ServiceName: {service}: of gateway endpoints only S3's is modelled")
    vpc = source.name(item, "VpcId", "VPC")
    for value in listed(item.properties.get("RouteTableIds", ()), "RouteTableIds"):
        table = source.named(value, "RouteTableIds", "RouteTable")
        if tables.get(table) != vpc:
            raise RefusedError(f"RouteTableIds: {table} belongs to another VPC")
        yield table, Route(item.logical_id, (S3_BLOCK,), Target("gateway-endpoint", item.logical_id))
