"""Two versions of a stack's resources, leaf by leaf: what a value was, and what it becomes. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.partial import resolve_partly
from analysis.resolve import Context, Resolved, Resource, TemplateError
from deployment.masking import MASK, no_echo

SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class Difference:
    """One value that changes; `before` or `after` is empty where there is none."""

    path: str
    """Below the properties: `InstanceType`, `BlockDeviceMappings/0/Ebs/VolumeSize`, `Tags/Owner`."""
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.path}: {self.before or 'nothing'} -> {self.after or 'nothing'}"


@dataclass(frozen=True)
class Version:
    """A template with its parameters, as it is deployed or shall be."""

    template: Mapping[str, Any]
    parameters: Mapping[str, str]


def resources(version: Version, context: Context) -> dict[str, Resource]:
    """The version's resources with their values; none when it cannot be worked out here. Secrets are masked."""
    found = _resolved(version, context)
    return found.resources if found else {}


def outputs(version: Version, context: Context) -> dict[str, Any]:
    """The version's outputs, with references for what is not known yet."""
    found = _resolved(version, context)
    return {name: output.value for name, output in found.outputs.items()} if found else {}


def differences(before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> tuple[Difference, ...]:
    """How the property `name` differs between two sets of properties."""
    old, new = dict(_leaves(name, before.get(name))), dict(_leaves(name, after.get(name)))
    paths = [path for path in {**old, **new} if old.get(path) != new.get(path)]
    return tuple(Difference(path, old.get(path, ""), new.get(path, "")) for path in paths)


def shown(text: str) -> str:
    """A value on one line, cut when long."""
    line = text if text.isprintable() else ascii(text)
    return line if len(line) <= SHOWN_CHARACTERS else f"{line[: SHOWN_CHARACTERS - 1]}…"


def _resolved(version: Version, context: Context) -> Resolved | None:
    declared = version.template.get("Parameters", {})
    hidden = no_echo(declared)
    known = {key: value for key, value in version.parameters.items() if key in declared and key not in hidden}
    loose = {key: {"Type": "String", "Default": MASK} for key in hidden}
    try:
        return resolve_partly({**version.template, "Parameters": {**declared, **loose}}, known, context)
    except TemplateError:
        return None


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
        text = json.dumps(value) if isinstance(value, bool) else str(value)
        yield path, shown(text) or "''"


def _script(value: Any) -> str:
    """A script is told apart by its length and a digest; its text is in the template."""
    try:
        text = base64.b64decode(str(value), validate=True)
    except (binascii.Error, ValueError):
        text = str(value).encode()
    return f"{len(text.splitlines())} lines, sha256 {hashlib.sha256(text).hexdigest()[:8]}"
