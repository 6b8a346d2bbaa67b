"""What CloudFormation says of properties that do not fit the schema of their type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from analysis.schemas import Schema, paths
from analysis.values import Pending, Reference


def conform(properties: dict[str, Any], resource_schema: Schema) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The properties with scalars turned into the schema's types ("30" to 30), and what does not fit.

    References fit everywhere: they are looked at again when their values are known.
    """
    findings: list[str] = []
    value = _Conformer(resource_schema, findings).value(properties, resource_schema, "#")
    read_only = {path for path in paths(resource_schema, "readOnlyProperties") if "/" not in path} & set(properties)
    findings += [f"#: extraneous key [{name}] is not permitted" for name in sorted(read_only)]
    return value, tuple(findings)


class _Conformer:
    def __init__(self, root: Schema, findings: list[str]) -> None:
        self.root = root
        self.findings = findings

    def value(self, value: Any, schema: Schema, path: str) -> Any:
        if isinstance(value, Reference | Pending):
            return value
        schema = self.followed(schema)
        kinds = _kinds(schema)
        if isinstance(value, dict) and (not kinds or "object" in kinds):
            return self.mapping(value, schema, path)
        if isinstance(value, list | tuple) and (not kinds or "array" in kinds):
            return [self.value(item, schema.get("items", {}), f"{path}/{index}") for index, item in enumerate(value)]
        if kinds:
            value = self.scalar(value, kinds, path)
        self.check(value, schema, path)
        return value

    def followed(self, schema: Schema) -> Schema:
        while "$ref" in schema and schema["$ref"].startswith("#/"):
            target: Any = self.root
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            schema = target
        return schema

    def mapping(self, value: dict[str, Any], schema: Schema, path: str) -> dict[str, Any]:
        known = schema.get("properties", {})
        made = {}
        for name, item in value.items():
            if name in known:
                made[name] = self.value(item, known[name], f"{path}/{name}")
            elif any(re.search(pattern, name) for pattern in schema.get("patternProperties", {})):
                made[name] = item
            elif schema.get("additionalProperties") is False:
                self.findings.append(f"{path}: extraneous key [{name}] is not permitted")
            else:
                made[name] = item
        for name in schema.get("required", ()):
            if name not in value:
                self.findings.append(f"{path}: required key [{name}] not found")
        return made

    def scalar(self, value: Any, kinds: tuple[str, ...], path: str) -> Any:
        for kind in kinds:
            for converted in _as(value, kind):
                return converted
        self.findings.append(f"{path}: expected type: {kinds[0].capitalize()}, found: {type(value).__name__}")
        return value

    def check(self, value: Any, schema: Schema, path: str) -> None:
        if "enum" in schema and value not in schema["enum"]:
            self.findings.append(f"{path}: {value} is not a valid enum value")
        if isinstance(value, str) and "pattern" in schema and not _matches(schema["pattern"], value):
            self.findings.append(f"{path}: string [{value}] does not match pattern {schema['pattern']}")
        if isinstance(value, int | float) and not isinstance(value, bool):
            if value < schema.get("minimum", value):
                self.findings.append(f"{path}: {value} is not greater or equal to {schema['minimum']}")
            if value > schema.get("maximum", value):
                self.findings.append(f"{path}: {value} is not less or equal to {schema['maximum']}")


def _kinds(schema: Schema) -> tuple[str, ...]:
    kind = schema.get("type", ())
    return (kind,) if isinstance(kind, str) else tuple(kind)


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:  # a pattern of another dialect (`\p{L}`) says nothing here
        return True


def _as(value: Any, kind: str) -> Iterator[Any]:
    """Yields `value` as `kind`, or nothing when it is none."""
    if kind == "boolean" and (isinstance(value, bool) or value in ("true", "false")):
        yield value if isinstance(value, bool) else value == "true"
    elif kind in ("integer", "number") and not isinstance(value, bool):
        number = re.fullmatch(r"-?\d+(\.\d+)?", str(value))
        if number and not (kind == "integer" and number[1]):
            yield float(str(value)) if number[1] else int(str(value))
    elif kind == "string" and isinstance(value, str | int | float):
        yield str(value).lower() if isinstance(value, bool) else str(value)
    elif (kind == "object" and isinstance(value, dict)) or (kind == "array" and isinstance(value, list)):
        yield value
