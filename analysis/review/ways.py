"""Who can reach what, and why: the answers of `analysis.reach` in as few rows as say all of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from analysis.network import Network, NotModelledError, join, read, with_probes
from analysis.network.joined import NoSurroundingsError
from analysis.network.probe import INTERNET
from analysis.reach.check import Violation, check
from analysis.reach.intents import read_intents
from analysis.reach.promise import NoPromiseError, Promise, promised
from analysis.reach.reachable import Place, Reach, places, reachable

RULE = re.compile(r"^(.* (?:ingress|egress)) (\d+)$")
"""`WorkstationSecurityGroup egress 2`: a group, and the place of its rule."""
EVERY_PORT = ((0, 65535),)

ELSEWHERE = (
    "The environment goes into a VPC that is there, whose routes, gateways and network ACLs are in none of these "
    "templates; `python -m analysis reach --around TEMPLATE` works it out with a template of that VPC"
)


@dataclass(frozen=True)
class Way:
    """What one place can open to some others."""

    source: str
    machines: tuple[str, ...]
    """The workstations that are there; empty where none is yet."""
    destinations: tuple[str, ...]
    what: str
    """`TCP 80, 443`."""
    seen_as: str
    """What the other side sees, in words."""
    answered: bool
    steps: tuple[str, ...]
    """The rules, routes and gateways on the way, in order."""


@dataclass(frozen=True)
class Kept:
    """A promise of the network, and whether it holds."""

    says: str
    why: str
    probes: int
    broken: tuple[str, ...]
    """How it is broken; empty where it holds."""


@dataclass(frozen=True)
class Ways:
    """Each way by itself: `together` makes fewer rows of them."""

    machines: tuple[Way, ...]
    """Of the workstations, those that could be started included."""
    others: tuple[Way, ...]
    """To or of machines in groups and subnets where the templates put none."""
    from_outside: tuple[Way, ...]
    promises: tuple[Kept, ...]
    unknown: tuple[str, ...]
    """Why it could not be worked out; nothing else is filled then."""


def read_ways(stacks: Mapping[str, Any], templates: Mapping[str, Mapping[str, Any]]) -> Ways:
    """Of all stacks of `stacks.json`; `templates` holds each template by its file name.

    Raises TemplateError when a template or a given parameter is wrong.
    """
    try:
        found = join(stacks, templates)
        bare = read(found)
    except NoSurroundingsError:
        return Ways((), (), (), (), (ELSEWHERE,))
    except NotModelledError as error:
        return Ways((), (), (), (), error.findings)
    probed, network = with_probes(bare), with_probes(bare, each=2)  # two, so that a place has a neighbour
    try:
        promise = promised(found, probed)
    except NoPromiseError:
        promise = None
    told = _Teller(network, promise)
    all_ways = [(reach, told.way(reach)) for reach in reachable(network)]
    outside = [way for _, way in all_ways if way.source.startswith(INTERNET)]
    inside = [(reach, way) for reach, way in all_ways if not way.source.startswith(INTERNET)]
    return Ways(
        machines=tuple(way for reach, way in inside if told.is_real(reach)),
        others=tuple(way for reach, way in inside if not told.is_real(reach)),
        from_outside=tuple(outside),
        promises=_kept(probed, promise) if promise else (),
        unknown=(),
    )


def together(ways: Iterable[Way]) -> tuple[Way, ...]:
    """Ways that differ only in their ports' rules are one, and so are those that differ only in where they lead."""
    by_rule: dict[tuple[object, ...], list[Way]] = {}
    for way in ways:
        path = tuple(RULE.sub(r"\1", step) for step in way.steps)
        alike = (way.source, way.destinations, way.what.partition(" ")[0], way.seen_as, way.answered, path)
        by_rule.setdefault(alike, []).append(way)
    by_end: dict[Way, list[str]] = {}
    for group in by_rule.values():
        one = replace(group[0], what=_what(group), steps=_steps(group))
        by_end.setdefault(replace(one, destinations=()), []).extend(one.destinations)
    return tuple(replace(way, destinations=tuple(dict.fromkeys(ends))) for way, ends in by_end.items())


