"""Intents to probes with the outcome that each must have: what the program and the laboratory both check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from analysis.network import builds
from analysis.network.model import Address, Interface, Network
from analysis.network.probe import INTERNET, INTERNET_ADDRESSES, S3_ADDRESS, Outcome, Probe
from analysis.reach.atoms import addresses_of, outside_addresses, port_ranges
from analysis.reach.intents import Intent, Ports, read_intents
from analysis.reach.promise import Promise

TCP = ("syn", "ack", "connect")


@dataclass(frozen=True)
class Case:
    """One probe of one intent."""

    intent: str
    probe: Probe
    wanted: Outcome


@dataclass(frozen=True)
class Build:
    """The network as one build changes it, and everything to be asked of it."""

    name: str
    """`plain`, `rules-open`, `routes-open`, `zone-down: ZONE`."""
    network: Network
    cases: tuple[Case, ...]
    missing: tuple[str, ...]
    """What the promise names and the network lacks."""


def build_all(network: Network, promise: Promise) -> tuple[Build, ...]:
    """Every build with its cases. `network` has its probes (`with_probes`)."""
    made = [
        ("plain", network),
        ("rules-open", builds.open_rules(network)),
        ("routes-open", builds.open_routes(network)),
    ]
    zones = builds.zones(network)
    if len(zones) > 1:
        made += [(f"zone-down: {zone}", builds.without_zone(network, zone)) for zone in zones]
    return tuple(_build(name, changed, promise) for name, changed in made)


def _build(name: str, network: Network, promise: Promise) -> Build:
    kind = name.partition(":")[0]
    asked = _Asked(network, promise)
    intents = [intent for intent in read_intents() if promise.mode in intent.modes and kind in intent.builds]
    cases = tuple(case for intent in intents for case in asked.cases(intent))
    return Build(name, network, cases, asked.missing() if kind == "plain" else ())


class _Asked:
    """Who is who in one network."""

    def __init__(self, network: Network, promise: Promise) -> None:
        self.network = network
        self.promise = promise
        self.interfaces = {item.name: item for item in network.interfaces}
        self.zones = {subnet.name: subnet.zone for subnet in network.subnets}
        self.every_port = tuple(first for first, _ in port_ranges(network))
        self.outside = tuple(address for address, _ in outside_addresses(network))

    def cases(self, intent: Intent) -> Iterator[Case]:
        for sender in self.senders(intent):
            for receiver, destination in self.receivers(intent, sender):
                for source in self.sources(intent, sender, destination):
                    wanted = self.wanted(intent, sender, receiver, source)
                    for kind in intent.kinds:
                        for port in self.ports(intent, kind):
                            yield Case(intent.name, Probe(sender, source, destination, kind, port), wanted)

    def senders(self, intent: Intent) -> tuple[str, ...]:
        match intent.sender:
            case "internet":
                return (INTERNET,)
            case "workstations":
                return tuple(item.name for item in self.workstations)
            case "endpoint-group":
                groups = {(name,) for name in self.promise.endpoint_groups}
                return tuple(item.name for item in self.machines if item.security_groups in groups)
        return tuple(item.name for item in self.machines)

    @cached_property
    def machines(self) -> tuple[Interface, ...]:
        return tuple(item for item in self.network.interfaces if item.kind in ("instance", "probe"))

    @cached_property
    def workstations(self) -> tuple[Interface, ...]:
        """Machines of the workstations' group in private subnets, and every instance wherever it is."""
        return tuple(item for item in self.machines if item.kind == "instance" or self._stands_in(item))

    def _stands_in(self, item: Interface) -> bool:
        return item.security_groups == (self.promise.group,) and item.subnet in self.promise.private_subnets

    def receivers(self, intent: Intent, sender: str) -> Iterator[tuple[str, Address]]:
        """(who should get it, address) of each destination, but for the sender's own."""
        own = self.interfaces.get(sender)
        for name, address in self._receivers(intent, own):
            if own is None or address not in (*own.addresses, own.public_address):
                yield name, address

    def _receivers(self, intent: Intent, own: Interface | None) -> Iterator[tuple[str, Address]]:
        match intent.receiver:
            case "internet":
                yield from ((INTERNET, address) for address in self.outside)
            case "s3":
                if self.promise.s3_endpoint:
                    yield self.promise.s3_endpoint, S3_ADDRESS
            case "workstations":
                yield from _addresses(self.workstations)
            case "addresses":
                yield from _addresses(_unlike(self.network.interfaces))
            case "everybody":
                yield from ((INTERNET, address) for address in self.outside)
                yield "", S3_ADDRESS
                yield from _addresses(_unlike(self.network.interfaces))
            case "endpoints" | "own-zone-endpoints":
                found = tuple(self.interfaces[name] for name in self.promise.endpoints if name in self.interfaces)
                for item in found if intent.outcome == "answered" else _unlike(found):
                    if intent.receiver == "endpoints" or (own and self._zone(own) == self._zone(item)):
                        yield item.name, item.addresses[0]

    def _zone(self, item: Interface) -> str:
        return self.zones[item.subnet]

    def sources(self, intent: Intent, sender: str, destination: Address) -> Iterator[Address]:
        if intent.claims == "another's":
            addresses = self._others(sender)
        elif sender == INTERNET:
            addresses = self.outside
        else:
            addresses = self.interfaces[sender].addresses
        yield from (
            address for address in addresses if address.version == destination.version and address != destination
        )

    def _others(self, sender: str) -> tuple[Address, ...]:
        """Addresses to lie with: a workstation's, an endpoint's, and for those inside one of the internet's."""
        workstations = [item for item in self.workstations if item.name != sender][:1]
        endpoints = [self.interfaces[name] for name in self.promise.endpoints if name in self.interfaces][:1]
        inside = tuple(address for item in (*workstations, *endpoints) for address in item.addresses)
        return inside if sender == INTERNET else (*inside, *INTERNET_ADDRESSES)

    def ports(self, intent: Intent, kind: str) -> tuple[int, ...]:
        if kind == "echo":
            return (0,)
        left_out = self._numbers(intent.except_tcp) if kind in TCP else ()
        return tuple(port for port in self._numbers(intent.ports) if port not in left_out)

    def _numbers(self, ports: Ports) -> tuple[int, ...]:
        if ports == "every":
            return self.every_port
        return self.promise.egress_ports if ports == "egress" else ports

    def wanted(self, intent: Intent, sender: str, receiver: str, source: Address) -> Outcome:
        if intent.outcome == "nothing":
            return Outcome()
        seen: Address | None = source
        if intent.seen_as == "nat":
            nat = self.interfaces.get(self.promise.nat.get(self.interfaces[sender].subnet, ""))
            seen = nat.public_address if nat else None
        return Outcome(receiver, seen, answered=True)

    def missing(self) -> tuple[str, ...]:
        homes = {item.subnet for item in self.workstations}
        found = [f"no workstation can be put into {name}" for name in self.promise.private_subnets if name not in homes]
        found += [f"{name} is not there" for name in self.promise.endpoints if name not in self.interfaces]
        found += [f"{name} is not there" for name in set(self.promise.nat.values()) if name not in self.interfaces]
        return tuple(sorted(found))


def _addresses(interfaces: tuple[Interface, ...]) -> Iterator[tuple[str, Address]]:
    for item in interfaces:
        yield from ((item.name, address) for address in addresses_of(item))


def _unlike(interfaces: Iterable[Interface]) -> tuple[Interface, ...]:
    """One of each kind: those of one subnet with the same groups and checks are reached alike."""
    found: dict[tuple, Interface] = {}
    for item in interfaces:
        own = item.kind, item.subnet, item.security_groups, item.source_dest_check
        found.setdefault((*own, bool(item.public_address), len(item.addresses)), item)
    return tuple(found.values())
