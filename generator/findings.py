"""What is wrong with a config: every finding at once, each with the key, what it got, what it wants, and a hint."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """One thing to mend in a config."""

    key: str
    got: str
    want: str
    hint: str = ""

    def __str__(self) -> str:
        line = f"{self.key}: got {self.got}, want {self.want}"
        return f"{line}\n    hint: {self.hint}" if self.hint else line


class ConfigError(Exception):
    """A config that cannot be used, with all its findings."""

    def __init__(self, name: str, findings: tuple[Finding, ...]) -> None:
        self.name = name
        self.findings = findings
        super().__init__(name, findings)

    def __str__(self) -> str:
        count = "1 finding" if len(self.findings) == 1 else f"{len(self.findings)} findings"
        return "\n".join([f"{self.name} has {count}:", *(f"  {finding}" for finding in self.findings)])