def new_ways(old: Iterable[Way], new: Iterable[Way]) -> tuple[Way, ...]:
    """Those of `new` that `old` has not, whatever the numbers of their rules."""
    known = {_numberless(way) for way in old}
    return together(way for way in new if _numberless(way) not in known)


def _numberless(way: Way) -> Way:
    return replace(way, machines=(), steps=tuple(RULE.sub(r"\1", step) for step in way.steps))


class _Teller:
    """Knows the network's places by name."""

    def __init__(self, network: Network, promise: Promise | None) -> None:
        self.network, self.promise = network, promise
        self.places: Mapping[str, Place] = {place.name: place for place in places(network)}
        self.public = {str(item.public_address): item.name for item in network.interfaces if item.public_address}
        self.kinds = {item.name: item.kind for item in network.interfaces}

    def way(self, reach: Reach) -> Way:
        return Way(
            source=reach.source,
            machines=self.machines(reach.source),
            destinations=(self.end(reach.destination),),
            what=" ".join([reach.protocol.upper(), *([_ports(reach.ports)] if reach.ports else [])]),
            seen_as=self.seen_as(reach),
            answered=reach.answered,
            steps=reach.reason,
        )

    def machines(self, name: str) -> tuple[str, ...]:
        members = self.places[name].members if name in self.places else ()
        return tuple(member.partition("/")[0] for member in members if self.kinds[member] == "instance")

    def end(self, name: str) -> str:
        """An endpoint has an address in several subnets: one name for all."""
        return name.partition(":")[0] if self.kinds.get(name) == "endpoint" else name

    def seen_as(self, reach: Reach) -> str:
        address = str(reach.source_seen)
        if address in self.public:
            return f"the address of {self.public[address]}"
        own = self.places[reach.source].addresses if reach.source in self.places else ()
        return "its own address" if reach.source_seen in own else address

    def is_real(self, reach: Reach) -> bool:
        """Whether both ends are there, or could be by starting a workstation: neither is a mere stand-in."""
        return self.is_there(reach.source) and self.is_there(reach.destination)

    def is_there(self, name: str) -> bool:
        promise = self.promise
        if promise and name in {f"{subnet}: {promise.group}" for subnet in promise.private_subnets}:
            return True
        members = self.places[name].members if name in self.places else ()
        return not members or any(self.kinds[member] != "probe" for member in members)


def _kept(network: Network, promise: Promise) -> tuple[Kept, ...]:
    checked = check(network, promise)
    broken: dict[str, list[str]] = {}
    for found in checked.violations:
        broken.setdefault(found.intent, []).append(_violation(found))
    asked = [intent for intent in read_intents() if promise.mode in intent.modes]
    kept = [
        Kept(item.says, item.why, checked.asked.get(item.name, 0), tuple(dict.fromkeys(broken.pop(item.name, ()))))
        for item in asked
    ]
    return (*kept, *(Kept(name, "", 0, tuple(dict.fromkeys(words))) for name, words in broken.items()))


def _violation(found: Violation) -> str:
    if found.case is None:
        return found.why
    probe = found.case.probe
    return f"{found.build}: {probe.kind} {probe.port} from {probe.sender} to {probe.destination}: {found.why}"


def _what(ways: Iterable[Way]) -> str:
    """The protocol, with the ports of all in order."""
    protocol, ports = "", []
    for way in ways:
        protocol, _, text = way.what.partition(" ")
        ports += [text] if text else []
    return " ".join([protocol, ", ".join(dict.fromkeys(ports))]).strip()


def _steps(ways: list[Way]) -> tuple[str, ...]:
    """The steps of all, with every rule's number: `WorkstationSecurityGroup egress 1, 2`."""
    steps = []
    for same in zip(*(way.steps for way in ways), strict=True):
        numbers = dict.fromkeys(match[2] for match in map(RULE.match, same) if match)
        steps.append(RULE.sub(rf"\1 {', '.join(numbers)}", same[0]) if numbers else same[0])
    return tuple(steps)


def _ports(ranges: tuple[tuple[int, int], ...]) -> str:
    if ranges == EVERY_PORT:
        return "every port"
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)
