"""Security controls: what each asks for, which property of which resource meets it, and what shows that.

    resources = resources_of(read_committed(Path("templates")))
    for control in controls():
        print(control.number, control.title, unmet(control, "default", resources))

The rows are in `controls.toml`; `control_checks.py` looks at a template. AWS Security Hub's ids (FSBP) and CIS's
(v5.0 of the AWS Foundations Benchmark) name the controls.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from analysis.committed import Committed
from analysis.control_checks import OPERATORS, Check, problems
from analysis.partial import resolve_partly
from analysis.resolve import Context, Resource

FILE = Path(__file__).with_name("controls.toml")
INTRODUCTION = Path(__file__).with_name("controls.md")

Status = Literal["met", "choice", "deploy step", "not met", "out of scope"]
"""`met` by every config; a `choice` of the config; met by the `deploy step`; `not met` on purpose; not this stack's."""

STATUSES = get_args(Status)
SHOWN = ("met", "choice", "deploy step")
"""The statuses that something must show."""


class ControlsFileError(ValueError):
    """What is wrong with `controls.toml`."""


@dataclass(frozen=True)
class Control:
    """One row."""

    number: int
    ids: tuple[str, ...]
    asks: str
    """What it asks for, in one line."""
    status: Status
    because: str
    """How it is met; where it is not, why."""
    checks: tuple[Check, ...] = ()
    """What must hold of the templates."""
    shown_by: tuple[str, ...] = ()
    """Tests, as pytest names them, and scanner rules as `TOOL RULE`."""

    @property
    def title(self) -> str:
        return ", ".join(self.ids)

    def met_by(self) -> tuple[str, ...]:
        """Each property that is looked at, once: `Instance.NetworkInterfaces[].AssociatePublicIpAddress`."""
        return tuple(dict.fromkeys(check.subject for check in self.checks))


@cache
def controls() -> tuple[Control, ...]:
    """All rows, in order. Raises ControlsFileError."""
    return read(FILE.read_text("utf-8"))


def introduction() -> str:
    """The text above the rows of the page, with places for what is counted."""
    return INTRODUCTION.read_text("utf-8")


def read(text: str) -> tuple[Control, ...]:
    """The rows of a TOML text. Raises ControlsFileError."""
    rows = tuple(_control(entry) for entry in tomllib.loads(text).get("control", []))
    numbers = [row.number for row in rows]
    if numbers != list(range(1, len(rows) + 1)):
        raise ControlsFileError(f"controls are numbered {numbers}, want 1 to {len(rows)} in order")
    return rows


def unmet(control: Control, config: str, resources: Mapping[str, Resource]) -> tuple[str, ...]:
    """A line for each check of the control that does not hold in a config's templates."""
    return tuple(
        f"{control.number} {control.title}: {config}: {problem}"
        for check in control.checks
        if config in (check.configs or (config,))
        for problem in problems(check, resources)
    )


def is_looked_at(check: Check, configs: Mapping[str, Mapping[str, Resource]]) -> bool:
    """Whether the check finds what it is about: in each config that it names, or in one where it names none."""
    seen = [any(check.is_about(resource) for resource in resources.values()) for resources in _of(check, configs)]
    return check.none or (all(seen) if check.configs else any(seen))


def resources_of(committed: Committed) -> dict[str, Resource]:
    """The resources of a config's stacks, with what stacks.json sets, by logical id; those of workstations with whose.

    `Vpc`, and `Instance of ada`.
    """
    stacks = [("", committed.stacks["environment"])]
    stacks += [(f" of {item['name']}", item) for item in committed.stacks["workstations"]]
    return {
        f"{logical_id}{whose}": resource
        for whose, stack in stacks
        for logical_id, resource in resolve_partly(
            committed.templates[stack["template"]], stack["parameters"], Context()
        ).resources.items()
    }


def _of(check: Check, configs: Mapping[str, Mapping[str, Resource]]) -> Iterable[Mapping[str, Resource]]:
    return (configs.get(name, {}) for name in check.configs or configs)


def _control(entry: dict[str, Any]) -> Control:
    where = f"control {entry.get('number', '?')}"
    wanted = {"number", "ids", "asks", "status", "because"}
    missing, unknown = sorted(wanted - entry.keys()), sorted(entry.keys() - wanted - {"checks", "shown_by"})
    if missing or unknown:
        raise ControlsFileError(f"{where}: missing {missing}, unknown {unknown}")
    if entry["status"] not in STATUSES:
        raise ControlsFileError(f"{where}: status {entry['status']!r}, want one of {', '.join(STATUSES)}")
    if entry["status"] in SHOWN and not (entry.get("checks") and entry.get("shown_by")):
        raise ControlsFileError(f"{where}: {entry['status']}, so it needs checks and shown_by")
    try:
        checks = tuple(_check(check) for check in entry.get("checks", ()))
    except (TypeError, ValueError) as error:
        raise ControlsFileError(f"{where}: {error}") from error
    return Control(
        **{key: value for key, value in entry.items() if key not in ("ids", "checks", "shown_by")},
        ids=tuple(entry["ids"]),
        checks=checks,
        shown_by=tuple(entry.get("shown_by", ())),
    )


def _check(entry: dict[str, Any]) -> Check:
    """One check; besides what it is about it has one operator."""
    used = sorted(entry.keys() & OPERATORS.keys())
    about = {key.replace("-", "_"): value for key, value in entry.items() if key not in OPERATORS}
    none = about.pop("none", False)
    if len(used) != (0 if none else 1):
        raise ValueError(f"{entry}: {len(used)} operators")
    about["configs"] = tuple(about.get("configs", ()))
    operator = used[0] if used else ""
    return Check(**about, none=none, operator=operator, wanted=entry.get(operator))
