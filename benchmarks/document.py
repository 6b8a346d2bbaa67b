"""The measurements as a page of Markdown: `docs/benchmarks.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.facts import Facts
from benchmarks.measure import Clock, Measurements
from benchmarks.rows import CPU, ROWS, WALL, Row
from benchmarks.subjects import COUNTS

SERIES = {
    "render": "ours",
    "naive": "naive `to_yaml()`",
    "sceptre": "`sceptre generate`",
    "cdk, validation off": "`cdk synth`, validation off",
    "cdk": "`cdk synth`, defaults",
}

INTRODUCTION = Path(__file__).with_name("introduction.md")
ABOUT_PEERS = Path(__file__).with_name("peers") / "about.md"


@dataclass(frozen=True)
class Conditions:
    """Where and how it was measured: label and text, in order of reading; and why a tool is missing."""

    machine: Mapping[str, str]
    skipped: Sequence[str] = ()


@dataclass(frozen=True)
class Outcome:
    """All that the page is written from; `resources` is how many each tool made, by series and count."""

    measured: Measurements
    facts: Facts
    resources: Mapping[str, Mapping[int, int]]


def page(outcome: Outcome, conditions: Conditions) -> str:
    """The whole page."""
    sections = (
        INTRODUCTION.read_text("utf-8"),
        machine(conditions),
        "## Targets\n\n" + table(ROWS, outcome),
        "## Against other tools\n\n![Time on the clock over the number of workstations](benchmarks.svg)\n\n"
        "How many times longer than ours they take, on the clock, and in brackets by CPU time.\n\n" + grid(outcome),
        ABOUT_PEERS.read_text("utf-8") + "\n" + counted(outcome),
    )
    return "\n".join(sections)


def table(rows: Sequence[Row], outcome: Outcome) -> str:
    """Each row with its value, its target and whether it was met."""
    lines = ["| what | measured | target | |", "|---|---|---|---|"]
    for row in rows:
        value = row.value(outcome.measured, outcome.facts)
        shown = "" if value is None else row.form.format(value)
        target = f"{row.target.side} {row.target.limit:g}" if row.target else ""
        lines.append(f"| {row.name} | {shown} | {target} | {row.verdict(value)} |")
    return "\n".join(lines) + "\n"


def grid(outcome: Outcome) -> str:
    """Each tool against ours, for each count of workstations; last, ours against its own first count."""
    lines = [_line("workstations", *COUNTS), _line(*["---"] * (len(COUNTS) + 1))]
    for key, label in SERIES.items():
        if key != "render":
            lines.append(_line(label, *(_both(outcome, subject_name(key, n), f"render {n}") for n in COUNTS)))
    own = (_both(outcome, f"render {n}", f"render {COUNTS[0]}") for n in COUNTS)
    lines.append(_line(f"ours, against {COUNTS[0]} workstation", *own))
    return "\n".join(lines) + "\n"


def subject_name(series: str, count: int) -> str:
    """What a member of a series is called among the subjects."""
    first, comma, rest = series.partition(",")
    return f"{first} {count}{comma}{rest}"


def counted(outcome: Outcome) -> str:
    """How many resources each tool made."""
    lines = [_line("resources", *COUNTS), _line(*["---"] * (len(COUNTS) + 1))]
    for key, counts in outcome.resources.items():
        lines.append(_line(SERIES[key], *(f"{counts[count]:,}" for count in COUNTS)))
    return "\n".join(lines) + "\n"


def machine(conditions: Conditions) -> str:
    """Where and how it was measured."""
    lines = [f"- {label}: {text}" for label, text in conditions.machine.items()]
    lines += [f"- not measured: {reason}" for reason in conditions.skipped]
    return "\n".join(lines) + "\n"


def _both(outcome: Outcome, name: str, unit: str) -> str:
    clocks: tuple[Clock, Clock] = (WALL, CPU)
    wall, cpu = (outcome.measured.ratio(name, unit, clock) for clock in clocks)
    return "not measured" if wall is None or cpu is None else f"{wall:.1f} ({cpu:.1f})"


def _line(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"
