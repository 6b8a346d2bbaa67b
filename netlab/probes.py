"""Which packets are sent: from every kind of place to every other, and from the internet to every address there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import IPv4Address
from itertools import cycle

from analysis.network.model import Address, Interface, Network
from analysis.network.probe import INTERNET, INTERNET_ADDRESSES, S3_ADDRESS, Kind, Probe

INTERNET_HOST: dict[int, Address] = {address.version: address for address in INTERNET_ADDRESSES}

METADATA = IPv4Address("169.254.169.254")
"""Link-local: no other machine may ever answer for it."""

TCP_PORTS = (22, 80, 443, 3389)
UDP_PORTS = (53, 123, 443)
MOST_PORTS = 24
"""Ports of one protocol that are tried on one path; a rule set with more boundaries gets the lowest of them."""

SOURCE_PORTS = range(32_768, 61_000)  # Linux's own range of ephemeral ports

Try = tuple[Kind, int]
"""Kind and destination port."""


def probes(network: Network) -> tuple[Probe, ...]:
    """Every packet worth sending in one build, without source ports: see `numbered`."""
    tcp, udp = ports(network, "tcp", TCP_PORTS), ports(network, "udp", UDP_PORTS)
    every: tuple[Try, ...] = (
        *(("syn", port) for port in tcp),
        *(("datagram", port) for port in udp),
        ("ack", 443),
        ("ack", 22),
        ("echo", 0),
    )
    senders = [item for item in network.interfaces if item.kind in ("instance", "probe")]
    return (
        *(probe for sender in senders for probe in _outward(sender, every)),
        *(probe for sender in senders for probe in _sideways(network, sender)),
        *(probe for sender in senders for probe in _lies(network, sender)),
        *(probe for target in network.interfaces for probe in _inward(network, target, every)),
    )


def ports(network: Network, protocol: str, always: Iterable[int]) -> tuple[int, ...]:
    """Ports where something may change: the ends of the rules' ranges and their neighbours, and some that matter."""
    rules = [rule for group in network.security_groups for rule in (*group.ingress, *group.egress)]
    rules += [entry for acl in network.acls for entry in acl.entries]
    ends = {end for rule in rules if rule.protocol == protocol for end in (rule.first_port, rule.last_port)}
    around = {port for end in ends for port in (end - 1, end, end + 1) if 0 < port < 65_536}
    return tuple(sorted({*always, *sorted(around)[:MOST_PORTS]}))


def numbered(builds: Iterable[tuple[Probe, ...]]) -> Iterator[tuple[Probe, ...]]:
    """Each probe with a source port of its own, as far as there are enough: no conversation is mistaken for another."""
    source_ports = cycle(SOURCE_PORTS)
    for wanted in builds:
        yield tuple(replace(probe, source_port=next(source_ports)) for probe in wanted)


def _outward(sender: Interface, every: tuple[Try, ...]) -> Iterator[Probe]:
    """To the internet, to S3, and to what must never be answered by another machine."""
    for source in sender.addresses:
        destination = INTERNET_HOST[source.version]
        for kind, port in (*every, ("connect", 80), ("connect", 443)):
            yield Probe(sender.name, source, destination, kind, port)
        if source.version == 4:
            yield Probe(sender.name, source, METADATA, "syn", 80)
            yield Probe(sender.name, source, METADATA, "datagram", 53)
            for kind, port in (("syn", 443), ("connect", 443), ("syn", 22), ("datagram", 443), ("echo", 0)):
                yield Probe(sender.name, source, S3_ADDRESS, kind, port)


def _sideways(network: Network, sender: Interface) -> Iterator[Probe]:
    """To every other interface of the VPC, and to its public address."""
    tries: tuple[Try, ...] = (("syn", 22), ("syn", 443), ("connect", 443), ("ack", 443), ("datagram", 443), ("echo", 0))
    for target in network.interfaces:
        if target.name == sender.name or _is_outlier(network, target):
            continue
        for source in sender.addresses:
            for destination in target.addresses:
                if destination.version == source.version:
                    for kind, port in tries:
                        yield Probe(sender.name, source, destination, kind, port)
            if target.public_address and source.version == 4:
                yield Probe(sender.name, source, target.public_address, "syn", 443)
                yield Probe(sender.name, source, target.public_address, "datagram", 443)


def _lies(network: Network, sender: Interface) -> Iterator[Probe]:
    """With a source that is not the sender's: a neighbour's, or one of the internet, as if it forwarded a packet."""
    for source in sender.addresses:
        neighbour = next(
            (
                address
                for item in network.interfaces
                for address in item.addresses
                if item.name != sender.name and address.version == source.version and not _is_outlier(network, item)
            ),
            None,
        )
        for lie in (INTERNET_HOST[source.version], neighbour):
            if lie is None:
                continue
            for destination in (INTERNET_HOST[source.version] + 1, neighbour):
                if destination not in (None, lie):
                    yield Probe(sender.name, lie, destination, "syn", 443)
                    yield Probe(sender.name, lie, destination, "datagram", 443)


def _inward(network: Network, target: Interface, every: tuple[Try, ...]) -> Iterator[Probe]:
    """From the internet to an interface: its public address, and the private one that no route should reach."""
    if target.public_address:
        yield from _knocks(network, target.public_address, every)
    if not _is_outlier(network, target):
        for address in target.addresses:
            yield from _knocks(network, address, every)


def _knocks(network: Network, address: Address, every: tuple[Try, ...]) -> Iterator[Probe]:
    source = INTERNET_HOST[address.version]
    for kind, port in (*every, ("connect", 443)):
        yield Probe(INTERNET, source, address, kind, port)
    for liar in _insiders(network, address):
        yield Probe(INTERNET, liar, address, "syn", 443)
        yield Probe(INTERNET, liar, address, "datagram", 443)


def _insiders(network: Network, address: Address) -> tuple[Address, ...]:
    """Addresses that the internet may claim in order to pass for somebody inside: one of each set of groups."""
    chosen: dict[tuple[str, ...], Address] = {}
    for item in network.interfaces:
        for own in item.addresses:
            if own.version == address.version and own != address and not _is_outlier(network, item):
                chosen.setdefault(item.security_groups, own)
    return tuple(chosen.values())


def _is_outlier(network: Network, interface: Interface) -> bool:
    """A regional NAT gateway, whose own address is none of the VPC's."""
    blocks = [block for vpc in network.vpcs for block in vpc.blocks]
    return not all(any(address in block for block in blocks) for address in interface.addresses)
