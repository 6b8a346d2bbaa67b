"""The laboratory's process, shared by a test process."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from netlab.sandbox import Sandbox, UnavailableError, check_available
from tests.tools import need


@pytest.fixture(scope="session")
def can_build() -> None:
    """Skips where no laboratory can be built, with the reason; in CI that is a failure."""
    for tool in ("ip", "nft"):
        need(tool)
    try:
        check_available()
    except UnavailableError as error:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up(str(error))


@pytest.fixture(scope="session")
def sandbox(can_build: None) -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox
