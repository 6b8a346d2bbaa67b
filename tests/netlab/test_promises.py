"""Every mode keeps its promise, packet by packet."""

from __future__ import annotations

import pytest

from netlab.run import by_packets
from netlab.words import stories
from tests.netlab.scenes import ENDPOINTS, modes, scene

THREE = ("plain", "rules-open", "routes-open")


@pytest.mark.parametrize("endpoints", [(), ENDPOINTS], ids=["bare", "endpoints"])
@pytest.mark.parametrize("mode", modes())
def test_every_packet_fares_as_intended(mode, endpoints, sandbox, figures):
    proved = tuple(by_packets(scene(mode, endpoints=endpoints).builds(), sandbox))
    for item in proved:
        for number in range(len(item.build.cases)):
            if item.build.name in THREE:
                figures.count("packet-probes", held=number >= len(item.violations))

    assert list(stories(proved)) == []
    assert {item.build.name for item in proved} > set(THREE)


def test_all_four_modes_of_the_intents_are_known():
    assert set(modes()) >= {"per-zone", "single", "none"}
