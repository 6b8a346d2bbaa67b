"""The score that counts: how many of the mechanically broken networks packets catch.

python -m tests.netlab.score     breaks them all, takes minutes, and writes docs/isolation-score.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Literal

from analysis.network import Network, NotModelledError
from analysis.network.model import Interface
from analysis.reach.cases import build_all
from analysis.reach.promise import Promise
from analysis.reach.reachable import Reach, places, reachable
from analysis.resolve import TemplateError
from netlab.run import by_packets
from netlab.sandbox import Sandbox
from tests.netlab.mutants import Mutant, bases, mutants

Kind = Literal["refused", "equivalent", "exposing", "other"]
PROCESSES = 2

Way = tuple[str, ...]
"""One way to talk: build, source, destination, protocol, which address, source seen, answered, ports."""


@dataclass(frozen=True)
class Base:
    """What a mutant is held against."""

    promise: Promise
    ways: frozenset[Way]


@dataclass(frozen=True)
class Judged:
    """One mutant, what it is, and which intents packets saw broken."""

    mutant: Mutant
    kind: Kind
    reason: str
    caught_by: tuple[str, ...] = ()


def judge_all() -> tuple[Judged, ...]:
    """Every mutant, in order, on two laboratories at a time."""
    known = {name: _base(base.network(), base.promise()) for name, base in bases().items()}
    sandboxes: SimpleQueue[Sandbox] = SimpleQueue()
    opened = [Sandbox() for _ in range(PROCESSES)]
    for sandbox in opened:
        sandboxes.put(sandbox)

    def judge(mutant: Mutant) -> Judged:
        sandbox = sandboxes.get()
        try:
            return _judged(mutant, known[mutant.base], sandbox)
        finally:
            sandboxes.put(sandbox)

    try:
        with ThreadPoolExecutor(PROCESSES) as pool:
            return tuple(pool.map(judge, mutants()))
    finally:
        for sandbox in opened:
            sandbox.close()


def _base(network: Network, promise: Promise) -> Base:
    return Base(promise, ways(network, promise))


def _judged(mutant: Mutant, base: Base, sandbox: Sandbox) -> Judged:
    try:
        network = mutant.scene.network()
    except (TemplateError, NotModelledError) as error:
        return Judged(mutant, "refused", error.findings[0])
    found = ways(network, base.promise)
    if found == base.ways:
        return Judged(mutant, "equivalent", "whoever could talk can talk, in every build, and nobody else")
    opened = sorted(way for way in found - base.ways if _lets_in(way))
    kind = "exposing" if opened else "other"
    reason = " ".join(opened[0]) if opened else ""
    return Judged(mutant, kind, reason, tuple(sorted(set(_caught(network, base.promise, sandbox)))))


def _lets_in(way: Way) -> bool:
    """From the internet to anything of ours, or from anybody inside to a workstation."""
    _, source, destination, *_ = way
    return not destination.startswith(("internet", "S3")) and (
        source.startswith("internet") or "WorkstationSecurityGroup" in destination
    )


def _caught(network: Network, promise: Promise, sandbox: Sandbox) -> Iterator[str]:
    builds = build_all(network, promise)
    for proved in by_packets(builds, sandbox):
        yield from (violation.case.intent for violation in proved.violations)
        yield from ("is-there" for _ in proved.build.missing)


def ways(network: Network, promise: Promise) -> frozenset[Way]:
    """Everything that can talk in every build: by the program, and from no intent."""
    ports: dict[Way, set[tuple[int, int]]] = {}
    for build in build_all(network, promise):
        roles = _Roles(build.network)
        for reach in reachable(build.network):
            for way in roles.ways(build.name, reach):
                ports.setdefault(way, set()).update(reach.ports)
    return frozenset((*way, _joined(stretches)) for way, stretches in ports.items())


def _joined(stretches: set[tuple[int, int]]) -> str:
    """Stretches of ports as text, those that touch made one: where a rule ends inside them says nothing."""
    joined: list[list[int]] = []
    for first, last in sorted(stretches):
        if joined and first <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    return ", ".join(f"{first}-{last}" for first, last in joined)


class _Roles:
    """Who is who without names and addresses: these are dealt out by order, and so differ without meaning.

    A workstation is what stands in for it: a machine of its groups in its subnet.
    """

    def __init__(self, network: Network) -> None:
        self.roles = {item.name: self._role(item) for item in network.interfaces}
        self.members = {place.name: place.members for place in places(network)}
        self.owners = {
            address: f"{'public' if address == item.public_address else 'own'} of {self.roles[item.name]}"
            for item in network.interfaces
            for address in (*item.addresses, item.public_address)
            if address
        }

    @staticmethod
    def _role(item: Interface) -> str:
        if item.kind in ("nat-gateway", "endpoint"):
            return item.name
        return f"{item.subnet}: {', '.join(item.security_groups)}{'' if item.source_dest_check else ', unchecked'}"

    def ways(self, build: str, reach: Reach) -> Iterator[Way]:
        seen = self.owners.get(reach.source_seen, "own of the sender's")
        for source in self._named(reach.source):
            for destination in self._named(reach.destination):
                to = self.owners.get(reach.address, "")
                if source == destination:
                    continue  # one machine more or less of a kind that is there anyway
                yield build, source, destination, reach.protocol, to.partition(" ")[0], seen, str(reach.answered)

    def _named(self, place: str) -> set[str]:
        return {self.roles[name] for name in self.members.get(place, ())} or {place}


def main() -> int:
    from tests.netlab.score_page import PAGE, page, summary

    text = page(judge_all())
    PAGE.write_text(text, encoding="utf-8")
    print(f"wrote {PAGE}", file=sys.stderr)
    print(summary(text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
