"""Which cables there are: decided once for all builds of a network, so that only rules change between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.network.model import Interface, InternetGateway, Network


@dataclass(frozen=True)
class Wiring:
    """Numbers of cables; each ends in a VPC's router on one side and in what it is named for on the other."""

    routers: tuple[str, ...]
    """Names of VPCs."""
    interfaces: dict[str, int]
    gateways: dict[str, int]
    """Attached internet gateways; each has a second cable, of the same number, to the internet."""
    endpoints: dict[tuple[str, str], int]
    """(VPC, gateway endpoint)."""
    router_of: dict[int, str]
    """Cable: the VPC whose router it is plugged into."""
    has_ipv6: bool


def wiring_of(networks: Sequence[Network]) -> Wiring:
    """Cables for everything that is in any of these builds of one network."""
    interfaces: dict[str, Interface] = {item.name: item for network in networks for item in network.interfaces}
    vpc_of = {subnet.name: subnet.vpc for network in networks for subnet in network.subnets}
    gateways = {item.name: item for network in networks for item in network.gateways if item.vpc}
    endpoints = dict.fromkeys(pair for network in networks for pair in gateway_endpoints(network))
    ends = [
        *((("interface", name), vpc_of[item.subnet]) for name, item in interfaces.items()),
        *((("gateway", name), item.vpc) for name, item in gateways.items()),
        *((("endpoint", pair), pair[0]) for pair in endpoints),
    ]
    numbers = {end: number for number, (end, _) in enumerate(ends, start=1)}
    return Wiring(
        routers=tuple(dict.fromkeys(vpc.name for network in networks for vpc in network.vpcs)),
        interfaces={name: numbers["interface", name] for name in interfaces},
        gateways={name: numbers["gateway", name] for name in gateways},
        endpoints={pair: numbers["endpoint", pair] for pair in endpoints},
        router_of={numbers[end]: vpc for end, vpc in ends},
        has_ipv6=any(block.version == 6 for network in networks for vpc in network.vpcs for block in vpc.blocks),
    )


def gateway_endpoints(network: Network) -> Iterable[tuple[str, str]]:
    """(VPC, name) of each gateway endpoint that a route leads to."""
    for table in network.route_tables:
        for route in table.routes:
            if route.target.kind == "gateway-endpoint":
                yield table.vpc, route.target.name


def attached(network: Network, vpc: str) -> tuple[InternetGateway, ...]:
    """The gateways of a VPC, the egress-only ones last."""
    return tuple(sorted((item for item in network.gateways if item.vpc == vpc), key=lambda item: item.egress_only))
