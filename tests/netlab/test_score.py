"""Networks broken after the intents were frozen: what exposes somebody is caught, and nearly everything else."""

from __future__ import annotations

import pytest

from tests.netlab.mutants import mutants, seed
from tests.netlab.score import judge_all
from tests.netlab.score_page import PAGE, name, page, reasons, survivors


@pytest.mark.slow
def test_packets_catch_what_they_were_not_tuned_on(can_build, figures):
    judged = judge_all()
    for item in judged:
        if item.kind in ("exposing", "other"):
            figures.count("network-unseen", held=bool(item.caught_by))
        if item.kind == "exposing":
            figures.count("network-exposures", held=bool(item.caught_by))
    left = {name(item) for item in survivors(judged)}

    assert left == set(reasons()), "each survivor has a reason in survivors.toml, and no reason is left over"
    assert PAGE.read_text("utf-8") == page(judged), "run: python -m tests.netlab.score"
    assert not [name(item) for item in survivors(judged) if item.kind == "exposing"]


def test_the_published_score_is_of_the_intents_as_they_are():
    assert f"The seed of this page is `{seed()[:12]}`." in PAGE.read_text("utf-8").splitlines()


def test_the_draw_is_the_same_for_everybody():
    assert [(item.base, item.title) for item in mutants()] == [(item.base, item.title) for item in mutants()]
