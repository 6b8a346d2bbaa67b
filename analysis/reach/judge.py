"""Probes to outcomes, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.network.model import Network, Protocol
from analysis.network.probe import INTERNET, Outcome, Probe
from analysis.reach.filters import Filters, Packet, StoppedError
from analysis.reach.index import Index
from analysis.reach.walk import Arrival, Walk


@dataclass(frozen=True)
class Verdict:
    """What becomes of a probe, and why."""

    outcome: Outcome
    reason: tuple[str, ...]
    """Names of the rules, routes and gateways that let it pass, in order."""
    stopped: str = ""
    """What stopped it; for a delivered probe, what stopped its answer."""


class Judge:
    """Knows one network; ask it many probes."""

    def __init__(self, network: Network) -> None:
        self.index = Index(network)
        self.filters = Filters(self.index)

    def predict(self, probe: Probe) -> Outcome:
        return self.explain(probe).outcome

    def explain(self, probe: Probe) -> Verdict:
        walk = Walk(self.index, self.filters)
        try:
            arrival = self._sent(walk, probe)
        except StoppedError as error:
            return Verdict(Outcome(), tuple(walk.steps), str(error))
        reason = tuple(walk.steps)
        stopped = ""
        try:
            self._check_answer(walk, probe, arrival)
        except StoppedError as error:
            stopped = str(error)
        return Verdict(Outcome(arrival.place, arrival.packet.source, answered=not stopped), reason, stopped)

    def _sent(self, walk: Walk, probe: Probe) -> Arrival:
        source_ports = (probe.source_port, probe.source_port)
        packet = Packet(probe.source, probe.destination, protocol(probe), (probe.port, probe.port), source_ports)
        if probe.sender == INTERNET:
            return walk.from_outside(packet)
        if probe.sender not in self.index.interfaces:
            raise StoppedError(f"{probe.sender} is switched off")
        return walk.leave(self.index.interfaces[probe.sender], packet)

    def _check_answer(self, walk: Walk, probe: Probe, arrival: Arrival) -> None:
        """Follow the answer home. Raises StoppedError when the sender does not get it from whom it asked."""
        if not self._is_own(probe):
            raise StoppedError(f"the answer goes to {probe.source}, which is not the sender's")
        answer = arrival.packet.answer()
        if arrival.interface is not None:
            if arrival.packet.destination not in arrival.interface.addresses:
                raise StoppedError(f"{arrival.place} is not {arrival.packet.destination}")
            back = walk.follow(arrival.interface, answer)
        elif arrival.place == INTERNET:
            back = walk.from_outside(answer)
        else:
            back = walk.from_endpoint(answer)
        if back.place != probe.sender or back.packet.source != probe.destination:
            raise StoppedError(f"the answer reaches {back.place} from {back.packet.source}")

    def _is_own(self, probe: Probe) -> bool:
        if probe.sender == INTERNET:
            return probe.source not in self.index.public and not self.index.is_inside(probe.source)
        return probe.source in self.index.interfaces[probe.sender].addresses


def predict(network: Network, probe: Probe) -> Outcome:
    """One probe; for many of the same network keep a `Judge`."""
    return Judge(network).predict(probe)


def protocol(probe: Probe) -> Protocol:
    if probe.kind == "datagram":
        return "udp"
    if probe.kind == "echo":
        return "icmp" if probe.destination.version == 4 else "icmpv6"
    return "tcp"
