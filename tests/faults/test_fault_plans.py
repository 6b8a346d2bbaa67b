"""Whole deploys under a seeded plan of faults: each ends deployed, or stops with a message and is carried on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults.judge import after_a_run, in_the_end
from tests.faults.plans import Plan, plan
from tests.faults.stage import Ended, Stage

PLANS = 200
QUICK = (3, 5)
"""One that stops and one that carries on, for every run of the tests."""
AGAIN = 2
"""How often the same command may have to be run once the faults are gone."""
REPEATED = 4
"""Of the plans that end well in spite of their faults, each fourth is run again: nothing may be left to do."""


def played(stage: Stage, plan: Plan) -> tuple[list[Ended], list[str]]:
    """The runs of a plan, and what was wrong with them."""
    stage.put_back(plan.state)
    files = stage.files()
    stage.local_aws.faults(*plan.rules)
    runs = [stage.deploy(*plan.words)]
    stage.local_aws.faults()
    wrong = after_a_run(runs[0], stage, files)
    if runs[0].status == 0:
        wrong += in_the_end(runs[0], stage, plan.wanted)
        if wrong or plan.seed % REPEATED:
            return runs, wrong
    for _ in range(AGAIN):
        runs.append(stage.deploy(*plan.words))
        wrong += stage.follow(runs[-1])
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
