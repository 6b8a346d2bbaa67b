"""Resource types as AWS describes them: the provider schemas that cfn-lint ships, read from its data files.

They decide what is replaced (`createOnlyProperties`), and which properties are known, needed and of which type.
"""

from __future__ import annotations

import functools
import importlib.util
import json
from pathlib import Path
from typing import Any, Literal

Schema = dict[str, Any]
Recreation = Literal["Never", "Conditionally", "Always"]
RECREATES: tuple[tuple[str, Recreation], ...] = (
    ("createOnlyProperties", "Always"),
    ("conditionalCreateOnlyProperties", "Conditionally"),
)


class UnknownTypeError(KeyError):
    """No such resource type in that region."""


@functools.cache
def schema(resource_type: str, region: str) -> Schema:
    """The type's schema. Raises UnknownTypeError, also for a region that cfn-lint does not know."""
    name = _index(region).get(resource_type)
    if name is None:
        raise UnknownTypeError(resource_type)
    return json.loads((_directory() / "resources" / f"{name}.json").read_text(encoding="utf-8"))


def paths(resource_schema: Schema, key: str) -> tuple[str, ...]:
    """Property paths under `key`, such as `createOnlyProperties`, without the leading `/properties/`."""
    return tuple(path.removeprefix("/properties/") for path in resource_schema.get(key, ()))


def recreation(resource_schema: Schema, name: str) -> Recreation:
    """Whether changing the property `name` makes a new resource."""
    for key, recreates in RECREATES:
        if name in {path.split("/")[0] for path in paths(resource_schema, key)}:
            return recreates
    return "Never"


@functools.cache
def _directory() -> Path:
    spec = importlib.util.find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise RuntimeError("cfn-lint is not installed; its data files hold the resource schemas")
    return Path(spec.origin).parent / "data" / "schemas"


@functools.cache
def _index(region: str) -> dict[str, str]:
    index = _directory() / "providers" / f"{region}.json"
    return json.loads(index.read_text(encoding="utf-8")) if index.is_file() else {}
