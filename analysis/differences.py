"""How two values differ, leaf by leaf: what each was, and what it becomes. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class Difference:
    """One value that changes; `before` or `after` is empty where there is none."""

    path: str
    """Below the properties: `InstanceType`, `BlockDeviceMappings/0/Ebs/VolumeSize`, `Tags/Owner`."""
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.path}: {shown(self.before) or 'nothing'} -> {shown(self.after) or 'nothing'}"


def differences(before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> tuple[Difference, ...]:
    """How the property `name` differs between two sets of properties."""
    old, new = dict(_leaves(name, before.get(name))), dict(_leaves(name, after.get(name)))
    paths = [path for path in {**old, **new} if old.get(path) != new.get(path)]
    return tuple(Difference(path, old.get(path, ""), new.get(path, "")) for path in paths)


def shown(text: str) -> str:
    """A value on one line, cut when long."""
    line = text if text.isprintable() else ascii(text)
    return line if len(line) <= SHOWN_CHARACTERS else f"{line[: SHOWN_CHARACTERS - 1]}…"


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if path == "UserData":
        yield path, _script(value)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(f"{path}/{key}", item)
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            if isinstance(item, Mapping) and set(item) == {"Key", "Value"}:
                yield from _leaves(f"{path}/{item['Key']}", item["Value"])
            else:
                yield from _leaves(f"{path}/{position}", item)
    else:
        yield path, (json.dumps(value) if isinstance(value, bool) else str(value)) or "''"


def _script(value: Any) -> str:
    """A script is told apart by its length and a digest; its text is in the template."""
    try:
        text = base64.b64decode(str(value), validate=True)
    except (binascii.Error, ValueError):
        text = str(value).encode()
    return f"{len(text.splitlines())} lines, sha256 {hashlib.sha256(text).hexdigest()[:8]}"
