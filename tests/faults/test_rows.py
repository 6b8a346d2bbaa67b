"""Every fault of the list has a test that exists, or a point of the checklist that says why it has none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults.rows import ROWS, Row

COUNT = 72


@pytest.fixture(scope="module")
def known(root: Path) -> frozenset[str]:
    """The node ids of all tests, with and without their parameters, and their files."""
    places = sorted({test.split("::")[0] for row in ROWS for test in row.tests})
    words = [
        "--collect-only",
        "-q",
        "-o",
        "addopts=--import-mode=importlib",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, *places], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = [line for line in done.stdout.splitlines() if "::" in line]
    return frozenset([*found, *(line.split("[")[0] for line in found), *(line.split("::")[0] for line in found)])


def missing(row: Row, known: frozenset[str]) -> list[str]:
    return [test for test in row.tests if test not in known]


def test_every_row_is_there_once() -> None:
    assert [row.number for row in ROWS] == list(range(1, COUNT + 1))


def test_every_row_has_tests_that_exist(known: frozenset[str], figures: Any) -> None:
    lost = {}
    for row in ROWS:
        if row.tests:
            figures.count("fault-rows", held=not missing(row, known))
            lost |= {row.number: missing(row, known)} if missing(row, known) else {}

    assert lost == {}


def test_a_row_without_a_test_is_a_point_of_the_checklist(root: Path) -> None:
    points = (root / "docs" / "on-aws-checklist.md").read_text()

    for row in ROWS:
        assert bool(row.tests) != bool(row.only_on_aws), row
        assert f"- [ ] {row.only_on_aws}" in points, row


def test_a_test_that_is_gone_is_noticed(known: frozenset[str]) -> None:
    assert missing(Row(1, "x", ("tests/faults/test_rows.py::test_that_nobody_wrote",)), known)
