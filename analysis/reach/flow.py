"""What is asked and what is answered: a flow and its verdict."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from analysis.network.model import Address, Protocol

INTERNET = "internet"
"""The place that is no interface."""

INTERNET_ADDRESSES: tuple[Address, Address] = (IPv4Address("198.51.100.66"), IPv6Address("2001:db8:ffff::66"))
"""Hosts of the internet: ranges of the documentation, RFC 5737 and RFC 3849."""

S3_ADDRESS = IPv4Address("192.0.2.10")
"""In the range that stands in for S3's prefix list."""

SOURCE_PORT = 40000


@dataclass(frozen=True)
class Flow:
    """The first packet of a conversation."""

    place: str
    """Name of the interface that sends it, or `INTERNET`."""
    source: Address
    """The address it claims, its own or not."""
    destination: Address
    protocol: Protocol
    port: int = 0
    """Of the destination; 0 for ICMP."""
    source_port: int = SOURCE_PORT
    """At least 1024, where NAT gateways keep to the ephemeral range."""


@dataclass(frozen=True)
class Verdict:
    """What becomes of a flow."""

    delivered_to: str
    """Name of the interface or gateway endpoint that gets it, or `INTERNET`; empty when nobody does."""
    seen_source: Address | None
    """The source address that the receiver sees."""
    answered: bool
    """Whether the sender gets an answer from the address it asked."""
    reason: tuple[str, ...]
    """The rules, routes and gateways that let it pass, in order."""
    stopped: str = ""
    """What stopped it; for a delivered flow, what stopped its answer."""
