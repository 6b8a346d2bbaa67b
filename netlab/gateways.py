"""What stands between a VPC's router and the world: internet gateways, NAT gateways, gateway endpoints, the internet."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.network.model import InternetGateway, Interface, Network
from netlab.router import GATEWAY, OWN, interfaces_of
from netlab.wiring import Wiring, attached

INTERNET_ADDRESSES = ("169.254.0.9/32", "2001:db8:ffff::1/128")
"""What a host that owns every address calls itself; the kernel wants one to answer with."""

NEXT_HOPS = "169.254.0.0/30"
"""Of the link-local addresses those that are next hops, which must not be a host's own."""


def public_addresses(network: Network, vpc: str) -> dict[str, str]:
    """Private address: public address, of the interfaces of a VPC that have one."""
    return {
        str(address): str(item.public_address)
        for item in interfaces_of(network, vpc)
        if item.public_address
        for address in item.addresses
        if address.version == 4
    }


def internet_gateway(network: Network, gateway: InternetGateway, *, build: int) -> str:
    """Stateless: rewrites a known private address to its public one and back, drops every other IPv4 packet."""
    public = public_addresses(network, gateway.vpc or "")
    if gateway.egress_only:
        return _egress_only(build)
    out = ", ".join(f"{private} : {address}" for private, address in public.items())
    back = ", ".join(f"{address} : {private}" for private, address in public.items())
    rewriting = (
        f"  iifname vpc ip saddr != {{ {', '.join(public)} }} drop",
        f"  iifname vpc ip saddr set ip saddr map {{ {out} }}",
        f"  iifname out ip daddr != {{ {', '.join(public.values())} }} drop",
        f"  iifname out ip daddr set ip daddr map {{ {back} }}",
    )
    return "\n".join(
        (
            "table inet gateway {",
            "chain first { type filter hook prerouting priority -300; policy accept",
            *(rewriting if public else ("  meta nfproto ipv4 drop",)),
            "}",
            *_no_talk(),
            "}",
        )
    )


def _egress_only(build: int) -> str:
    """Stateful, IPv6 only: what the VPC begins may be answered."""
    return "\n".join(
        (
            "table inet gateway {",
            "chain first { type filter hook prerouting priority -300; policy accept",
            f"  ct zone set {build}",
            "}",
            "chain across { type filter hook forward priority 0; policy drop",
            "  meta nfproto ipv4 drop",
            "  ct state established,related accept",
            "  ct state invalid drop",
            "  iifname vpc accept",
            "}",
            *_no_talk(),
            "}",
        )
    )


def nat_gateway(network: Network, interface: Interface, vpc: str, *, build: int) -> str:
    """Stateful, IPv4 only: new flows from its VPC leave with its address; what is meant for itself dies here."""
    blocks = ", ".join(
        str(block) for item in network.vpcs if item.name == vpc for block in item.blocks if block.version == 4
    )
    own = next(address for address in interface.addresses if address.version == 4)
    return "\n".join(
        (
            "table ip nat {",
            "counter arrived {}",
            "counter refused {}",
            "chain first { type filter hook prerouting priority -300; policy accept",
            "  counter name arrived",
            f"  ct zone set {build}",
            "}",
            "chain input { type filter hook input priority 0; policy drop",
            "  counter name refused",
            "}",
            "chain across { type filter hook forward priority 0; policy drop",
            "  ct state established,related accept",
            "  ct state invalid drop",
            f"  ip saddr {{ {blocks} }} accept",
            "}",
            "chain leave { type nat hook postrouting priority 100",
            f"  ip saddr {{ {blocks} }} snat to {own}",
            "}",
            *_no_talk(),
            "}",
        )
    )


def _no_talk() -> Iterable[str]:
    """A box on the way says nothing of its own."""
    return ("chain itself { type filter hook output priority 0; policy drop", "}")


def gateway_routing(network: Network, vpc: str, *, version: int) -> tuple[str, ...]:
    """Lines for `ip -batch` in a gateway: the VPC's blocks towards its router, everything else to the internet."""
    blocks = [block for item in network.vpcs if item.name == vpc for block in item.blocks if block.version == version]
    return (
        "route flush table main",
        *(f"route add {block} via {OWN[version]} dev vpc onlink" for block in blocks),
        f"route add default via {OWN[version]} dev out onlink",
    )


def endpoint_routing(network: Network, vpc: str, *, version: int) -> tuple[str, ...]:
    """Lines for `ip -batch` in a gateway endpoint: it answers for every address but the VPC's."""
    blocks = [block for item in network.vpcs if item.name == vpc for block in item.blocks if block.version == version]
    return (
        "route flush table main",
        *(f"route add {block} via {OWN[version]} dev eth0 onlink" for block in blocks),
    )


def internet_routing(network: Network, wiring: Wiring, *, version: int) -> tuple[str, ...]:
    """Lines for `ip -batch` in the internet: public addresses by their gateway, and even the private ones.

    No router of the real internet has a route to a private address; here one has, so that it is tested and not
    assumed that the gateway refuses.
    """
    routes: dict[str, str] = {}
    for vpc in network.vpcs:
        for gateway in attached(network, vpc.name):
            device = f"dev g{wiring.gateways[gateway.name]} onlink"
            here = public_addresses(network, vpc.name).values() if version == 4 and not gateway.egress_only else ()
            for destination in (*here, *(str(block) for block in vpc.blocks if block.version == version)):
                routes.setdefault(destination, f"via {GATEWAY[version]} {device}")
    return (
        "route flush table main",
        *(f"route add {destination} {way}" for destination, way in routes.items()),
    )


def every_address_is_own(*, version: int) -> tuple[str, ...]:
    """Lines for `ip -batch`, either version: what no other route leads to is this host's own.

    The kernel answers an echo only from an address in its local table, so that table moves behind the main one.
    """
    return (
        "rule add pref 40000 lookup local",
        "rule del pref 0",
        "route add local default dev lo table local",
        *(f"route add {block} dev lo table local" for block in (NEXT_HOPS,) if version == 4),
    )
