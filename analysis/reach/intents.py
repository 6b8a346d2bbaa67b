"""The intents of `analysis/intents.toml`, typed: who may reach whom."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from analysis.network.probe import Kind

INTENTS_FILE = Path(__file__).parent.with_name("intents.toml")

Mode = Literal["per-zone", "single", "regional", "none"]
Build = Literal["plain", "rules-open", "routes-open", "zone-down"]
Ports = tuple[int, ...] | Literal["every", "egress"]


@dataclass(frozen=True)
class Intent:
    """One promise. What each field may say is at the top of the file."""

    name: str
    says: str
    why: str
    sender: Literal["internet", "workstations", "machines", "endpoint-group"]
    receiver: Literal["internet", "workstations", "endpoints", "own-zone-endpoints", "s3", "addresses", "everybody"]
    kinds: tuple[Kind, ...]
    ports: Ports
    outcome: Literal["nothing", "answered"]
    modes: tuple[Mode, ...]
    builds: tuple[Build, ...]
    seen_as: Literal["own", "nat", ""] = ""
    claims: Literal["own", "another's"] = "own"
    except_tcp: Ports = ()


SPELLED = {"from": "sender", "to": "receiver", "as": "seen_as"}
"""Keys of the file that Python has another word for."""


@functools.cache
def read_intents() -> tuple[Intent, ...]:
    """Every intent, in the order of the file."""
    return tuple(_intent(item) for item in tomllib.loads(INTENTS_FILE.read_text("utf-8"))["intent"])


def _intent(item: dict[str, Any]) -> Intent:
    named = {SPELLED.get(key, key): tuple(value) if isinstance(value, list) else value for key, value in item.items()}
    known = {field.name for field in fields(Intent)}
    if set(named) - known:
        raise ValueError(f"{INTENTS_FILE}: {item['name']}: {sorted(set(named) - known)} is not known")
    return Intent(**named)
