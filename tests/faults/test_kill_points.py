"""A run that is ended at any boundary between two steps, by any signal, is carried on by the same command."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from tests.faults.kills import CASES, Case, Point, points, wrong_after
from tests.faults.stage import Stage

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
PARTS = 2
"""Each case and signal is tried in so many tests, so that the processors share them."""
ONLY = "FAULTS_POINT"
"""Environment: try this point alone, for example `cloudformation ExecuteChangeSet 1`."""


def check(stage: Stage, figures: Any, case: Case, number: signal.Signals, todo: list[Point]) -> None:
    failed = []
    for position, point in enumerate(todo):
        wrong = wrong_after(stage, case, point, number, at_once=position % 2 == 0)
        figures.count("kill-points", held=not wrong)
        if wrong:
            failed.append(f"{case.name}, {number.name} at {ONLY}='{point}': " + "\n".join(wrong))

    assert not failed, "\n".join(failed)


@pytest.mark.parametrize(
    ("number", "operation"), [(signal.SIGINT, "ExecuteChangeSet"), (signal.SIGKILL, "CreateChangeSet")]
)
def test_a_change_that_is_cut_short_is_carried_on(
    stage: Stage, figures: Any, number: signal.Signals, operation: str
) -> None:
    check(stage, figures, CASES[1], number, [Point("cloudformation", operation)])


@pytest.mark.faults
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_run_that_is_ended_anywhere_is_carried_on(
    stage: Stage, figures: Any, case: Case, number: signal.Signals, part: int
) -> None:
    if case.name == "remove" and not stage.can_remove:
        pytest.skip("deploy.sh does not know --remove")
    found = points(stage, case)
    only = os.environ.get(ONLY)

    check(stage, figures, case, number, [point for point in found[part::PARTS] if only in (None, str(point))])
