"""Every port of the addresses that a scanner of the internet can find."""

from __future__ import annotations

import pytest

from analysis.network.probe import INTERNET, INTERNET_ADDRESSES, Outcome, Probe
from netlab.probes import numbered
from tests.netlab.scenes import ENDPOINTS, scene

EVERY_PORT = range(1, 65_536)
AT_ONCE = 16_000
"""Probes in one build, so that tracked connections do not fill the kernel's table."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["syn", "datagram"])
def test_no_port_of_a_nat_gateway_answers_anybody(kind, sandbox):
    network = scene("per-zone", endpoints=ENDPOINTS).network()
    nats = [item for item in network.interfaces if item.kind == "nat-gateway"]
    knocks = [
        Probe(INTERNET, INTERNET_ADDRESSES[0], nat.public_address, kind, port) for nat in nats for port in EVERY_PORT
    ]
    parts = numbered(tuple(knocks[start : start + AT_ONCE]) for start in range(0, len(knocks), AT_ONCE))
    arrived = answered = 0
    for found in sandbox.outcomes({str(number): (network, part) for number, part in enumerate(parts)}):
        arrived += sum(found.knocks.values())
        answered += sum(outcome != Outcome() for outcome in found.outcomes)

    assert len(nats) == 2
    assert (arrived, answered) == (2 * 65_535, 0)
