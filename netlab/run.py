"""Sends what the intents ask for, build by build, and holds what happened against what was wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis.network.probe import Outcome
from analysis.reach.cases import Build, Case
from analysis.reach.judge import Judge
from netlab.probes import numbered
from netlab.sandbox import Sandbox


@dataclass(frozen=True)
class Violation:
    """A packet that did not fare as intended."""

    case: Case
    outcome: Outcome
    why: str
    """The rule, route or gateway behind it, as the program `analysis.reach` works it out."""


@dataclass(frozen=True)
class Proved:
    """One build: what was asked, and what did not hold."""

    build: Build
    violations: tuple[Violation, ...]

    @property
    def held(self) -> int:
        return len(self.build.cases) - len(self.violations)


def by_packets(builds: Sequence[Build], sandbox: Sandbox) -> Iterator[Proved]:
    """Each build, as soon as its packets were sent."""
    sent = dict(zip(builds, numbered(tuple(case.probe for case in build.cases) for build in builds), strict=True))
    answers = sandbox.outcomes({build.name: (build.network, sent[build]) for build in builds})
    for build, found in zip(builds, answers, strict=True):
        yield _judged(build, found.outcomes)


def by_program(builds: Sequence[Build]) -> Iterator[Proved]:
    """The same without a packet: what the program works out from the template."""
    for build in builds:
        judge = Judge(build.network)
        yield _judged(build, [judge.predict(case.probe) for case in build.cases])


def _judged(build: Build, found: Sequence[Outcome]) -> Proved:
    judge = Judge(build.network)
    return Proved(
        build,
        tuple(
            Violation(case, outcome, _why(judge, case, outcome))
            for case, outcome in zip(build.cases, found, strict=True)
            if outcome != case.wanted
        ),
    )


def _why(judge: Judge, case: Case, outcome: Outcome) -> str:
    verdict = judge.explain(case.probe)
    if verdict.outcome.delivered_to != outcome.delivered_to:
        return "the program analysis.reach sees it otherwise: please report it"
    return verdict.stopped or " > ".join(verdict.reason)
