"""Whole deploys under a seeded plan of faults: each ends deployed, or stops with a message and is carried on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults.judge import after_a_run, in_the_end
from tests.faults.plans import Plan, plan
from tests.faults.stage import Ended, Stage

PLANS = 220
QUICK = (3, 5)
"""One that stops and one that carries on, for every run of the tests."""
AGAIN = 2
"""How often the same command may have to be run once the faults are gone."""


def played(stage: Stage, plan: Plan) -> tuple[list[Ended], list[str]]:
    """The runs of a plan, and what was wrong with them."""
    stage.put_back(plan.state)
    files = stage.files()
    stage.local_aws.faults(*plan.rules)
    runs = [stage.deploy(*plan.words)]
    stage.local_aws.faults()
    wrong = after_a_run(runs[0], stage, files)
    wrong += in_the_end(runs[0], stage, plan.wanted) if runs[0].status == 0 else []
    for _ in range(AGAIN):
        runs.append(stage.deploy(*plan.words))
        wrong += after_a_run(runs[-1], stage, files)
        if runs[-1].status == 0:
            return runs, [*wrong, *in_the_end(runs[-1], stage, plan.wanted)]
    return runs, [*wrong, f"it does not end well in {AGAIN} runs without faults"]


def check(stage: Stage, figures: Any, seed: int) -> None:
    drawn = plan(seed, can_remove=stage.can_remove)
    runs, wrong = played(stage, drawn)
    figures.count("fault-plans", held=not wrong)
    story = "\n".join((str(drawn), *(f"  wrong: {line}" for line in wrong), *(ended.said for ended in runs)))

    assert not wrong, story


@pytest.mark.parametrize("seed", QUICK, ids=lambda seed: f"seed-{seed}-")
def test_a_deploy_with_faults_ends_well(stage: Stage, figures: Any, seed: int) -> None:
    check(stage, figures, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", sorted({*range(PLANS)} - {*QUICK}), ids=lambda seed: f"seed-{seed}-")
def test_every_plan_of_faults_ends_well(stage: Stage, figures: Any, seed: int) -> None:
    check(stage, figures, seed)
