"""Sends probes into a laboratory and sees what becomes of them."""

from __future__ import annotations

import random
import selectors
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from types import TracebackType

from analysis.network.model import Address, Network
from analysis.network.probe import INTERNET, Outcome, Probe
from netlab.hosts import Caller, Ear, Listener, Mouth
from netlab.laboratory import Laboratory
from netlab.namespace import Namespace
from netlab.packets import ID_STEP, frame, packet, parse
from netlab.wiring import attached

BURST = 24
"""Probes between two looks at what arrived: an ear holds 250 small frames in Linux's default buffer, and hears of
a probe up to eight times: question, answer, and the end of a connection, each before and after a NAT gateway."""

QUIET_SECONDS = 0.04
"""Packets move while `sendto` runs; when nothing has moved for so long, nothing is on its way any more."""

Work = Callable[[], object]


@dataclass
class _Fate:
    """What is known of one probe so far."""

    probe: Probe
    delivered_to: str | None = None
    source_seen: Address | None = None
    answered: bool = False

    def outcome(self) -> Outcome:
        if self.probe.kind == "connect" and not self.answered:
            return Outcome()  # half a connection says less than the `syn` beside it
        return Outcome(self.delivered_to, self.source_seen, self.answered)


class Prober:
    """Ears and listeners on every host of a laboratory; good for all its builds."""

    def __init__(self, laboratory: Laboratory) -> None:
        self.laboratory = laboratory
        self.selector = selectors.DefaultSelector()
        self.fates: dict[int, _Fate] = {}
        self.callers: list[Caller] = []
        self.next_identity = random.SystemRandom().randrange(1 << 30) * ID_STEP
        self.geography = _Geography(None)
        wiring, has_ipv6 = laboratory.wiring, laboratory.wiring.has_ipv6
        boxes = {name: item for name, item in laboratory.boxes.items() if name not in laboratory.nats}
        self.mouths = {name: Mouth(item, has_ipv6=has_ipv6) for name, item in boxes.items()}
        for host in (*boxes.values(), *laboratory.endpoints.values(), laboratory.internet):
            self._listen(host)
        self.names = {f"l{wiring.interfaces[name]}": name for name in boxes}
        self.names |= {f"l{number}": pair[1] for pair, number in wiring.endpoints.items()}
        self.knocks: dict[str, set[int]] = {}
        """NAT gateway to the ids of the packets that the router handed to it."""
        self.nats = {f"l{wiring.interfaces[name]}": name for name in laboratory.nats}
        self.names |= {f"g{number}": INTERNET for number in wiring.gateways.values()}
        for router in laboratory.routers.values():
            self._hear(router)
        self.uplinks = {name: self._hear(laboratory.internet, f"g{n}").socket for name, n in wiring.gateways.items()}

    def _hear(self, namespace: Namespace, device: str = "") -> Ear:
        ear = Ear(namespace, device)
        self._on(ear.socket, lambda: [self._heard(cable, data) for cable, data in ear.frames()])
        return ear

    def _listen(self, namespace: Namespace) -> None:
        listener = Listener(namespace, has_ipv6=self.laboratory.wiring.has_ipv6)
        self._on(listener.udp, listener.answer_datagrams)
        self._on(listener.tcp, lambda: listener.accept(self.selector, self._served))

    def _on(self, opened: socket.socket, work: Work) -> None:
        self.selector.register(opened, selectors.EVENT_READ, work)

    def run(self, network: Network, probes: Sequence[Probe]) -> tuple[Outcome, ...]:
        """What became of each probe; `network` is the build that is loaded."""
        self.geography = _Geography(network)
        self.knocks = {name: set() for name in self.nats.values()}
        for count, probe in enumerate(probes, start=1):
            self.next_identity = (self.next_identity + ID_STEP) % (1 << 32)
            self.fates[self.next_identity] = _Fate(probe)
            if probe.kind == "connect":
                self._call(probe, self.next_identity)
            else:
                self._send(probe, self.next_identity)
            if count % BURST == 0:
                self._look(0)
        while self._look(QUIET_SECONDS):
            pass
        found = tuple(fate.outcome() for fate in self.fates.values())
        self.fates.clear()
        for caller in self.callers:
            self._hang_up(caller)
        self.callers.clear()
        return found

    def _look(self, seconds: float) -> bool:
        """Take what arrived; False when nothing did."""
        events = self.selector.select(seconds)
        for key, _ in events:
            key.data()
        return bool(events)

    def _send(self, probe: Probe, identity: int) -> None:
        if probe.sender != INTERNET:
            self.mouths[probe.sender].send(packet(probe, identity), probe.destination)
            return
        for gateway in self.geography.ways_in(probe.destination):
            self.uplinks[gateway].send(frame(probe, identity))

    def _call(self, probe: Probe, identity: int) -> None:
        home = self.laboratory.internet if probe.sender == INTERNET else self.laboratory.boxes[probe.sender]
        caller = Caller(home, source=probe.source, source_port=probe.source_port, identity=identity)
        if caller.call(probe.destination, probe.port):
            self.callers.append(caller)
            events = selectors.EVENT_READ | selectors.EVENT_WRITE
            self.selector.register(caller.socket, events, lambda: self._step(caller))

    def _step(self, caller: Caller) -> None:
        answered = caller.step()
        if caller.asked:
            self.selector.modify(caller.socket, selectors.EVENT_READ, lambda: self._step(caller))
        if answered is not None:
            self.fates[caller.identity].answered = answered
            self.callers.remove(caller)
            self._hang_up(caller)

    def _hang_up(self, caller: Caller) -> None:
        self.selector.unregister(caller.socket)
        caller.socket.close()

    def _served(self, name: str, identity: int, address: str) -> None:
        fate = self.fates.get(identity)
        if fate and fate.probe.kind == "connect":
            fate.delivered_to, fate.source_seen = name, ip_address(address)

    def _heard(self, cable: str, data: bytes) -> None:
        name, seen = self.names.get(cable), parse(data)
        fate = self.fates.get(seen.identity) if seen else None
        if seen and fate and cable in self.nats:
            self.knocks[self.nats[cable]].add(seen.identity)
        if not name or not seen or not fate or (name == INTERNET and self.geography.is_in_a_vpc(seen.destination)):
            return
        if seen.is_answer:
            at_home = name == fate.probe.sender and not self.geography.is_lie(fate.probe)
            fate.answered |= at_home and seen.source == fate.probe.destination
        elif seen.port == fate.probe.port and not fate.delivered_to and name != fate.probe.sender:
            fate.delivered_to, fate.source_seen = name, seen.source

    def close(self) -> None:
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        self.selector.close()

    def __enter__(self) -> Prober:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()


