"""How a deploy stops on purpose: with lines for the user and an exit status."""

from __future__ import annotations

from collections.abc import Sequence

FAILED, WRONG_USAGE, REFUSED = 1, 2, 3


class Stopped(Exception):  # noqa: N818 - a decision, not always an error
    """The deploy ends here; each line says what is wrong and what to do."""

    def __init__(self, *lines: str, status: int = FAILED) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines
        self.status = status


def stop_on(findings: Sequence[str], *, status: int = FAILED) -> None:
    """Raise `Stopped` with all findings, if there is one."""
    if findings:
        raise Stopped(*findings, status=status)
