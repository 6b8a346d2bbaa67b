"""Security groups and network ACLs: which rule lets a packet pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.network.model import AclEntry, Address, Interface, Protocol, Rule, Subnet
from analysis.reach.index import Index


@dataclass(frozen=True)
class Packet:
    source: Address
    destination: Address
    protocol: Protocol
    ports: tuple[int, int]
    """The destination's, first and last: one, or the range that a NAT gateway chose it from."""
    source_ports: tuple[int, int]
    is_reply: bool = False

    def answer(self) -> Packet:
        """What its receiver sends back."""
        return Packet(
            source=self.destination,
            destination=self.source,
            protocol=self.protocol,
            ports=self.source_ports,
            source_ports=self.ports,
            is_reply=True,
        )


class StoppedError(Exception):
    """The packet goes no further; the message says what stopped it."""


class Filters:
    """Decisions about packets, remembered: the same question is asked for many destinations."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._egress: dict[tuple, Rule | None] = {}
        self._ingress: dict[tuple, Rule | None] = {}
        self._entries: dict[tuple, AclEntry | None] = {}

    def leave(self, interface: Interface, packet: Packet) -> str:
        """Name of the egress rule that lets the packet out of the interface. Raises StoppedError."""
        key = (interface.security_groups, packet.protocol, packet.destination, packet.ports)
        if key not in self._egress:
            rules = [rule for name in interface.security_groups for rule in self.index.groups[name].egress]
            self._egress[key] = self._first(rules, packet, packet.destination)
        return _name(self._egress[key], "egress", interface, packet, f"to {packet.destination}")

    def arrive(self, interface: Interface, packet: Packet) -> str:
        """Name of the ingress rule that lets the packet into the interface. Raises StoppedError."""
        key = (interface.security_groups, packet.protocol, packet.source, packet.ports)
        if key not in self._ingress:
            rules = [rule for name in interface.security_groups for rule in self.index.groups[name].ingress]
            self._ingress[key] = self._first(rules, packet, packet.source)
        return _name(self._ingress[key], "ingress", interface, packet, f"from {packet.source}")

    def _first(self, rules: Iterable[Rule], packet: Packet, peer: Address) -> Rule | None:
        return next((rule for rule in rules if self._fits(rule, packet, peer)), None)

    def _fits(self, rule: Rule, packet: Packet, peer: Address) -> bool:
        if rule.protocol not in ("all", packet.protocol):
            return False
        if not rule.first_port <= packet.ports[0] <= rule.last_port and rule.protocol in ("tcp", "udp"):
            return False
        return peer in self.index.members[rule.peer] if isinstance(rule.peer, str) else peer in rule.peer

    def cross(self, packet: Packet, *, out_of: Subnet | None, into: Subnet | None) -> tuple[str, ...]:
        """Names of the ACL entries that let the packet out of one subnet and into another; None is outside.

        Raises StoppedError. Inside one subnet no ACL is asked.
        """
        if out_of is not None and into is not None and out_of.name == into.name:
            return ()
        passed = []
        if out_of is not None:
            passed.append(self._entry(out_of.acl, packet, egress=True))
        if into is not None:
            passed.append(self._entry(into.acl, packet, egress=False))
        return tuple(name for name in passed if not name.startswith("default:"))

    def _entry(self, acl: str, packet: Packet, *, egress: bool) -> str:
        peer = packet.destination if egress else packet.source
        key = (acl, egress, packet.protocol, peer, packet.ports)
        if key not in self._entries:
            entries = [
                entry for entry in self.index.acls[acl].entries if entry.egress == egress and peer in entry.block
            ]
            self._entries[key] = _decide(entries, packet.protocol, *packet.ports)
        entry = self._entries[key]
        if entry is None or not entry.allows:
            what = "has no entry for it" if entry is None else f"refuses it by {entry.name}"
            way = f"out to {packet.destination}" if egress else f"in from {packet.source}"
            raise StoppedError(f"network ACL {acl} {what}: {_what(packet)} {way}")
        return entry.name


def _decide(entries: list[AclEntry], protocol: Protocol, first: int, last: int) -> AclEntry | None:
    """The entry that decides for all ports of the range; one that refuses where any part of it is refused."""
    for at, entry in enumerate(entries):
        if entry.protocol not in ("all", protocol):
            continue
        if entry.protocol not in ("tcp", "udp") or (entry.first_port <= first and last <= entry.last_port):
            return entry
        if entry.last_port < first or last < entry.first_port:
            continue
        if not entry.allows:
            return entry
        outside = ((first, entry.first_port - 1), (entry.last_port + 1, last))
        rests = [_decide(entries[at + 1 :], protocol, low, high) for low, high in outside if low <= high]
        return next((rest for rest in rests if rest is None or not rest.allows), entry)
    return None


def _name(rule: Rule | None, direction: str, interface: Interface, packet: Packet, way: str) -> str:
    if rule is not None:
        return rule.name
    groups = ", ".join(interface.security_groups)
    raise StoppedError(f"no {direction} rule of {groups} allows {_what(packet)} {way}")


def _what(packet: Packet) -> str:
    if packet.protocol not in ("tcp", "udp"):
        return packet.protocol
    first, last = packet.ports
    return f"{packet.protocol} {first}" if first == last else f"{packet.protocol} {first}-{last}"
