"""The table says what was measured and whether it is enough, and the committed page is of the current rows."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.document import Outcome, table
from benchmarks.facts import Facts
from benchmarks.measure import Measurements, RunError, Sample, Subject, measure
from benchmarks.project import config_of
from benchmarks.rows import ROWS, Row, Target
from benchmarks.subjects import RESOURCE_TYPE, naive, resources
from generator.reader import read_config

FACTS = Facts(environment_seconds=154, workstation_seconds=29, network_dollars=36.5)


def samples(*cpu_seconds: float) -> tuple[Sample, ...]:
    return tuple(Sample(cpu, cpu * 2) for cpu in cpu_seconds)


def lines(measured: Measurements, *rows: Row) -> list[str]:
    return table(rows, Outcome(measured, FACTS, {})).splitlines()[2:]


def ratio_row(target: Target | None) -> Row:
    return Row("x", lambda measured, _: measured.ratio("render", "start", "cpu_seconds"), "{:.1f} starts", target)


def test_a_ratio_is_the_median_of_the_rounds_own_ratios():
    busy_last_round = Measurements({"start": samples(1, 1, 10), "render": samples(7, 20, 80)})

    assert busy_last_round.ratio("render", "start", "cpu_seconds") == 8


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (Target("at most", 8), "| x | 8.0 starts | at most 8 | met |"),
        (Target("at most", 7.9), "| x | 8.0 starts | at most 7.9 | **not met** |"),
        (Target("below", 8), "| x | 8.0 starts | below 8 | **not met** |"),
        (Target("at least", 8), "| x | 8.0 starts | at least 8 | met |"),
        (Target("at least", 12), "| x | 8.0 starts | at least 12 | **not met** |"),
        (None, "| x | 8.0 starts |  |  |"),
    ],
)
def test_a_row_says_whether_its_target_is_met(target, expected):
    measured = Measurements({"start": samples(1), "render": samples(8)})

    assert [expected] == lines(measured, ratio_row(target))


def test_what_was_not_measured_is_never_called_met():
    measured = Measurements({"start": samples(1)})

    assert lines(measured, ratio_row(Target("at most", 8))) == ["| x |  | at most 8 | not measured |"]


def test_the_time_of_a_child_counts_for_its_parent(tmp_path):
    busy = "sum(i * i for i in range(2_000_000))"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}], check=True)"
    subjects = (
        Subject("alone", (sys.executable, "-c", busy), tmp_path),
        Subject("child", (sys.executable, "-c", script), tmp_path),
    )

    measured = measure(subjects, 1, finished=lambda _: None)

    ratio = measured.ratio("child", "alone", "cpu_seconds")
    assert ratio is not None
    assert ratio > 0.5  # without its child it would be near 0.1


def test_a_program_that_fails_ends_the_run_with_its_last_words(tmp_path):
    broken = Subject("broken", (sys.executable, "-c", "raise SystemExit('no luck')"), tmp_path)

    with pytest.raises(RunError, match=r"broken: .* failed: no luck"):
        measure((broken,), 1, finished=lambda _: None)


def test_the_config_for_a_count_differs_from_the_default_only_in_its_workstations(root: Path):
    default = (root / "config" / "default.toml").read_text("utf-8")
    one, many = read_config(default, "one"), read_config(config_of(default, 12), "many")

    assert (one.network, one.home_volume, one.machine) == (many.network, many.home_volume, many.machine)
    assert {(w.instance_type, w.home_volume_gib) for w in one.workstations} == {
        (w.instance_type, w.home_volume_gib) for w in many.workstations
    }
    assert [f"w{number:03}" for number in range(12)] == [w.name for w in many.workstations]


def test_the_naive_script_makes_the_resources_that_we_make(root: Path, tmp_path: Path):
    subject = naive(tmp_path / "naive", {})[0]
    texts = [(root / "templates" / name).read_text("utf-8") for name in ("environment.yaml", "workstation.yaml")]

    measure((subject,), 1, finished=lambda _: None)

    assert sorted(RESOURCE_TYPE.findall("".join(texts))) == sorted(resources(subject, 1).elements())


def test_the_committed_page_has_the_rows_of_today(root: Path):
    page = (root / "docs" / "benchmarks.md").read_text("utf-8")
    targets = page.partition("## Targets")[2].partition("\n## ")[0]
    cells = [line.split(" | ") for line in targets.splitlines() if line.startswith("| ")][1:]
    found = [(name.removeprefix("| "), target) for name, _, target, *_ in cells]
    wanted = [(row.name, f"{row.target.side} {row.target.limit:g}" if row.target else "") for row in ROWS]

    assert wanted == found, "docs/benchmarks.md is not of the current rows; to mend: python -m benchmarks"
