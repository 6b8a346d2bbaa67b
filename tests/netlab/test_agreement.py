"""The kernel and the program answer alike, for networks of ours and for ones that nobody would build."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from analysis.network import Network
from analysis.network.builds import open_routes, open_rules, without_zone, zones
from analysis.network.probe import Outcome, Probe
from analysis.reach import Judge
from netlab.probes import numbered, probes
from netlab.sandbox import Sandbox
from tests.analysis import topologies
from tests.netlab.scenes import ENDPOINTS, modes, scene

PARTS, SEEDS, PROBES = 17, 20, 1200


def disagreements(network: Network, sent: Sequence[Probe], outcomes: Sequence[Outcome]) -> list[str]:
    """What the two see differently, and why the program thinks so."""
    judge = Judge(network)
    found = []
    for probe, outcome in zip(sent, outcomes, strict=True):
        verdict = judge.explain(probe)
        predicted = verdict.outcome
        if probe.kind == "connect" and not predicted.answered:
            predicted = Outcome()  # of half a connection the laboratory says nothing
        if predicted != outcome:
            found.append(f"{probe}: {outcome}, where the program says {verdict}")
    return found


@pytest.mark.parametrize("mode", modes())
def test_both_agree_from_every_place_to_every_other(mode, sandbox, figures):
    network = scene(mode, endpoints=ENDPOINTS).network()
    builds = {"plain": network, "rules-open": open_rules(network), "routes-open": open_routes(network)}
    builds |= {zone: without_zone(network, zone) for zone in zones(network)}
    sent = dict(zip(builds, numbered(probes(build) for build in builds.values()), strict=True))
    for found in sandbox.outcomes({name: (builds[name], sent[name]) for name in builds}):
        differ = disagreements(builds[found.name], sent[found.name], found.outcomes)
        count(figures, tried=len(found.outcomes), differ=len(differ))

        assert differ == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_both_agree_on_random_and_broken_topologies(part, sandbox: Sandbox, figures):
    differ = []
    for seed in range(part * SEEDS, (part + 1) * SEEDS):
        network = topologies.topology(seed)
        if network is not None:
            (sent,) = numbered((topologies.probes(network, seed, PROBES),))
            (found,) = sandbox.outcomes({str(seed): (network, sent)})
            here = disagreements(network, sent, found.outcomes)
            count(figures, tried=len(sent), differ=len(here))
            differ += [f"seed {seed}: {text}" for text in here]

    assert differ == []


def count(figures, *, tried: int, differ: int) -> None:
    for number in range(tried):
        figures.count("reach-agreements", held=number >= differ)
