"""Protocols and ports of rules, out of AWS's three spellings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.network.model import Protocol
from analysis.network.source import RefusedError, number

ALL_PORTS = (0, 65535)

PROTOCOLS: dict[str, Protocol | str] = {
    "-1": "all",
    "1": "icmp",
    "6": "tcp",
    "17": "udp",
    "58": "icmpv6",
    "icmp": "icmp",
    "icmpv6": "icmpv6",
    "tcp": "tcp",
    "udp": "udp",
}


def protocol_and_ports(
    protocol: Any, *, ports: Mapping[str, Any], icmp: Mapping[str, Any], keys: tuple[str, str, str, str]
) -> tuple[Any, int, int]:
    """The protocol's name with first and last port; all ports for ICMP and for `all`.

    `keys` are the names of first port and last port in `ports`, of type and code in `icmp`.
    Raises RefusedError for other protocols, and where a rule picks an ICMP type or code.
    """
    name = PROTOCOLS.get(str(protocol).lower())
    if name is None:
        raise RefusedError(f"protocol {protocol}: wanted tcp, udp, icmp, icmpv6 or -1")
    first, last, kind, code = keys
    if name in ("tcp", "udp"):
        low = number(ports.get(first), first, low=0, high=65535)
        return name, low, number(ports.get(last), last, low=low, high=65535)
    if name in ("icmp", "icmpv6") and (str(icmp.get(kind)), str(icmp.get(code, "-1"))) != ("-1", "-1"):
        raise RefusedError(f"{name} {kind} {icmp.get(kind)}: one type or code is not modelled; wanted -1")
    return name, *ALL_PORTS
