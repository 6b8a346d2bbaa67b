"""Networks broken by hand: each is caught by the packets, through the intent that is about it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from analysis.reach.promise import Promise
from netlab.run import by_packets
from netlab.sandbox import Sandbox
from tests.netlab.broken import BROKEN, Broken
from tests.netlab.scenes import ENDPOINTS, Scene, scene


@pytest.fixture(scope="module")
def whole() -> Scene:
    return scene("per-zone", endpoints=ENDPOINTS)


@pytest.fixture(scope="module")
def promise(whole: Scene) -> Promise:
    return whole.promise()


def broken_intents(broken: Scene, promise: Promise, sandbox: Sandbox) -> Iterator[str]:
    """Names of the intents that packets see broken, build by build."""
    for build in broken.builds(promise):
        (proved,) = by_packets((build,), sandbox)
        yield from (violation.case.intent for violation in proved.violations)


@pytest.mark.slow
@pytest.mark.parametrize("broken", [item for item in BROKEN if item.seen_by], ids=lambda item: item.title)
def test_packets_catch_it(broken: Broken, whole, promise, sandbox, figures):
    copy = whole.copy()
    broken.change(copy)
    caught = broken.seen_by in broken_intents(copy, promise, sandbox)
    figures.count("network-mutants", held=caught)

    assert caught


@pytest.mark.slow
@pytest.mark.parametrize("harmless", [item for item in BROKEN if not item.seen_by], ids=lambda item: item.title)
def test_packets_do_not_mind_it(harmless: Broken, whole, promise, sandbox):
    copy = whole.copy()
    harmless.change(copy)

    assert list(broken_intents(copy, promise, sandbox)) == []


def test_there_are_thirty_and_no_more_than_two_are_harmless():
    titles = [item.title for item in BROKEN]

    assert [int(title[:2]) for title in titles] == list(range(1, 31))
    assert sum(not item.seen_by for item in BROKEN) <= 2
