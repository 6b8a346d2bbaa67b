"""A VPC's router: its routing tables as lines for `ip -batch`, its checks, ACLs and groups as text for `nft -f`."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.network.model import Interface, Network, Route, RouteTable
from netlab.rules import acl_chains, group_chains
from netlab.wiring import Wiring

GATEWAY = {4: "169.254.0.2", 6: "fe80::2"}
"""The other end of each cable; never an address that a packet carries."""
OWN = {4: "169.254.0.1", 6: "fe80::1"}
"""The router's end."""

LOCAL = 1
"""Of the tables of one build, the one that all route tables share: the VPC's own addresses."""


def routing(network: Network, wiring: Wiring, vpc: str, *, build: int, version: int) -> tuple[str, ...]:
    """Lines for `ip -batch` that put this build's tables in place of the last one's.

    The VPC's own addresses come first, since no route may be closer than the local one; then the table of
    the subnet that a packet comes from. What has no route goes nowhere.
    """
    base = build * 1000
    blocks = next(item.blocks for item in network.vpcs if item.name == vpc)
    lines = ["rule flush", f"rule add pref 10 lookup {base + LOCAL}", "rule add pref 30 blackhole"]
    for item in interfaces_of(network, vpc):
        for address in item.addresses:
            if address.version == version:
                lines.append(f"route add {address} {_via(wiring.interfaces[item.name], version)} table {base + LOCAL}")
    lines += [f"route add blackhole {block} table {base + LOCAL}" for block in blocks if block.version == version]
    table_of = {subnet.name: subnet.route_table for subnet in network.subnets}
    tables = [table for table in network.route_tables if table.vpc == vpc]
    for number, table in enumerate(tables, start=base + 10):
        lines += _table(network, wiring, table, number=number, version=version)
        for item in interfaces_of(network, vpc):
            if table_of[item.subnet] == table.name:
                lines.append(f"rule add pref 20 iif l{wiring.interfaces[item.name]} lookup {number}")
    return tuple(lines)


def _table(network: Network, wiring: Wiring, table: RouteTable, *, number: int, version: int) -> Iterable[str]:
    leads = {
        block: _lead(network, wiring, table, route)
        for route in reversed(table.routes)
        for block in route.destinations
        if block.version == version and route.target.kind != "local"
    }
    for block, link in leads.items():
        yield f"route add {f'{block} {_via(link, version)}' if link else f'blackhole {block}'} table {number}"


def _lead(network: Network, wiring: Wiring, table: RouteTable, route: Route) -> int | None:
    """The cable that a route leads into; None for a black hole."""
    match route.target.kind:
        case "internet-gateway" | "egress-only-gateway":
            here = {item.name for item in network.gateways if item.vpc == table.vpc}
            return wiring.gateways[route.target.name] if route.target.name in here else None
        case "nat-gateway" | "interface":
            here = {item.name for item in interfaces_of(network, table.vpc)}
            return wiring.interfaces[route.target.name] if route.target.name in here else None
        case "gateway-endpoint":
            return wiring.endpoints[table.vpc, route.target.name]
    return None


def _via(link: int, version: int) -> str:
    return f"via {GATEWAY[version]} dev l{link} onlink"


def filtering(network: Network, wiring: Wiring, vpc: str, *, build: int) -> str:
    """The router's rule set. Connections are tracked in a zone of each build's own, so builds forget each other."""
    interfaces = interfaces_of(network, vpc)
    checked = [item for item in interfaces if item.source_dest_check and item.kind != "nat-gateway"]
    links_of: dict[str, list[int]] = {subnet.name: [] for subnet in network.subnets}
    for item in interfaces:
        links_of[item.subnet].append(wiring.interfaces[item.name])
    own = [(wiring.interfaces[item.name], address) for item in checked for address in item.addresses]
    return "\n".join(
        (
            "table inet vpc {",
            _set("checked", "ifname", (f"l{wiring.interfaces[item.name]}" for item in checked)),
            _set(
                "own4", "ifname . ipv4_addr", (f"l{link} . {address}" for link, address in own if address.version == 4)
            ),
            _set(
                "own6", "ifname . ipv6_addr", (f"l{link} . {address}" for link, address in own if address.version == 6)
            ),
            group_chains(network, interfaces, wiring.interfaces),
            acl_chains(network, vpc, links_of),
            "chain first { type filter hook prerouting priority -300; policy accept",
            f"  ct zone set {build}",
            "  ip saddr 169.254.0.0/16 drop",
            "  ip daddr 169.254.0.0/16 drop",
            "  ip6 saddr fe80::/10 drop",
            "  ip6 daddr fe80::/10 drop",
            "  iifname @checked iifname . ip saddr != @own4 drop",
            "  iifname @checked iifname . ip6 saddr != @own6 drop",
            "}",
            "chain across { type filter hook forward priority 0; policy drop",
            "  oifname @checked oifname . ip daddr != @own4 drop",
            "  oifname @checked oifname . ip6 daddr != @own6 drop",
            *_only_inside(network, wiring, vpc),
            *_same_subnet(network, links_of),
            "  goto acls",
            "}",
            "chain itself { type filter hook output priority 0; policy drop",
            "}",
            "}",
            "",
        )
    )


def _only_inside(network: Network, wiring: Wiring, vpc: str) -> Iterable[str]:
    """A gateway endpoint serves the VPC's own addresses only."""
    links = ", ".join(f"l{number}" for (home, _), number in wiring.endpoints.items() if home == vpc)
    blocks = ", ".join(
        str(block) for item in network.vpcs if item.name == vpc for block in item.blocks if block.version == 4
    )
    if links and blocks:
        yield f"  oifname {{ {links} }} ip saddr != {{ {blocks} }} drop"


def _same_subnet(network: Network, links_of: dict[str, list[int]]) -> Iterable[str]:
    for subnet in network.subnets:
        if links_of[subnet.name]:
            links = ", ".join(f"l{link}" for link in links_of[subnet.name])
            yield f"  iifname {{ {links} }} oifname {{ {links} }} goto groups"


def _set(name: str, kind: str, elements: Iterable[str]) -> str:
    listed = ", ".join(elements)
    return f"set {name} {{ type {kind}{f'; elements = {{ {listed} }}' if listed else ''}; }}"


def interfaces_of(network: Network, vpc: str) -> tuple[Interface, ...]:
    inside = {subnet.name for subnet in network.subnets if subnet.vpc == vpc}
    return tuple(item for item in network.interfaces if item.subnet in inside)
