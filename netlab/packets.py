"""Packets to bytes and back: each carries an id that survives every rewriting on its way."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from analysis.network.model import Address
from analysis.network.probe import Probe

NEAR, FAR = "02:00:00:00:00:01", "02:00:00:00:00:02"
"""Every cable is point to point, so two hardware addresses do for all: the router's end, and the other."""

IPV4, IPV6 = 0x0800, 0x86DD  # IEEE EtherTypes
ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58  # IANA protocol numbers
SYN, RST, ACK = 0x02, 0x04, 0x10
ECHO, ECHO_REPLY, ECHO_V6, ECHO_REPLY_V6 = 8, 0, 128, 129
HOPS = 64

ASK, ANSWER = b"ask!", b"ans!"
"""What the data of a question and of its answer begin with; a host answers questions only."""

ID_STEP = 4
"""Ids are multiples of it, so a sequence number that a kernel counted up by one is nobody's id."""


@dataclass(frozen=True)
class Seen:
    """What a captured packet says."""

    identity: int
    is_answer: bool
    source: Address
    destination: Address
    port: int
    """Destination port; 0 for an echo."""


def packet(probe: Probe, identity: int) -> bytes:
    """The probe's packet, from the IP header on."""
    source, destination = probe.source.packed, probe.destination.packed
    protocol, segment = _segment(probe, identity)
    place = {ICMP: 2, TCP: 16, UDP: 6, ICMPV6: 2}[protocol]
    # ICMP of IPv4 is the only one whose checksum leaves the addresses out.
    pseudo = b"" if protocol == ICMP else source + destination + struct.pack("!II", len(segment), protocol)
    segment = _with_checksum(segment, place, _sum(pseudo + segment))
    if probe.destination.version == 6:
        return struct.pack("!IHBB", 0x60000000, len(segment), protocol, HOPS) + source + destination + segment
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), 0, 0x4000, HOPS, protocol, 0) + source + destination
    return _with_checksum(header, 10, _sum(header)) + segment


def frame(probe: Probe, identity: int) -> bytes:
    """An Ethernet frame for the far end of a cable, with the probe's packet."""
    ends = b"".join(bytes.fromhex(end.replace(":", "")) for end in (FAR, NEAR))
    return ends + struct.pack("!H", IPV4 if probe.destination.version == 4 else IPV6) + packet(probe, identity)


def _segment(probe: Probe, identity: int) -> tuple[int, bytes]:
    """Protocol number, and the packet above the IP header with its checksum left zero."""
    match probe.kind:
        case "syn" | "ack":
            flags = SYN if probe.kind == "syn" else ACK
            acknowledged = 0 if probe.kind == "syn" else identity
            fields = (probe.source_port, probe.port, identity, acknowledged, 5 << 4, flags, 64240, 0, 0)
            return TCP, struct.pack("!HHIIBBHHH", *fields)
        case "datagram":
            data = ASK + struct.pack("!I", identity)
            return UDP, struct.pack("!HHHH", probe.source_port, probe.port, 8 + len(data), 0) + data
        case "echo":
            protocol, kind = (ICMP, ECHO) if probe.destination.version == 4 else (ICMPV6, ECHO_V6)
            data = ASK + struct.pack("!I", identity)
            return protocol, struct.pack("!BBHHH", kind, 0, 0, probe.source_port, 0) + data
    raise ValueError(f"{probe.kind}: no single packet")


def _sum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _with_checksum(data: bytes, place: int, checksum: int) -> bytes:
    return data[:place] + struct.pack("!H", checksum) + data[place + 2 :]


def parse(data: bytes) -> Seen | None:
    """What an Ethernet frame carries; None when it is no packet of ours."""
    if len(data) < 14 + 20:
        return None
    (kind,) = struct.unpack_from("!H", data, 12)
    if kind == IPV4:
        protocol, start = data[14 + 9], 14 + (data[14] & 0x0F) * 4
        ends = IPv4Address(data[26:30]), IPv4Address(data[30:34])
    elif kind == IPV6 and len(data) >= 14 + 40:
        protocol, start = data[14 + 6], 14 + 40
        ends = IPv6Address(data[22:38]), IPv6Address(data[38:54])
    else:
        return None
    segment = data[start:]
    if protocol == TCP and len(segment) >= 20:
        return _parse_tcp(segment, ends)
    if len(segment) < 16:
        return None
    if protocol == UDP:
        (port,) = struct.unpack_from("!H", segment, 2)
        return _parse_data(segment[8:16], ends, port)
    if (protocol, segment[0]) in ((ICMP, ECHO), (ICMPV6, ECHO_V6)):
        return _parse_data(segment[8:16], ends, 0)
    if (protocol, segment[0]) in ((ICMP, ECHO_REPLY), (ICMPV6, ECHO_REPLY_V6)):
        return _parse_data(ANSWER + segment[12:16], ends, 0)
    return None


def _parse_tcp(segment: bytes, ends: tuple[Address, Address]) -> Seen | None:
    port, sequence, acknowledged = struct.unpack_from("!HII", segment, 2)
    flags = segment[13] & (SYN | RST | ACK)
    identity = acknowledged - 1 if flags == SYN | ACK else sequence
    if flags not in (SYN, ACK, RST, SYN | ACK) or identity % ID_STEP:
        return None
    return Seen(identity, flags in (RST, SYN | ACK), *ends, port)


def _parse_data(data: bytes, ends: tuple[Address, Address], port: int) -> Seen | None:
    if data[:4] not in (ASK, ANSWER):
        return None
    return Seen(struct.unpack("!I", data[4:])[0], data[:4] == ANSWER, *ends, port)
