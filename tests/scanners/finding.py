"""What a scanner says of a template: findings, and how much of it passed."""

from __future__ import annotations

from dataclasses import dataclass

TEMPLATE = "(template)"
"""The resource of a finding that is about the whole file."""


@dataclass(frozen=True, order=True)
class Finding:
    """A rule that a resource does not meet, or that could not be evaluated, which counts as well."""

    tool: str
    """`cfn-lint`, `checkov`, `cdk-nag` or `cfn-guard`."""
    rule: str
    """As the tool spells it; cdk-nag's begin with the pack."""
    config: str
    """The config whose templates these are: `default`, …"""
    form: str
    """`raw`, as committed, or `resolved`, with values for its parameters."""
    resource: str
    """Logical id, or TEMPLATE."""
    message: str


@dataclass(frozen=True)
class Count:
    """How often rules of one tool, or of one pack, were met on one subject."""

    label: str
    """The tool or the pack, as in the table."""
    subject: str
    passed: int | None
    """None for a tool that tells only what is wrong."""
    failed: int
    errors: int = 0
    """Rules that could not be evaluated."""


@dataclass(frozen=True, order=True)
class Met:
    """A rule that a config's templates meet in one form."""

    tool: str
    rule: str
    config: str
    form: str


@dataclass(frozen=True)
class Result:
    """What one tool said of all subjects."""

    findings: tuple[Finding, ...]
    counts: tuple[Count, ...]
    met: frozenset[Met] = frozenset()
    """Where at least one resource meets the rule; another may be among the findings all the same."""
