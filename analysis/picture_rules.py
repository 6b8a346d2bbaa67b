"""The rules of a security group in the few words that a picture has room for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def in_words(rules: Iterable[Mapping[str, Any]], *, nothing: str, some: str) -> str:
    """The ports of some rules, `out: 80, 443`; `nothing` when there is no rule."""
    ports = dict.fromkeys(_ports(rule) for rule in rules)
    return f"{some}: {', '.join(ports)}" if ports else nothing


def _ports(rule: Mapping[str, Any]) -> str:
    low, high = rule.get("FromPort"), rule.get("ToPort")
    if str(rule.get("IpProtocol")) == "-1" or low is None:
        return "all"
    return str(low) if low == high else f"{low}-{high}"
