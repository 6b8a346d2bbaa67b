"""The rows of the table: what each compares, and its target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from benchmarks.facts import Facts
from benchmarks.measure import Clock, Measurements
from benchmarks.standing import BARE, CALL_SECONDS, NO_CHANGE
from benchmarks.subjects import COUNTS, START

CPU, WALL = "cpu_seconds", "wall_seconds"
FEW, MANY = COUNTS[0], COUNTS[-1]

Value = Callable[[Measurements, Facts], float | None]


@dataclass(frozen=True)
class Target:
    """What a row has to reach."""

    side: Literal["at most", "at least", "below"]
    limit: float

    def is_met(self, value: float) -> bool:
        match self.side:
            case "at most":
                return value <= self.limit
            case "at least":
                return value >= self.limit
            case "below":
                return value < self.limit


@dataclass(frozen=True)
class Row:
    """One comparison; `form` writes its value, such as "{:.1f} starts"."""

    name: str
    value: Value
    form: str
    target: Target | None = None

    def verdict(self, value: float | None) -> str:
        """What is said of it: met, not met, nothing without a target; never met where nothing was measured."""
        if value is None:
            return "not measured"
        if self.target is None:
            return ""
        return "met" if self.target.is_met(value) else "**not met**"


def _ratio(name: str, unit: str, clock: Clock) -> Value:
    return lambda measured, _facts: measured.ratio(name, unit, clock)


def _starts(title: str, name: str, target: Target | None = None) -> Row:
    return Row(title, _ratio(name, START, CPU), "{:.1f} starts", target)


def _faster(title: str, slow: str, fast: str, target: Target | None = None, *, clock: Clock = WALL) -> Row:
    return Row(title, _ratio(slow, fast, clock), "{:.1f} times", target)


def _preflight_extra(_measured: Measurements, facts: Facts) -> float | None:
    found = facts.preflight
    return None if found is None else found.whole - found.slowest_call


def _preflight_saves(_measured: Measurements, facts: Facts) -> float | None:
    found = facts.preflight
    return None if found is None else found.one_after_the_other / found.whole


def _against_bare(clock: Clock, word: str) -> Row:
    title = f"a deploy that finds nothing to change, against the bare `package` and `deploy`, {word}"
    return Row(title, _ratio(NO_CHANGE, BARE, clock), "{:.2f} times", Target("at most", 1.5))


def _kept(count: int) -> str:
    return f"render and validate {count}, verdict kept"


def _not_kept(count: int) -> str:
    return f"render and validate {count}, no verdict kept"


ONE, ALL = "1 workstation", f"{MANY} workstations"

ROWS = (
    _starts("render the default config", f"render {FEW}", Target("at most", 8)),
    _starts("render the default config, the harder target", f"render {FEW}", Target("below", 5)),
    _starts("`--check` when nothing changed", "check", Target("at most", 8)),
    _starts("a naive script with `to_yaml()`", f"naive {FEW}"),
    Row(
        f"render {ALL} against 1, CPU",
        _ratio(f"render {MANY}", f"render {FEW}", CPU),
        "{:.2f} times",
        Target("at most", 1.3),
    ),
    Row(
        f"render {ALL} against 1, wall",
        _ratio(f"render {MANY}", f"render {FEW}", WALL),
        "{:.2f} times",
        Target("at most", 1.3),
    ),
    _faster(f"faster than the naive script, {ONE}, CPU", f"naive {FEW}", f"render {FEW}", clock=CPU),
    _faster(f"faster than the naive script, {ALL}, CPU", f"naive {MANY}", f"render {MANY}", clock=CPU),
    _faster(f"faster than `sceptre generate`, {ONE}", f"sceptre {FEW}", f"render {FEW}"),
    _faster(f"faster than `sceptre generate`, {ALL}", f"sceptre {MANY}", f"render {MANY}"),
    _faster(
        f"faster than `cdk synth`, validation off, {ONE}",
        f"cdk {FEW}, validation off",
        f"render {FEW}",
        Target("at least", 12),
    ),
    _faster(f"faster than `cdk synth`, validation off, {ALL}", f"cdk {MANY}, validation off", f"render {MANY}"),
    _faster(f"faster than `cdk synth`, defaults, {ONE}", f"cdk {FEW}", f"render {FEW}", Target("at least", 35)),
    _faster(f"faster than `cdk synth`, defaults, {ALL}", f"cdk {MANY}", f"render {MANY}"),
    _faster(
        f"render and validate, verdict kept, against `cdk synth`, {ONE}",
        f"cdk {FEW}",
        _kept(FEW),
        Target("at least", 6),
    ),
    _faster(
        f"render and validate, verdict kept, against `cdk synth`, {ALL}",
        f"cdk {MANY}",
        _kept(MANY),
        Target("at least", 6),
    ),
    _faster(f"render and lint anew, against `cdk synth`, {ONE}", f"cdk {FEW}", _not_kept(FEW), Target("at least", 6)),
    _faster(f"render and lint anew, against `cdk synth`, {ALL}", f"cdk {MANY}", _not_kept(MANY), Target("at least", 6)),
    _starts("cfn-lint over all six templates, one process, one region", "lint, one process"),
    _faster("a process for each file against one", "lint, a process for each file", "lint, one process", clock=CPU),
    _faster("all regions against one", "lint, all regions", "lint, one process", clock=CPU),
    _starts("the deploy step's lint, nothing kept", "deploy lint, no verdict kept"),
    _starts("the deploy step's lint, verdict kept", "deploy lint, verdict kept"),
    _starts("`workstation --help`", "workstation help", Target("at most", 3)),
    _starts("`deploy.sh -h`", "deploy help", Target("at most", 3)),
    _starts("`python -m analysis cost`", "cost"),
    _against_bare(CPU, "CPU"),
    _against_bare(WALL, "wall"),
    Row(
        f"the preflight beyond its slowest call, each call held back {CALL_SECONDS:g} s",
        _preflight_extra,
        "{:.2f} s",
        Target("at most", 0.5),
    ),
    Row("the preflight's calls one after the other, against the preflight", _preflight_saves, "{:.1f} times"),
    Row(
        "critical path of the environment (assumed times)",
        lambda _measured, facts: facts.environment_seconds,
        "{:.0f} s",
        Target("at most", 156),
    ),
    Row(
        "critical path of one workstation (assumed times)",
        lambda _measured, facts: facts.workstation_seconds,
        "{:.0f} s",
        Target("at most", 45),
    ),
    Row(
        "monthly network cost of the default config",
        lambda _measured, facts: facts.network_dollars,
        "${:.2f}",
        Target("at most", 37),
    ),
)
