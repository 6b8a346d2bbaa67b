"""Everything in a network that can talk: from where, to where, by what, and why.

Places that the network cannot tell apart are asked once: interfaces of one subnet with the same groups,
ports between two ends of rules, addresses of the internet that no rule names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analysis.network.model import Address, Interface, Network
from analysis.network.probe import INTERNET, S3_ADDRESS, Kind, Outcome, Probe
from analysis.reach.atoms import addresses_of, outside_addresses, port_ranges
from analysis.reach.judge import Judge, Verdict, protocol

S3 = "S3"

KINDS: tuple[Kind, ...] = ("syn", "datagram", "echo")


@dataclass(frozen=True)
class Place:
    """Interfaces that are alike, or addresses of the internet that are."""

    name: str
    """`PrivateSubnetA: WorkstationSecurityGroup`, `NatGatewayA`, `internet 203.0.113.0/24`."""
    members: tuple[str, ...]
    """Names of the interfaces; empty for the internet and S3."""
    sender: str
    """Who stands for them in a probe."""
    addresses: tuple[Address, ...]
    others: tuple[Address, ...] = ()
    """Addresses of a second interface of the same kind, by which those of one place ask each other."""


@dataclass(frozen=True)
class Reach:
    """One way in which two places can talk."""

    source: str
    destination: str
    address: Address
    """The destination's: private, public or IPv6."""
    protocol: str
    ports: tuple[tuple[int, int], ...]
    """First and last of each stretch; empty for ICMP."""
    source_seen: Address | None
    answered: bool
    reason: tuple[str, ...]
    """Rules, routes and gateways that let it pass, in order."""


def reachable(network: Network) -> tuple[Reach, ...]:
    """All of it, ordered by source, destination, protocol and port. Lies about the source are not in it.

    Ask of `with_probes(network, each=2)`, so that every place has two who can meet.
    """
    judge = Judge(network)
    ranges = port_ranges(network)
    sources, destinations = tuple(_sources(network)), tuple(_destinations(network))
    found: list[Reach] = []
    for source in sources:
        for destination in destinations:
            for address in destination.others if destination == source else destination.addresses:
                found += _between(judge, source, destination, address=address, ranges=ranges)
    return tuple(found)


def places(network: Network) -> tuple[Place, ...]:
    """The network's interfaces by likeness, in order of name."""
    alike: dict[tuple, list[Interface]] = {}
    for item in network.interfaces:
        own = item.name if item.public_address or item.kind == "nat-gateway" else ""
        checks = item.kind, item.subnet, item.security_groups, item.source_dest_check, len(item.addresses), item.service
        key = ("machine", *checks[1:], own) if item.kind in ("instance", "probe") else (*checks, own)
        alike.setdefault(key, []).append(item)
    return tuple(sorted((_place(items) for items in alike.values()), key=lambda place: place.name))


def _place(items: list[Interface]) -> Place:
    first = items[0]
    title = first.name
    if first.kind in ("instance", "probe"):
        checks = "" if first.source_dest_check else ", forwards"
        public = f", {first.name}" if first.public_address else ""
        title = f"{first.subnet}: {', '.join(first.security_groups)}{checks}{public}"
    addresses, *others = (addresses_of(item) for item in items)
    return Place(title, tuple(item.name for item in items), first.name, addresses, others[0] if others else ())


def _sources(network: Network) -> Iterator[Place]:
    yield from _internet(network)
    yield from (place for place in places(network) if _kind(network, place) in ("instance", "probe"))


def _destinations(network: Network) -> Iterator[Place]:
    yield from _internet(network)
    yield Place(S3, (), S3, (S3_ADDRESS,))
    yield from places(network)


def _internet(network: Network) -> Iterator[Place]:
    for address, block in outside_addresses(network):
        name = INTERNET if block is None else f"{INTERNET} {block}"
        yield Place(name if address.version == 4 else f"{name} (IPv6)", (), INTERNET, (address,))


def _kind(network: Network, place: Place) -> str:
    return next(item.kind for item in network.interfaces if item.name == place.sender)


def _between(
    judge: Judge, source: Place, destination: Place, *, address: Address, ranges: Iterable[tuple[int, int]]
) -> Iterator[Reach]:
    claimed = next((own for own in source.addresses if own.version == address.version), None)
    if claimed is None or (source.sender == INTERNET and destination.sender in (INTERNET, S3)):
        return
    if address in source.addresses:
        return
    for kind in KINDS:
        same: dict[tuple[Outcome, tuple[str, ...]], list[tuple[int, int]]] = {}
        for first, last in ranges if kind != "echo" else ((0, 0),):
            probe = Probe(source.sender, claimed, address, kind, first)
            verdict = judge.explain(probe)
            if verdict.outcome.delivered_to is not None and _is_there(verdict, destination):
                same.setdefault((verdict.outcome, verdict.reason), []).append((first, last))
        for (outcome, reason), ports in same.items():
            yield Reach(
                source=source.name,
                destination=destination.name,
                address=address,
                protocol=protocol(probe),
                ports=_joined(ports) if kind != "echo" else (),
                source_seen=outcome.source_seen,
                answered=outcome.answered,
                reason=reason,
            )


def _is_there(verdict: Verdict, destination: Place) -> bool:
    """S3 without its endpoint is the internet's and not counted twice."""
    return destination.sender != S3 or verdict.outcome.delivered_to != INTERNET


def _joined(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Ranges, in order, with neighbours made one."""
    joined: list[tuple[int, int]] = []
    for first, last in ranges:
        if joined and joined[-1][1] + 1 == first:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return tuple(joined)