class _Geography:
    """Which addresses lie behind which gateway."""

    def __init__(self, network: Network | None) -> None:
        vpcs = network.vpcs if network else ()
        vpc_of = {subnet.name: subnet.vpc for subnet in network.subnets} if network else {}
        interfaces = network.interfaces if network else ()
        self.gateways = {vpc.name: attached(network, vpc.name) for vpc in vpcs}
        self.public = {item.public_address: vpc_of[item.subnet] for item in interfaces if item.public_address}
        self.own = {item.name: item.addresses for item in interfaces}
        self.blocks = [(block, vpc.name) for vpc in vpcs for block in vpc.blocks]

    def ways_in(self, address: Address) -> tuple[str, ...]:
        """Gateways that a packet from the internet may be thrown into."""
        if address in self.public:
            return tuple(item.name for item in self.gateways[self.public[address]] if not item.egress_only)
        vpcs = dict.fromkeys(vpc for block, vpc in self.blocks if address in block)
        return tuple(item.name for vpc in vpcs for item in self.gateways[vpc])

    def is_lie(self, probe: Probe) -> bool:
        """Whether the source is not the sender's: then no answer is for the sender, wherever a route may lead it."""
        if probe.sender == INTERNET:
            return self.is_in_a_vpc(probe.source)
        return probe.source not in self.own[probe.sender]

    def is_in_a_vpc(self, address: Address) -> bool:
        return address in self.public or any(address in block for block, _ in self.blocks)
