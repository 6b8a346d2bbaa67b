"""The closing figures add up, and a figure that is missed fails the run."""

from __future__ import annotations

import json

import pytest

from tests.figures import WANTED, main, problems

REACHED = {name: (wanted.least, wanted.least) for name, wanted in WANTED.items()}


def test_figures_of_several_processes_add_up(tmp_path, capsys):
    (tmp_path / "1.json").write_text(json.dumps({"bad-configs": [2, 2], "legal-configs": [1, 1]}))
    (tmp_path / "2.json").write_text(json.dumps({"bad-configs": [3, 3]}))

    status = main(str(tmp_path), "part")

    assert (status, capsys.readouterr().out) == (0, "figure: bad-configs 5/5\nfigure: legal-configs 1/1\n")


def test_a_whole_run_that_reaches_its_figures_is_good():
    assert problems(REACHED, "quick") == []


@pytest.mark.parametrize("name", WANTED)
def test_a_figure_that_was_not_counted_fails_a_whole_run(name):
    figures = {other: count for other, count in REACHED.items() if other != name}

    assert problems(figures, "all") == [f"{name}: 0 tried, where at least {WANTED[name].least} are wanted"]


def test_a_quick_run_wants_its_part_of_a_slow_figure():
    assert problems({**REACHED, "kill-points": (1, 1)}, "quick") == [
        "kill-points: 1 tried, where at least 2 are wanted"
    ]
    assert problems({**REACHED, "kill-points": (2, 2)}, "quick") == []


def test_a_case_that_did_not_hold_fails_any_run(tmp_path, capsys):
    (tmp_path / "1.json").write_text(json.dumps({"bad-configs": [59, 60]}))

    assert main(str(tmp_path), "part") == 1
    assert capsys.readouterr().err == "figure not reached: bad-configs: 1 did not hold\n"


def test_a_figure_with_a_share_may_miss_a_little(tmp_path):
    assert problems({"network-unseen": (95, 100)}, "part") == []
    assert problems({"network-unseen": (94, 100)}, "part") == ["network-unseen: 6 did not hold"]


def test_where_no_packet_can_be_sent_none_is_wanted():
    figures = {name: count for name, count in REACHED.items() if not WANTED[name].packets}

    assert problems(figures, "all", packets=False) == []
    assert len(problems(figures, "all")) == len(WANTED) - len(figures)
