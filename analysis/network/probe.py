"""One packet, and what became of it: what both judges answer for, so that they can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

from analysis.network.model import Address

INTERNET = "internet"
"""Every host that is in no VPC: it owns every address that is nobody else's."""

INTERNET_ADDRESSES: tuple[Address, Address] = (IPv4Address("198.51.100.66"), IPv6Address("2001:db8:ffff::66"))
"""Hosts of the internet that no rule names: ranges of the documentation, RFC 5737 and RFC 3849."""

S3_ADDRESS = IPv4Address("192.0.2.10")
"""In the range that stands in for S3's prefix list."""

Kind = Literal["syn", "ack", "connect", "datagram", "echo"]
"""tcp: the first packet of a connection, a bare acknowledgement, or a whole exchange of data; udp; icmp and icmpv6."""


@dataclass(frozen=True)
class Probe:
    """A packet and whoever sends it. `source` is the sender's own address unless it lies."""

    sender: str
    """Name of an interface of kind `instance` or `probe`, or INTERNET."""
    source: Address
    destination: Address
    kind: Kind
    port: int = 0
    """Destination port; 0 for an echo."""
    source_port: int = 50_000
    """What a reply is addressed to; a NAT gateway keeps it."""


@dataclass(frozen=True)
class Outcome:
    """What became of a probe."""

    delivered_to: str | None = None
    """Name of the interface (never a NAT gateway's), of the gateway endpoint, or INTERNET."""
    source_seen: Address | None = None
    """The source address in the packet that arrived."""
    answered: bool = False
    """Whether a reply from the probed address came back to the sender."""
