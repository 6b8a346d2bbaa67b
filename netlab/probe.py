"""One packet that is sent, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analysis.network.model import Address
from analysis.reach.flow import Flow

Kind = Literal["syn", "ack", "connect", "datagram", "echo"]
"""TCP: the first packet of a connection, a bare acknowledgement, a whole exchange of data; UDP; ICMP of either version."""

PROTOCOLS = {"syn": ("tcp", "tcp"), "ack": ("tcp", "tcp"), "connect": ("tcp", "tcp"), "datagram": ("udp", "udp")}
PROTOCOLS["echo"] = ("icmp", "icmpv6")
"""Kind to the protocol that a rule names, over IPv4 and IPv6."""


@dataclass(frozen=True)
class Probe:
    """A flow, and how it is tried."""

    flow: Flow
    kind: Kind


@dataclass(frozen=True)
class Outcome:
    """What became of a probe, in the words of `analysis.reach.Verdict`."""

    delivered_to: str = ""
    """Name of the interface, of the gateway endpoint, or `internet`; empty when nobody got it."""
    seen_source: Address | None = None
    """The source address in the packet that arrived."""
    answered: bool = False
    """Whether an answer from the probed address came back to the sender."""
