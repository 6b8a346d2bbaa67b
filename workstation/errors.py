"""What a person reads when a verb cannot go on."""

from __future__ import annotations


class WorkstationError(Exception):
    """One or more findings for the user, each a line with what was got, what was wanted and what to do next."""

    def __init__(self, *findings: str, exit_code: int = 1) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings
        self.exit_code = exit_code
        """1 failed, 2 wrong usage, 3 refused by the user."""
