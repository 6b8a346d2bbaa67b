"""Holds a network to its intents, by program."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.network.model import Network
from analysis.network.probe import Outcome
from analysis.reach.cases import Case, build_all
from analysis.reach.judge import Judge, Verdict
from analysis.reach.promise import Promise


@dataclass(frozen=True)
class Violation:
    """An intent that does not hold."""

    build: str
    intent: str
    case: Case | None
    """None where something that the intent needs is not there at all."""
    outcome: Outcome
    why: str


@dataclass(frozen=True)
class Checked:
    """What was asked and what did not hold."""

    asked: dict[str, int]
    """Intent to the number of its probes, over all builds."""
    violations: tuple[Violation, ...]


def check(network: Network, promise: Promise) -> Checked:
    """Every intent on every build. `network` has its probes (`with_probes`)."""
    asked: dict[str, int] = {}
    violations: list[Violation] = []
    for build in build_all(network, promise):
        judge = Judge(build.network)
        violations += [Violation(build.name, "is-there", None, Outcome(), what) for what in build.missing]
        for case in build.cases:
            asked[case.intent] = asked.get(case.intent, 0) + 1
            outcome = judge.predict(case.probe)
            if outcome != case.wanted:
                why = _why(judge.explain(case.probe))
                violations.append(Violation(build.name, case.intent, case, outcome, why))
    return Checked(asked, tuple(violations))


def _why(verdict: Verdict) -> str:
    return verdict.stopped or " > ".join(verdict.reason)
