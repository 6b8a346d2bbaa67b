"""One local AWS for all tests of this room; each test names its own stacks."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.local_aws_fixture import LocalAws, started
from tests.localaws.parts import AMAZON_LINUX
from tests.localaws.stack import TemplateStack


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with started(tmp_path_factory.mktemp("local-aws")) as local_aws:
        yield local_aws


@pytest.fixture(scope="session")
def names() -> Iterator[str]:
    return (f"stack-{number}" for number in itertools.count())


@pytest.fixture
def stack(local_aws: LocalAws, names: Iterator[str]) -> Iterator[TemplateStack]:
    """A stack of the test's own, deleted after it."""
    made = TemplateStack(local_aws, next(names))
    yield made
    made.remove()


@pytest.fixture
def faults(local_aws: LocalAws) -> Iterator[Callable[..., object]]:
    """Sets fault rules; none is left after the test."""
    yield local_aws.faults
    local_aws.faults()


@pytest.fixture
def agree(figures: Any) -> Callable[[str, object, object], None]:
    """`agree(case, expected, actual)` counts the case of a type, property and operation, and asserts it."""

    def check(case: str, expected: object, actual: object) -> None:
        figures.count("localaws-types", held=expected == actual)
        assert expected == actual, case

    return check


@pytest.fixture(scope="session")
def image_id(local_aws: LocalAws) -> str:
    return local_aws.client("ssm").get_parameter(Name=AMAZON_LINUX)["Parameter"]["Value"]
