"""What stands between a VPC's router and the world: gateways, NAT, gateway endpoints, the internet itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from analysis.network.model import Interface, InternetGateway, Network
from netlab.router import GATEWAY, OWN, interfaces_of
from netlab.wiring import Wiring, attached

INTERNET_ADDRESSES = ("169.254.0.9/32", "2001:db8:ffff::1/128")
"""What a host that owns every address calls itself; the kernel wants one to answer with."""

NEXT_HOPS = "169.254.0.0/30"
"""Of the link-local addresses those that are next hops, which must not be a host's own."""

LISTENER_PORT = 7
"""Where every host's one listener is."""

MARKED = 20_000
"""Where the numbers of the internet's tables begin, one for each gateway."""


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
    """Stateless: rewrites a known private address to its public one and back, drops every other IPv4 packet.

    IPv6 passes as it is. Blocked public access is the gateway's too: `block-ingress` leaves NAT gateways alone.
    https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
    """
    if gateway.egress_only:
        return _egress_only(network, gateway, build=build)
    blocked = network.block_public_access
    kept = [item for item in network.interfaces if blocked == "off" or item.kind == "nat-gateway"]
    public = public_addresses(replace(network, interfaces=tuple(kept)), gateway.vpc or "")
    if blocked == "block-bidirectional":
        public = {}
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
            *(_only_inside(network, gateway) if blocked == "off" else ("  meta nfproto ipv6 drop",)),
            "}",
            *_no_talk(),
            "}",
        )
    )


def _only_inside(network: Network, gateway: InternetGateway) -> tuple[str, ...]:
    blocks = [
        str(block) for vpc in network.vpcs if vpc.name == gateway.vpc for block in vpc.blocks if block.version == 6
    ]
    return (f"  iifname vpc ip6 saddr != {{ {', '.join(blocks)} }} drop",) if blocks else ()


def _egress_only(network: Network, gateway: InternetGateway, *, build: int) -> str:
    """Stateful, IPv6 only: what the VPC begins leaves, and only what belongs to that comes back."""
    leaves = "drop" if network.block_public_access == "block-bidirectional" else "accept"
    return "\n".join(
        (
            "table inet gateway {",
            "chain first { type filter hook prerouting priority -300; policy accept",
            f"  ct zone set {build}",
            *_only_inside(network, gateway),
            "}",
            "chain across { type filter hook forward priority 0; policy drop",
            "  meta nfproto ipv4 drop",
            "  ct state invalid drop",
            f"  iifname vpc {leaves}",
            "  ct state established,related accept",
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
            "chain first { type filter hook prerouting priority -300; policy accept",
            f"  ct zone set {build}",
            "}",
            "chain input { type filter hook input priority 0; policy drop",
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
    outliers = (  # a regional NAT gateway has an address of none of the VPC's blocks
        address
        for item in interfaces_of(network, vpc)
        for address in item.addresses
        if address.version == version and not any(address in block for block in blocks)
    )
    return (
        "route flush table main",
        *(f"route add {place} via {OWN[version]} dev vpc onlink" for place in (*blocks, *outliers)),
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
    marked = []
    for vpc in network.vpcs:
        for gateway in attached(network, vpc.name):
            device = f"dev g{wiring.gateways[gateway.name]} onlink"
            here = public_addresses(network, vpc.name).values() if version == 4 and not gateway.egress_only else ()
            for destination in (*here, *(str(block) for block in vpc.blocks if block.version == version)):
                routes.setdefault(destination, f"via {GATEWAY[version]} {device}")
                if version == 6:
                    number = wiring.gateways[gateway.name]
                    marked.append(f"route replace {destination} via {GATEWAY[6]} {device} table {MARKED + number}")
    return (
        "route flush table main",
        *(f"route add {destination} {way}" for destination, way in routes.items()),
        *marked,
    )


def every_port_listens(but: Sequence[str] = ()) -> str:
    """A host's own rule set: whatever port a packet is for, it is handed to the one listener.

    `but` are addresses whose packets are only passing through.
    """
    return f"""
table inet host {{
  chain first {{ type nat hook prerouting priority -100
    {f"ip daddr {{ {', '.join(but)} }} return" if but else ""}
    fib daddr type local meta l4proto {{ tcp, udp }} redirect to :{LISTENER_PORT}
  }}
}}
"""


def internet_rules(network: Network, wiring: Wiring) -> str:
    """It listens on every port, and an answer over IPv6 leaves through the gateway that its question came by."""
    listens = every_port_listens([str(item.public_address) for item in network.interfaces if item.public_address])
    if not wiring.has_ipv6 or not wiring.gateways:
        return listens
    marks = ", ".join(f"g{number} : {number}" for number in wiring.gateways.values())
    return f"""{listens}
table ip6 ways {{
  chain first {{ type filter hook prerouting priority -150
    ct state new ct mark set iifname map {{ {marks} }}
  }}
  chain itself {{ type route hook output priority -150
    meta mark set ct mark
  }}
}}
"""


def marked_ways(wiring: Wiring) -> tuple[str, ...]:
    """Lines for `ip -6 -batch` in the internet: a table for each gateway."""
    numbers = wiring.gateways.values()
    return tuple(f"rule add pref {MARKED + number} fwmark {number} lookup {MARKED + number}" for number in numbers)


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
