"""The reviewed reasons why a finding stands: `waivers.toml`, and what fits of it.

A finding without a waiver fails, and so does a waiver, or a resource, config or form of one, that no finding needs.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from tests.scanners.finding import Finding

FILE = Path(__file__).with_name("waivers.toml")
WANTED = {"tool", "rule", "resources", "reason", "contradicts"}
OPTIONAL = {"configs", "met_in", "forms"}
FORMS = ("raw", "resolved")


@dataclass(frozen=True)
class Waiver:
    """One rule of one tool that stands, for these resources."""

    tool: str
    rule: str
    resources: tuple[str, ...]
    reason: str
    contradicts: str
    """The control, rule, cost or decision that it would contradict to meet the rule."""
    configs: tuple[str, ...] = ()
    """Where it holds; empty for every config but those of `met_in`."""
    met_in: tuple[str, ...] = ()
    """Configs that show how the rule is met, so a finding there is not explained."""
    forms: tuple[str, ...] = FORMS

    def explains(self, finding: Finding) -> bool:
        return (
            (finding.tool, finding.rule) == (self.tool, self.rule)
            and finding.resource in self.resources
            and finding.config in (self.configs or (finding.config,))
            and finding.config not in self.met_in
            and finding.form in self.forms
        )

    @property
    def title(self) -> str:
        return f"{self.tool} {self.rule}"


class WaiverError(ValueError):
    """What is wrong with the waiver file."""


def read(text: str) -> tuple[Waiver, ...]:
    """The waivers of a TOML text. Raises WaiverError."""
    return tuple(_waiver(number, entry) for number, entry in enumerate(tomllib.loads(text).get("waiver", []), 1))


def unexplained(findings: Iterable[Finding], waivers: Iterable[Waiver]) -> tuple[str, ...]:
    """A line for each finding that no waiver is for."""
    waivers = tuple(waivers)
    return tuple(
        f"{one.tool} {one.rule}: {one.config}, {one.form}, {one.resource}: {one.message}"
        for one in findings
        if not any(waiver.explains(one) for waiver in waivers)
    )


def stale(findings: Iterable[Finding], waivers: Iterable[Waiver]) -> tuple[str, ...]:
    """A line for each part of a waiver that explains nothing."""
    findings = tuple(findings)
    return tuple(
        line for waiver in waivers for line in _stale(waiver, [one for one in findings if waiver.explains(one)])
    )


def twice(waivers: Iterable[Waiver]) -> tuple[str, ...]:
    """A line for each two waivers that explain the same, so that taking one away would go unnoticed."""
    return tuple(
        f"{one.title}: waived twice for {', '.join(sorted(set(one.resources) & set(other.resources)))}"
        for one, other in combinations(waivers, 2)
        if one.title == other.title
        and set(one.resources) & set(other.resources)
        and set(one.forms) & set(other.forms)
        and (not one.configs or not other.configs or set(one.configs) & set(other.configs))
    )


def _waiver(number: int, entry: dict) -> Waiver:
    missing, unknown = WANTED - entry.keys(), entry.keys() - WANTED - OPTIONAL
    if missing or unknown:
        said = [f"missing {', '.join(sorted(missing))}"] if missing else []
        said += [f"unknown {', '.join(sorted(unknown))}"] if unknown else []
        raise WaiverError(f"waiver {number}: {'; '.join(said)}")
    empty = sorted(key for key in entry if not entry[key])
    if empty:
        raise WaiverError(f"waiver {number}: nothing in {', '.join(empty)}")
    return Waiver(**{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()})


def _stale(waiver: Waiver, explained: list[Finding]) -> Iterator[str]:
    if not explained:
        yield f"{waiver.title}: no such finding any more; take the waiver out"
        return
    for kind, listed, seen in (
        ("resource", waiver.resources, {one.resource for one in explained}),
        ("config", waiver.configs, {one.config for one in explained}),
        ("form", waiver.forms, {one.form for one in explained}),
    ):
        for name in listed:
            if name not in seen:
                yield f"{waiver.title}: {kind} {name} has no such finding any more; take it out of the waiver"
