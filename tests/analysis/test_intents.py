"""The intents hold for the committed templates, and a broken network breaks them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from analysis.committed import read_every_committed
from analysis.network import read, with_probes
from analysis.reach import NoPromiseError, check, promised
from analysis.reach.intents import read_intents
from analysis.reach.page import resolved_config
from analysis.resolve import Context, resolve
from tests.analysis import small
from tests.conftest import ROOT

CONFIGS = read_every_committed(ROOT / "templates")


@pytest.mark.parametrize("name", CONFIGS)
def test_every_intent_holds_for_the_committed_templates(name: str):
    resolved, _ = resolved_config(CONFIGS[name], CONFIGS)
    network = with_probes(read(resolved))

    assert check(network, promised(resolved, network)).violations == ()


@pytest.mark.parametrize("name", CONFIGS)
def test_the_promise_is_that_of_the_config(name: str):
    config = tomllib.loads((ROOT / "config" / f"{name}.toml").read_text())["network"]
    resolved, _ = resolved_config(CONFIGS[name], CONFIGS)
    promise = promised(resolved, with_probes(read(resolved)))

    assert config.get("nat", "single") == promise.mode
    ports = [] if promise.mode == "none" else config.get("egress_tcp_ports", [80, 443])
    assert tuple(ports) == promise.egress_ports


@pytest.mark.parametrize("mode", ["per-zone", "single", "regional", "none"])
def test_every_mode_is_asked_whether_anything_gets_in_or_out(mode: str):
    names = {intent.name for intent in read_intents() if mode in intent.modes}

    always = {
        "nothing-gets-in", "groups-alone-keep-out", "no-lies-from-outside", "nothing-else-gets-out", "s3-stays-inside",
        "endpoints-answer", "endpoints-in-each-zone", "endpoints-start-nothing", "endpoints-answer-nothing-else",
        "workstations-apart", "no-lies-from-inside",
    }  # fmt: skip
    with_nat = {"downloads-get-out"} | ({"zones-stand-alone"} if mode != "single" else set())
    assert always | ({"no-internet-by-routing", "no-internet-by-groups"} if mode == "none" else with_nat) == names


def test_each_intent_has_its_own_name_and_says_what_and_why():
    intents = read_intents()

    assert len({intent.name for intent in intents}) == len(intents)
    assert all(intent.says.endswith(".") and intent.why.endswith(".") for intent in intents)


def test_a_template_without_our_outputs_promises_nothing():
    found = resolve(small.template(), {}, Context())
    with pytest.raises(NoPromiseError, match="wanted PrivateSubnetIdA and WorkstationSecurityGroupId"):
        promised(found, read(found))


def test_the_file_of_intents_names_only_what_it_explains(root: Path):
    text = (root / "analysis" / "intents.toml").read_text()
    head = text.partition("[[intent]]")[0]
    words = {word for intent in read_intents() for word in (intent.sender, intent.receiver, *intent.kinds)}

    assert [word for word in sorted(words) if word not in head] == []
