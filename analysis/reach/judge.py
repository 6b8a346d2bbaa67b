"""Flows to verdicts."""

from __future__ import annotations

from analysis.network.model import Network
from analysis.reach.filters import Filters, Packet, StoppedError
from analysis.reach.flow import INTERNET, Flow, Verdict
from analysis.reach.index import Index
from analysis.reach.walk import Arrival, Walk


class Judge:
    """Knows one network; ask it many flows."""

    def __init__(self, network: Network) -> None:
        self.index = Index(network)
        self.filters = Filters(self.index)

    def predict(self, flow: Flow) -> Verdict:
        """What becomes of the flow, and why."""
        walk = Walk(self.index, self.filters)
        try:
            arrival = self._sent(walk, flow)
        except StoppedError as error:
            return Verdict("", None, answered=False, reason=tuple(walk.steps), stopped=str(error))
        reason = tuple(walk.steps)
        try:
            self._check_answer(walk, flow, arrival)
        except StoppedError as error:
            return Verdict(arrival.place, arrival.packet.source, answered=False, reason=reason, stopped=str(error))
        return Verdict(arrival.place, arrival.packet.source, answered=True, reason=reason)

    def _sent(self, walk: Walk, flow: Flow) -> Arrival:
        ports, source_ports = (flow.port, flow.port), (flow.source_port, flow.source_port)
        packet = Packet(flow.source, flow.destination, flow.protocol, ports, source_ports)
        if flow.place == INTERNET:
            return walk.from_outside(packet)
        if flow.place not in self.index.interfaces:
            raise StoppedError(f"{flow.place} is switched off")
        return walk.leave(self.index.interfaces[flow.place], packet)

    def _check_answer(self, walk: Walk, flow: Flow, arrival: Arrival) -> None:
        """Follow the answer home. Raises StoppedError when the sender does not get it from whom it asked."""
        if not self._is_own(flow):
            raise StoppedError(f"the answer goes to {flow.source}, which is not the sender's")
        answer = arrival.packet.answer()
        if arrival.interface is not None:
            back = walk.follow(arrival.interface, answer)
        elif arrival.place == INTERNET:
            back = walk.from_outside(answer)
        else:
            back = walk.from_endpoint(answer)
        if back.place != flow.place or back.packet.source != flow.destination:
            raise StoppedError(f"the answer reaches {back.place} from {back.packet.source}")

    def _is_own(self, flow: Flow) -> bool:
        if flow.place == INTERNET:
            return flow.source not in self.index.public and not self.index.is_inside(flow.source)
        return flow.source in self.index.interfaces[flow.place].addresses


def predict(network: Network, flow: Flow) -> Verdict:
    """One flow; for many of the same network keep a `Judge`."""
    return Judge(network).predict(flow)
