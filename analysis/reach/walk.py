"""The way of one packet through the network, from whoever sends it to whoever gets it.

The rules are AWS's, as far as its documentation tells them; `docs/isolation.md` has them in words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from analysis.network.model import Interface, Route, Subnet
from analysis.network.probe import INTERNET
from analysis.reach.filters import Filters, Packet, StoppedError
from analysis.reach.index import Index

EPHEMERAL = (1024, 65535)
"""Ports that a NAT gateway sends from.

https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
"""


@dataclass(frozen=True)
class Arrival:
    """Where a packet ended: an interface (`interface` is set), a gateway endpoint or the internet."""

    place: str
    packet: Packet
    interface: Interface | None = None


class Walk:
    """One conversation: the request's way, what NAT gateways noted of it, and the reply's way back."""

    def __init__(self, index: Index, filters: Filters) -> None:
        self.index = index
        self.filters = filters
        self.steps: list[str] = []
        self.translated: dict[str, Packet] = {}
        """NAT gateway to the packet as it came in."""

    def leave(self, interface: Interface, packet: Packet) -> Arrival:
        """A new packet out of an interface. Raises StoppedError, as everything here does."""
        if interface.source_dest_check and packet.source not in interface.addresses:
            raise StoppedError(f"source check of {interface.name}: {packet.source} is not its address")
        _check_link_local(packet)
        if interface.kind != "nat-gateway":
            self.steps.append(self.filters.leave(interface, packet))
        return self.follow(interface, packet)

    def follow(self, interface: Interface, packet: Packet) -> Arrival:
        """Where the route table of the interface's subnet leads."""
        subnet = self.index.subnet(interface)
        route = self.index.route(subnet.route_table, packet.destination)
        if route is None:
            raise StoppedError(f"no route of {subnet.route_table} leads to {packet.destination}")
        self.steps.append(route.name)
        match route.target.kind:
            case "local":
                return self._local(subnet, packet)
            case "internet-gateway":
                return self._outward(subnet, packet, route)
            case "egress-only-gateway":
                return self._egress_only(subnet, packet, route)
            case "gateway-endpoint":
                return self._gateway_endpoint(subnet, packet, route)
            case "nat-gateway" | "interface" if route.target.name in self.index.interfaces:
                return self._through(interface, packet, route)
        raise StoppedError(f"{route.name} is a black hole: {route.target.name} is not there")

    def enter(self, packet: Packet, interface: Interface, *, out_of: Subnet | None) -> Arrival:
        """Into an interface, from a subnet or (None) from outside the VPC's subnets."""
        self.steps += self.filters.cross(packet, out_of=out_of, into=self.index.subnet(interface))
        if interface.kind == "nat-gateway":
            return self._back_through_nat(interface, packet)
        if not packet.is_reply:
            self.steps.append(self.filters.arrive(interface, packet))
        return Arrival(interface.name, packet, interface)

    def from_outside(self, packet: Packet) -> Arrival:
        """From the internet, whatever source the packet claims. Route tables play no part on the way in.

        An IPv6 answer may come by the egress-only gateway that its question left by.
        """
        _check_link_local(packet)
        through_internet_gateway = packet.destination.version == 4 or not packet.is_reply
        if through_internet_gateway and not self.index.has_internet:
            raise StoppedError("no internet gateway is attached")
        owners = self.index.public if packet.destination.version == 4 else self.index.private
        interface = owners.get(packet.destination)
        if interface is None:
            raise StoppedError(f"{packet.destination} is no public address of an interface")
        if through_internet_gateway:
            self._check_blocked(interface, packet)
        if packet.destination.version == 4:
            packet = replace(packet, destination=interface.addresses[0])
        return self.enter(packet, interface, out_of=None)

    def from_endpoint(self, packet: Packet) -> Arrival:
        """An answer of a gateway endpoint's service."""
        return self.enter(packet, self.index.private[packet.destination], out_of=None)

    def _local(self, subnet: Subnet, packet: Packet) -> Arrival:
        interface = self.index.private.get(packet.destination)
        if interface is None:
            raise StoppedError(f"nobody has {packet.destination}")
        return self.enter(packet, interface, out_of=subnet)

    def _outward(self, subnet: Subnet, packet: Packet, route: Route) -> Arrival:
        self.steps += self.filters.cross(packet, out_of=subnet, into=None)
        owner = self.index.private.get(packet.source)
        if packet.source.version == 6:
            self._must_be_inside(packet, route)
        elif owner is None or owner.public_address is None:
            raise StoppedError(f"{route.target.name} drops {packet.source}, which has no public address")
        else:
            packet = replace(packet, source=owner.public_address)
        self._check_blocked(owner, packet)
        self.steps.append(route.target.name)
        return self._outside(packet)

    def _outside(self, packet: Packet) -> Arrival:
        """On the internet: back in when it leads to a public address of ours."""
        return self.from_outside(packet) if packet.destination in self.index.public else Arrival(INTERNET, packet)

    def _egress_only(self, subnet: Subnet, packet: Packet, route: Route) -> Arrival:
        self.steps += self.filters.cross(packet, out_of=subnet, into=None)
        self._must_be_inside(packet, route)
        if packet.is_reply and packet.protocol != "udp":
            raise StoppedError(f"{route.target.name} knows no conversation to which this answer belongs")
        if self.index.network.block_public_access == "block-bidirectional":
            raise StoppedError("public access is blocked in both directions")
        self.steps.append(route.target.name)
        return self._outside(packet)

    def _gateway_endpoint(self, subnet: Subnet, packet: Packet, route: Route) -> Arrival:
        self.steps += self.filters.cross(packet, out_of=subnet, into=None)
        self._must_be_inside(packet, route)
        return Arrival(route.target.name, packet)

    def _through(self, sender: Interface, packet: Packet, route: Route) -> Arrival:
        """To a NAT gateway, or to a machine that a route names."""
        interface = self.index.interfaces[route.target.name]
        self.steps += self.filters.cross(packet, out_of=self.index.subnet(sender), into=self.index.subnet(interface))
        if packet.is_reply:
            raise StoppedError(f"{interface.name} knows no conversation to which this answer belongs")
        if interface.kind == "nat-gateway":
            return self._translate(interface, packet, route)
        if interface.name == sender.name:
            raise StoppedError(f"{route.name} leads back to {interface.name}")
        if interface.source_dest_check and packet.destination not in interface.addresses:
            raise StoppedError(f"destination check of {interface.name}: {packet.destination} is not its address")
        self.steps.append(self.filters.arrive(interface, packet))
        return Arrival(interface.name, packet, interface)

    def _translate(self, nat: Interface, packet: Packet, route: Route) -> Arrival:
        if nat.name in self.translated:
            raise StoppedError(f"{route.name} leads back to {nat.name}")
        if packet.destination in nat.addresses:
            raise StoppedError(f"{nat.name} takes nothing for itself")
        self._must_be_inside(packet, route)
        self.steps.append(nat.name)
        self.translated[nat.name] = packet
        return self.follow(nat, replace(packet, source=nat.addresses[0], source_ports=EPHEMERAL))

    def _back_through_nat(self, nat: Interface, packet: Packet) -> Arrival:
        asked = self.translated.get(nat.name)
        if not packet.is_reply or asked is None or packet.source != asked.destination:
            raise StoppedError(f"{nat.name} takes no new connections")
        return self.follow(nat, replace(packet, destination=asked.source, ports=asked.source_ports))

    def _must_be_inside(self, packet: Packet, route: Route) -> None:
        if not self.index.is_inside(packet.source):
            raise StoppedError(f"{route.target.name} drops {packet.source}, which is not of the VPC")

    def _check_blocked(self, inside: Interface | None, packet: Packet) -> None:
        mode = self.index.network.block_public_access
        is_nat = packet.source.version == 4 and inside is not None and inside.kind == "nat-gateway"
        if mode == "block-bidirectional" or (mode == "block-ingress" and not is_nat):
            raise StoppedError(f"public access is blocked: {mode}")


def _check_link_local(packet: Packet) -> None:
    """169.254.0.0/16 and fe80::/10 are answered on the host itself, by AWS, and never forwarded."""
    for address in (packet.source, packet.destination):
        if address.is_link_local:
            raise StoppedError(f"{address} is link-local and never leaves the host")
