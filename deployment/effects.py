"""What each change of a change set does to running machines and to what people keep. Pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from analysis.differences import Difference, differences
from analysis.resolve import Resource
from analysis.update_effects import EFFECTS, FIXED, MILDEST_FIRST, UpdateEffect

Effect = Literal["new", "removed"] | UpdateEffect
HARMFUL: tuple[Effect, ...] = ("may be replaced", "replaced", "removed")


@dataclass(frozen=True)
class Change:
    """What happens to one resource."""

    logical_id: str
    resource_type: str
    effect: Effect
    properties: tuple[str, ...] = ()
    """The properties that change, by name."""
    differences: tuple[Difference, ...] = ()
    """Their values before and after, as far as they are known before the deploy."""
    kept: str = ""
    """What a policy keeps of a replaced or removed resource: `Snapshot`, `Retain`, or nothing."""
    follows: tuple[str, ...] = ()
    """The changed resources for whose sake alone AWS lists this one."""


def changes(
    answers: Iterable[Mapping[str, Any]], *, before: Mapping[str, Resource], after: Mapping[str, Resource]
) -> tuple[Change, ...]:
    """What every `ResourceChange` of one change set does; `before` and `after` are the stack's resources."""
    by_name = {answer["LogicalResourceId"]: answer for answer in answers}
    return tuple(_Judge(by_name, before, after).change(name) for name in by_name)


class _Judge:
    """Looks at each answer once; one that follows from another needs the other first. Resources have no circles."""

    def __init__(
        self, answers: Mapping[str, Mapping[str, Any]], before: Mapping[str, Resource], after: Mapping[str, Resource]
    ) -> None:
        self.answers, self.before, self.after = answers, before, after
        self.found: dict[str, Change] = {}

    def change(self, name: str) -> Change:
        if name not in self.found:
            self.found[name] = self._change(self.answers[name])
        return self.found[name]

    def _change(self, answer: Mapping[str, Any]) -> Change:
        name, details = answer["LogicalResourceId"], answer.get("Details", ())
        names = tuple(sorted({_name(detail) for detail in details}))
        values = tuple(value for key in names for value in self._values(name, key, details))
        causes = {detail.get("CausingEntity", "").partition(".")[0] for detail in details}
        follows = all(detail.get("ChangeSource") in ("ResourceReference", "ResourceAttribute") for detail in details)
        return Change(
            logical_id=name,
            resource_type=answer["ResourceType"],
            effect=self._effect(answer, values),
            properties=names,
            differences=values,
            kept=answer.get("PolicyAction", "").removeprefix("ReplaceAnd").replace("Delete", ""),
            follows=tuple(sorted(causes)) if details and follows else (),
        )

    def _values(self, name: str, key: str, details: Iterable[Mapping[str, Any]]) -> tuple[Difference, ...]:
        """AWS's values where it gives them, else those of the two versions."""
        targets = [detail["Target"] for detail in details if _name(detail) == key]
        given = {
            _path(target): Difference(_path(target), target.get("BeforeValue", ""), target.get("AfterValue", ""))
            for target in targets
            if {"BeforeValue", "AfterValue"} & set(target)
        }
        if given:
            return tuple(given.values())
        old, new = self.before.get(name), self.after.get(name)
        return differences(old.properties if old else {}, new.properties if new else {}, key)

    def _effect(self, answer: Mapping[str, Any], values: tuple[Difference, ...]) -> Effect:
        if answer["Action"] in ("Add", "Import"):
            return "new"
        if answer["Action"] == "Remove":
            return "removed"
        kind, details = answer["ResourceType"], answer.get("Details", ())
        if any(_name(detail) in FIXED.get(kind, ()) for detail in details) or _shrinks(kind, values):
            return "AWS refuses"
        effects: list[Effect] = [self._detail(kind, detail, values) for detail in details]
        replacement = answer.get("Replacement", "False")
        if replacement == "True":
            effects.append("replaced")
        elif replacement == "False":
            effects = [effect for effect in effects if effect not in HARMFUL]
        elif not any(_recreates(detail) for detail in details):
            effects.append("may be replaced")
        return max(effects, key=MILDEST_FIRST.index, default="no restart")

    def _detail(self, kind: str, detail: Mapping[str, Any], values: tuple[Difference, ...]) -> Effect:
        name = _name(detail)
        if kind == "AWS::EC2::Instance" and name == "BlockDeviceMappings":
            return _devices([value for value in values if value.path.startswith(name)])
        known = EFFECTS.get(kind, {}).get(name)
        if known or not _recreates(detail):
            return known or "no restart"
        if detail.get("ChangeSource") == "ResourceReference":
            return self._follow(detail.get("CausingEntity", ""))
        always = detail["Target"]["RequiresRecreation"] == "Always" and detail.get("Evaluation") == "Static"
        return "replaced" if always else "may be replaced"

    def _follow(self, cause: str) -> Effect:
        """A resource that refers to another by its id stays when the other one stays."""
        if cause in self.answers and self.change(cause).effect not in HARMFUL:
            return "no restart"
        return "may be replaced"


def _name(detail: Mapping[str, Any]) -> str:
    return detail["Target"].get("Name") or detail["Target"]["Attribute"]


def _path(target: Mapping[str, Any]) -> str:
    return target.get("Path", target.get("Name", "")).removeprefix("/Properties/")


def _recreates(detail: Mapping[str, Any]) -> bool:
    return detail["Target"].get("RequiresRecreation", "Never") != "Never"


def _devices(values: Iterable[Difference]) -> Effect:
    """Only what becomes of a device at the machine's end is changed in place; anything else makes a new machine."""
    paths = [value.path for value in values]
    if not paths:
        return "may be replaced"
    return "no restart" if all(path.endswith("/DeleteOnTermination") for path in paths) else "replaced"


def _shrinks(kind: str, values: Iterable[Difference]) -> bool:
    """A volume only grows."""
    sizes = [value for value in values if kind == "AWS::EC2::Volume" and value.path == "Size"]
    return any(
        size.before.isdecimal() and size.after.isdecimal() and int(size.after) < int(size.before) for size in sizes
    )
