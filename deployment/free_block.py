"""Which address blocks clash, and which is free. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network

PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
"""RFC 1918: the only addresses that a VPC of ours may use."""
DOCKER = IPv4Network("172.17.0.0/16")
"""Docker's own bridge on every machine that runs it; a VPC there cannot be reached from a container."""


def clashing(wanted: IPv4Network, others: Iterable[IPv4Network]) -> tuple[IPv4Network, ...]:
    """Those of `others` that share an address with `wanted`, sorted."""
    return tuple(sorted({other for other in others if other.overlaps(wanted)}))


def free_block(wanted: IPv4Network, others: Iterable[IPv4Network]) -> IPv4Network | None:
    """The next private block of the same size that clashes with none of `others`; None when there is no room.

    The search begins after `wanted`, goes on through all private blocks and comes round to it,
    so that the same question always has the same answer.
    """
    taken = sorted({*others, DOCKER})
    homes = [home for home in PRIVATE if wanted.prefixlen >= home.prefixlen]
    first = next((index for index, home in enumerate(homes) if wanted.subnet_of(home)), None)
    if first is None:
        return next((found for home in homes if (found := _first_free(wanted.prefixlen, home, taken))), None)
    home, others_after = homes[first], [*homes[first + 1 :], *homes[:first]]
    begin = int(wanted.network_address)
    return (
        _first_free(wanted.prefixlen, home, taken, begin=begin)
        or next((found for other in others_after if (found := _first_free(wanted.prefixlen, other, taken))), None)
        or _first_free(wanted.prefixlen, home, taken)
    )


def _first_free(
    prefix: int, home: IPv4Network, taken: Iterable[IPv4Network], *, begin: int | None = None
) -> IPv4Network | None:
    """The lowest free block of `home` from the address `begin` on. Steps over taken blocks: no block is tried twice."""
    size = 2 ** (32 - prefix)
    address = int(home.network_address) if begin is None else begin
    for other in taken:
        low, high = int(other.network_address), int(other.broadcast_address)
        if high < address:
            continue
        if address + size - 1 < low:
            break
        address = -(-(high + 1) // size) * size
    last = int(home.broadcast_address)
    return IPv4Network((address, prefix)) if address + size - 1 <= last else None
