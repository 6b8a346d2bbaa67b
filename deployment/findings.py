"""How a deploy stops on purpose: with lines for the user and an exit status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FAILED, WRONG_USAGE, REFUSED = 1, 2, 3


@dataclass(frozen=True)
class Problem:
    """What stands against a deploy: all four parts are one line each, without a period."""

    about: str
    """`bucket`, `workstation ada`."""
    value: str
    """What is there."""
    wanted: str
    hint: str
    """What to do next."""

    def __str__(self) -> str:
        return f"{self.about}: {self.value}, want {self.wanted}; {self.hint}"


class Stopped(Exception):  # noqa: N818 - a decision, not always an error
    """The deploy ends here; each line says what is wrong and what to do."""

    def __init__(self, *lines: str, status: int = FAILED) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines
        self.status = status


def stop_on(findings: Sequence[object], *, status: int = FAILED) -> None:
    """Raise `Stopped` with all findings, if there is one."""
    if findings:
        raise Stopped(*map(str, findings), status=status)
