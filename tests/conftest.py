"""Fixtures that every room's tests share."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


class Figures:
    """Counts what was tried and what held, by name, for the closing figures of `./test.sh`.

    The counts of one process go to one file in `FIGURES_DIRECTORY`; `tests/figures.py` adds them up.
    """

    def __init__(self) -> None:
        self.counts: dict[str, list[int]] = {}

    def count(self, name: str, *, held: bool) -> None:
        """Add one try to the figure `name`; call it before the assertion, so that a failure is counted."""
        done_and_all = self.counts.setdefault(name, [0, 0])
        done_and_all[0] += held
        done_and_all[1] += 1


@pytest.fixture(scope="session")
def figures() -> Iterator[Figures]:
    figures = Figures()
    yield figures
    directory = os.environ.get("FIGURES_DIRECTORY")
    if directory:
        Path(directory, f"{os.getpid()}.json").write_text(json.dumps(figures.counts))


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root."""
    return ROOT
