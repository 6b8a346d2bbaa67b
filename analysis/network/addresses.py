"""Deals out addresses by rule: explicit ones first, then by name, from the fifth of the block on as AWS does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Literal

from analysis.network.model import Address, Block, Interface, Subnet

PUBLIC_RANGE = IPv4Network("203.0.113.0/24")
"""Stands in for Amazon's public addresses: a range of the documentation, RFC 5737."""

REGIONAL_RANGE = IPv4Network("100.64.0.0/24")
"""Stands in for where a regional NAT gateway lives, which is in no subnet: shared address space, RFC 6598."""

RESERVED = 4
"""AWS keeps the first four addresses of a subnet, and the last.

https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""


class NoAddressLeftError(ValueError):
    """More interfaces than addresses; the message names the block."""


@dataclass(frozen=True)
class Draft:
    """An interface without its addresses."""

    name: str
    kind: Literal["instance", "nat-gateway", "endpoint", "probe"]
    subnet: str
    security_groups: tuple[str, ...] = ()
    source_dest_check: bool = True
    service: str = ""
    address: IPv4Address | None = None
    """The private address that the template names."""
    has_ipv6: bool = False
    public_address: IPv4Address | None = None
    """An Elastic IP address."""
    wants_public_address: bool = False


def deal(drafts: Iterable[Draft], subnets: Mapping[str, Subnet], taken: Iterable[Address]) -> tuple[Interface, ...]:
    """The interfaces of `drafts`, by name; `taken` are addresses that others have.

    Raises NoAddressLeftError.
    """
    drafts = sorted(drafts, key=lambda draft: draft.name)
    used = {*taken}
    used |= {address for draft in drafts for address in (draft.address, draft.public_address) if address}
    return tuple(_interface(draft, subnets[draft.subnet], used) for draft in drafts)


def _interface(draft: Draft, subnet: Subnet, used: set[Address]) -> Interface:
    blocks = subnet.blocks or (REGIONAL_RANGE,)
    own = draft.address or _next(blocks[0], used)
    further = tuple(_next(block, used) for block in blocks[1:] if draft.has_ipv6)
    public = draft.public_address
    if public is None and draft.wants_public_address:
        public = _next(PUBLIC_RANGE, used)
    return Interface(
        name=draft.name,
        kind=draft.kind,
        subnet=draft.subnet,
        addresses=(own, *further),
        public_address=public,
        security_groups=draft.security_groups,
        source_dest_check=draft.source_dest_check,
        service=draft.service,
    )


def _next(block: Block, used: set[Address]) -> Address:
    for address in _usable(block):
        if address not in used:
            used.add(address)
            return address
    raise NoAddressLeftError(f"{block} has no address left")


def _usable(block: Block) -> Iterator[Address]:
    for position in range(RESERVED, block.num_addresses - 1):
        yield block[position]
