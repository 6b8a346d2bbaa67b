"""What a control asks of a template, as data, and a look at whether the template has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.resolve import Resource, references

OPERATORS: dict[str, Callable[[list[Any], Any], bool]] = {
    "is": lambda values, wanted: bool(values) and all(value == wanted for value in values),
    "one_of": lambda values, wanted: bool(values) and all(value in wanted for value in values),
    "at_least": lambda values, wanted: bool(values) and all(value >= wanted for value in values),
    "at_most": lambda values, wanted: bool(values) and all(value <= wanted for value in values),
    "are": lambda values, wanted: values == wanted,
    "times": lambda values, wanted: len(values) == wanted,
    "all_of": lambda values, wanted: set(wanted) <= {value for value in values if isinstance(value, str)},
    "matches": lambda values, wanted: bool(values) and all(re.search(wanted, str(value)) for value in values),
    "never_matches": lambda values, wanted: not any(re.search(wanted, str(value)) for value in values),
    "there": lambda values, wanted: bool(values) == wanted,
    "refers_to": lambda values, wanted: {item.logical_id for item in references(values)} == set(wanted),
}
"""Name in `controls.toml`: whether the values at a path are as wanted."""


@dataclass(frozen=True)
class Check:
    """Something that must hold of one resource, of all of a type, or of none."""

    resource: str = ""
    """Logical id; of a workstation's, in each workstation. Or empty, for all of `type`."""
    type: str = ""
    path: str = ""
    """Below `Properties`, `[]` for each item of a list: `NetworkInterfaces[].SubnetId`; or an attribute,
    `DeletionPolicy`."""
    operator: str = ""
    wanted: Any = None
    none: bool = False
    """There must be no resource of the type."""
    named_by: str = ""
    """A type of which one resource must refer to each of these."""
    configs: tuple[str, ...] = ()
    """Where it must hold; empty for every config."""

    def is_about(self, resource: Resource) -> bool:
        return self.resource == resource.logical_id if self.resource else self.type == resource.type

    @property
    def subject(self) -> str:
        """What it is about, in one word: a property of a resource."""
        if self.none:
            return f"no {self.type}"
        return f"{self.resource or f'every {self.type}'}.{self.path}"


def problems(check: Check, resources: Mapping[str, Resource]) -> Iterator[str]:
    """A line for each resource that is not as the check wants it."""
    for name, resource in resources.items():
        if not check.is_about(resource):
            continue
        if check.none:
            yield f"{name}: a resource of type {check.type}"
            continue
        values = values_at(resource, check.path)
        if check.named_by:
            values = [other for other in resources.values() if _names(other, check, resource)]
        if not OPERATORS[check.operator](values, check.wanted):
            found = f"{len(values)} of {check.named_by}" if check.named_by else repr(values)
            yield f"{name}.{check.path}: got {found}, want {check.operator.replace('_', ' ')} {check.wanted!r}"


def values_at(resource: Resource, path: str) -> list[Any]:
    """All values at a path; a list's items one by one where the path says `[]`. Empty when it leads nowhere."""
    attributes = {"DeletionPolicy": resource.deletion_policy, "UpdateReplacePolicy": resource.update_replace_policy}
    found: list[Any] = [{**resource.properties, **attributes}]
    for step in path.split("."):
        key, each, _rest = step.partition("[]")
        found = [value[key] for value in found if isinstance(value, Mapping) and key in value]
        if each:
            found = [item for value in found for item in (value if isinstance(value, list | tuple) else [value])]
    return found


def _names(other: Resource, check: Check, resource: Resource) -> bool:
    return other.type == check.named_by and any(
        item.logical_id == resource.logical_id for item in references(other.properties)
    )
