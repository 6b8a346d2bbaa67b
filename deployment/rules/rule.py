"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from deployment.findings import Problem

if TYPE_CHECKING:
    from deployment.rules.facts import Facts

Level = Literal["error", "warning", "info"]
LEVELS: tuple[Level, ...] = ("error", "warning", "info")
"""Worst first. With an error standing nothing is made."""


@dataclass(frozen=True)
class Rule:
    """One thing that is looked at before anything is made."""

    id: str
    """`P` and three digits, as in the name of its file; it is what `--suppress` names."""
    level: Level
    title: str
    """What has to be so, as a sentence without a period."""
    actions: tuple[str, ...]
    """The IAM actions that it needs to look; without one of them it says so, and blocks nothing."""
    hint: str
    """What to do, in general; a finding's own hint is closer."""
    link: str
    """The AWS page behind it."""
    check: Callable[[Facts], Iterable[Problem]]
    """What stands against it; nothing when all is well. Raises `CloudError` when AWS cannot be asked."""
    on_local: bool = True
    """Whether it is of use with the local AWS, which has no quotas, no sign-in and no machines."""


@dataclass(frozen=True)
class Finding:
    """What one rule found, or what kept several from looking."""

    rules: tuple[str, ...]
    level: Level
    problem: Problem
    link: str = ""

    def __str__(self) -> str:
        return f"{self.level} {', '.join(self.rules)}: {self.problem}"

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        problem = self.problem
        return {
            "rules": list(self.rules),
            "level": self.level,
            "about": problem.about,
            "value": problem.value,
            "wanted": problem.wanted,
            "hint": problem.hint,
            "link": self.link,
        }
