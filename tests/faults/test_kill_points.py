"""A run that is ended at any boundary between two steps, by any signal, is carried on by the same command."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from tests.faults.boundaries import POINTS, Point
from tests.faults.kills import CASES, SIGNALS, Case, wrong_after
from tests.faults.stage import Stage

QUICK = (
    ("change", signal.SIGINT, "cloudformation ExecuteChangeSet 1"),
    ("change", signal.SIGKILL, "cloudformation CreateChangeSet 1"),
)
"""For every run of the tests; the others are slow."""


def tries() -> list[Any]:
    """Every case, signal and point; the AWS CLI of each second one that was killed may still be going on."""
    found = []
    for case in CASES:
        for number in SIGNALS:
            for position, point in enumerate(POINTS[case.name]):
                slow = () if (case.name, number, str(point)) in QUICK else (pytest.mark.slow,)
                name = f"{case.name}-{number.name}-{str(point).replace('…', '').strip().replace(' ', '-')}-"
                found.append(pytest.param(case, number, point, position % 2 == 0, id=name, marks=slow))
    return found


@pytest.mark.parametrize(("case", "number", "point", "at_once"), tries())
def test_a_run_that_is_ended_anywhere_is_carried_on(
    stage: Stage, figures: Any, case: Case, number: signal.Signals, point: Point, *, at_once: bool
) -> None:
    wrong = wrong_after(stage, case, point, number, at_once=at_once)
    figures.count("kill-points", held=not wrong)

    assert not wrong, f"{case.name}, {number.name} at {point}: " + "\n".join(wrong)
