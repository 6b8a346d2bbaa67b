"""Which ports and addresses are alike: the few that stand for all.

A network tells ports apart only where a rule begins or ends, and addresses only where a block is named.
One port of each stretch between, and one address of each block, so answer for every port and every address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from analysis.network.addresses import PUBLIC_RANGE, REGIONAL_RANGE
from analysis.network.builds import EVERYWHERE, FORCED_RANGE
from analysis.network.groups import S3_BLOCK
from analysis.network.model import Address, Block, Interface, Network
from analysis.network.probe import INTERNET_ADDRESSES

LAST_PORT = 65535

NOT_OF_THE_INTERNET: tuple[Block, ...] = (
    PUBLIC_RANGE,
    FORCED_RANGE,
    REGIONAL_RANGE,
    S3_BLOCK,
    IPv4Network("0.0.0.0/8"),
    IPv4Network("127.0.0.0/8"),
    IPv4Network("169.254.0.0/16"),
    IPv4Network("224.0.0.0/3"),
    IPv6Network("::/8"),
    IPv6Network("fe80::/10"),
    IPv6Network("ff00::/8"),
)
"""Addresses that stand in for something else here, and those that no host of the internet has."""


def port_ranges(network: Network) -> tuple[tuple[int, int], ...]:
    """First and last port of each stretch inside which no rule and no ACL entry begins or ends."""
    rules = [rule for group in network.security_groups for rule in (*group.ingress, *group.egress)]
    entries = [entry for acl in network.acls for entry in acl.entries]
    starts = {0} | {port for item in (*rules, *entries) for port in (item.first_port, item.last_port + 1)}
    ordered = sorted(port for port in starts if port <= LAST_PORT)
    return tuple(zip(ordered, (*(port - 1 for port in ordered[1:]), LAST_PORT), strict=True))


def outside_addresses(network: Network) -> tuple[tuple[Address, Block | None], ...]:
    """Addresses of the internet that the network may tell apart, with the block that sets each apart.

    None stands for the whole rest, first. IPv6 only where the VPC has it.
    """
    own = tuple(block for vpc in network.vpcs for block in vpc.blocks)
    taken = (*own, *NOT_OF_THE_INTERNET)
    versions = {block.version for block in own}
    named = sorted({block for block in _named(network) if block.version in versions and block.prefixlen}, key=_key)
    found: list[tuple[Address, Block | None]] = []
    for usual, whole in zip(INTERNET_ADDRESSES, EVERYWHERE, strict=True):
        if whole.version in versions:
            is_named = any(usual in block for block in named)
            rest = _outside(whole, _inside(whole, (*named, *taken))) if is_named else usual
            found += [(rest, None)] if rest else []
    for block in named:
        if not any(_covers(other, block) for other in taken):
            address = _outside(block, _inside(block, (*named, *taken)))
            found += [(address, block)] if address else []
    return tuple(found)


def addresses_of(interface: Interface) -> tuple[Address, ...]:
    """Where it can be reached: private, IPv6 and public; a regional NAT gateway has no private address."""
    own = tuple(address for address in interface.addresses if address not in REGIONAL_RANGE)
    return (*own, interface.public_address) if interface.public_address else own


def _named(network: Network) -> Iterator[Block]:
    """Every block that a rule, an ACL entry or a route names."""
    for group in network.security_groups:
        yield from (rule.peer for rule in (*group.ingress, *group.egress) if not isinstance(rule.peer, str))
    for acl in network.acls:
        yield from (entry.block for entry in acl.entries)
    for table in network.route_tables:
        for route in table.routes:
            yield from route.destinations


def _key(block: Block) -> tuple[int, int, int]:
    return block.version, int(block.network_address), block.prefixlen


def _covers(outer: Block, inner: Block) -> bool:
    return outer.version == inner.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _inside(outer: Block, blocks: Iterable[Block]) -> tuple[Block, ...]:
    return tuple(block for block in blocks if block != outer and _covers(outer, block))


def _outside(block: Block, holes: Iterable[Block]) -> Address | None:
    """The first address of the block that is in none of the holes, which are inside it."""
    position = int(block.network_address)
    for hole in sorted(holes, key=_key):
        if int(hole.network_address) > position:
            break
        position = max(position, int(hole.broadcast_address) + 1)
    if position > int(block.broadcast_address):
        return None
    return IPv4Address(position) if block.version == 4 else IPv6Address(position)
