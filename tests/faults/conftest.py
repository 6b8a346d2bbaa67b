"""One stage for each test process: its local AWS lives as long as the process, and comes back to a state each time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.stage import Stage, set_up


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with set_up(tmp_path_factory.mktemp("faults")) as stage:
        yield stage


@pytest.fixture
def empty(stage: Stage) -> Stage:
    """The stage, where nothing was deployed yet."""
    stage.put_back("empty")
    return stage
