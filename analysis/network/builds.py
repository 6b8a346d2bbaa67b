"""The same network four ways, so that each layer is proved alone and each zone's failure is seen.

Plain: as the template says. Rules open: groups and ACLs let everything through, and routing alone must hold.
Routes open: every subnet leads to the internet and every machine has a public address, and the groups alone must hold.
Without a zone: what fails when one Availability Zone does.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network

from analysis.network.model import AclEntry, Block, Interface, InternetGateway, Network, Route, RouteTable, Rule, Target

EVERYWHERE: tuple[Block, ...] = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))

FORCED_RANGE = IPv4Network("198.18.0.0/16")
"""Public addresses that `open_routes` hands out: a range for tests, RFC 2544."""

FORCED_GATEWAY = "forced internet gateway"


def open_rules(network: Network) -> Network:
    """Every security group and network ACL lets everything through."""
    rules = tuple(Rule("forced open", "all", 0, 65535, block) for block in EVERYWHERE)
    entries = tuple(
        AclEntry(
            "forced open",
            1 + at,
            allows=True,
            egress=egress,
            protocol="all",
            first_port=0,
            last_port=65535,
            block=block,
        )
        for egress in (False, True)
        for at, block in enumerate(EVERYWHERE)
    )
    groups = tuple(replace(group, ingress=rules, egress=rules) for group in network.security_groups)
    return replace(network, security_groups=groups, acls=tuple(replace(acl, entries=entries) for acl in network.acls))


def open_routes(network: Network) -> Network:
    """Every table leads to the internet, every machine and endpoint has a public address, nothing blocks access."""
    gateways = network.gateways
    attached = [gateway.name for gateway in gateways if gateway.vpc and not gateway.egress_only]
    if not attached:
        gateways = (*gateways, InternetGateway(FORCED_GATEWAY, network.vpcs[0].name))
        attached = [FORCED_GATEWAY]
    way_out = Route("forced to the internet", EVERYWHERE, Target("internet-gateway", attached[0]))
    return replace(
        network,
        gateways=tuple(sorted(gateways, key=lambda gateway: gateway.name)),
        route_tables=tuple(_led_out(table, way_out) for table in network.route_tables),
        interfaces=tuple(_public(interface, at) for at, interface in enumerate(network.interfaces)),
        block_public_access="off",
    )


def without_zone(network: Network, zone: str) -> Network:
    """Everything that stands in the zone is gone; routes to a NAT gateway that stood there lead nowhere."""
    gone = {subnet.name for subnet in network.subnets if subnet.zone == zone}
    return replace(network, interfaces=tuple(item for item in network.interfaces if item.subnet not in gone))


def zones(network: Network) -> tuple[str, ...]:
    """The zones that can fail, each once, by name."""
    return tuple(sorted({subnet.zone for subnet in network.subnets if subnet.blocks}))


def _led_out(table: RouteTable, way_out: Route) -> RouteTable:
    return replace(table, routes=(*(route for route in table.routes if route.target.kind == "local"), way_out))


def _public(interface: Interface, position: int) -> Interface:
    if interface.public_address or interface.kind == "nat-gateway":
        return interface
    return replace(interface, public_address=FORCED_RANGE[1 + position])
