"""What a change of a property does, by AWS's own resource schemas, which cfn-lint brings as data files."""

from __future__ import annotations

import functools
import importlib.util
import json
from pathlib import Path
from typing import Any, Literal

Recreation = Literal["Never", "Conditionally", "Always"]
RECREATES: tuple[tuple[str, Recreation], ...] = (
    ("createOnlyProperties", "Always"),
    ("conditionalCreateOnlyProperties", "Conditionally"),
)


def recreation(resource_type: str, name: str, *, region: str) -> Recreation:
    """Whether a changed property makes a new resource; `Conditionally` for a type without a schema."""
    schema = _schema(resource_type, region)
    if schema is None:
        return "Conditionally"
    for key, recreates in RECREATES:
        if name in {path.removeprefix("/properties/").split("/")[0] for path in schema.get(key, ())}:
            return recreates
    return "Never"


@functools.cache
def _schema(resource_type: str, region: str) -> dict[str, Any] | None:
    found = importlib.util.find_spec("cfnlint")
    if found is None or found.origin is None:
        return None
    data = Path(found.origin).parent / "data" / "schemas"
    index = data / "providers" / f"{region}.json"
    name = json.loads(index.read_text(encoding="utf-8")).get(resource_type) if index.is_file() else None
    return json.loads((data / "resources" / f"{name}.json").read_text(encoding="utf-8")) if name else None
