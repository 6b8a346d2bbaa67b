"""What the review page says of who can reach what."""

from __future__ import annotations

import copy
import dataclasses
from pathlib import Path
from typing import Any

import pytest

from analysis.committed import Committed, read_committed
from analysis.review.changes import compare
from analysis.review.facts import read_facts
from analysis.review.page import page
from analysis.review.ways import ELSEWHERE, Way, Ways, new_ways, read_ways, together
from tests.analysis.html_text import Page

ANYWHERE = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}
OUT = Way("here", (), ("internet",), "TCP 80", "its own address", answered=True, steps=("Group egress 1", "Route"))


@pytest.fixture(scope="module")
def committed(root: Path) -> Committed:
    return read_committed(root / "templates")


def opened(committed: Committed) -> Committed:
    """A machine with a public address and a group that lets SSH in, in a subnet with a route to the gateway."""
    templates: dict[str, Any] = copy.deepcopy(dict(committed.templates))
    resources = templates["environment.yaml"]["Resources"]
    resources["WorkstationSecurityGroup"]["Properties"]["SecurityGroupIngress"] = [ANYWHERE]
    route = resources["PrivateDefaultRouteA"]["Properties"]
    del route["NatGatewayId"]
    route["GatewayId"] = {"Ref": "InternetGateway"}
    interface = templates["workstation.yaml"]["Resources"]["Instance"]["Properties"]["NetworkInterfaces"][0]
    interface["AssociatePublicIpAddress"] = True
    return dataclasses.replace(committed, templates=templates)


def ways(committed: Committed) -> Ways:
    return read_ways(committed.stacks, committed.templates)


def test_nothing_gets_in_and_downloads_get_out(committed: Committed):
    found = ways(committed)

    assert found.from_outside == ()
    assert [(way.machines, way.destinations, way.what, way.seen_as) for way in together(found.machines)] == [
        (("ada",), ("internet",), "TCP 80, 443", "the address of NatGatewayA"),
        (("ada",), ("S3",), "TCP 80, 443", "its own address"),
        ((), ("internet",), "TCP 80, 443", "the address of NatGatewayA"),
        ((), ("S3",), "TCP 80, 443", "its own address"),
    ]
    assert together(found.machines)[0].steps == (
        "WorkstationSecurityGroup egress 1, 2",
        "PrivateDefaultRouteA",
        "NatGatewayA",
        "PublicDefaultRoute",
        "InternetGateway",
    )


def test_workstations_that_reach_each_other_are_shown(committed: Committed):
    templates: dict[str, Any] = copy.deepcopy(dict(committed.templates))
    group = templates["environment.yaml"]["Resources"]["WorkstationSecurityGroup"]["Properties"]
    group["SecurityGroupIngress"] = [{**ANYWHERE, "FromPort": 80, "ToPort": 80}]
    found = ways(dataclasses.replace(committed, templates=templates))

    subnets = ("PrivateSubnetA: WorkstationSecurityGroup", "PrivateSubnetB: WorkstationSecurityGroup")
    inside = [(way.source, way.destinations) for way in together(found.machines) if "local" in way.steps]
    assert inside == [(subnet, subnets) for subnet in subnets]


def test_every_endpoint_is_one_destination(root: Path):
    committed = read_committed(root / "templates/minimal")

    ends = [way.destinations for way in together(ways(committed).machines)]
    assert ends == [("S3",), ("SsmEndpoint", "SsmMessagesEndpoint")] * 2


def test_every_promise_holds_for_our_templates(committed: Committed):
    promises = ways(committed).promises

    assert len(promises) > 8
    assert [item.says for item in promises if item.broken] == []


def test_a_way_in_is_the_first_thing_that_the_page_says(committed: Committed):
    facts = read_facts(opened(committed))
    text = Page(page(facts)).text

    (way,) = together(facts.ways.from_outside)
    assert (way.what, way.answered, way.steps[-1]) == ("TCP 22", True, "WorkstationSecurityGroup ingress 1")
    assert "From the internet 1 way in" in text
    assert "Nothing. No packet from the internet" not in text
    broken = [item for item in facts.ways.promises if item.broken]
    assert any(item.says.startswith("Nothing from the internet reaches an address") for item in broken)
    assert text.count("✕ no ") == len(broken)
    assert f"{len(broken[0].broken)} ways in which it does not" in text


def test_a_way_in_that_is_new_is_in_the_difference(committed: Committed):
    old, new = read_facts(committed), read_facts(opened(committed))
    changes = compare(old, new)

    assert [(way.source, way.what) for way in changes.ways_added if way.source == "internet"] == [
        ("internet", "TCP 22")
    ]
    assert compare(new, old).ways_removed == changes.ways_added


def test_what_is_not_modelled_is_said_and_not_guessed(committed: Committed):
    templates: dict[str, Any] = copy.deepcopy(dict(committed.templates))
    templates["environment.yaml"]["Resources"]["Peering"] = {
        "Type": "AWS::EC2::VPCPeeringConnection",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "PeerVpcId": "vpc-12345678"},
    }
    facts = read_facts(dataclasses.replace(committed, templates=templates))
    text = Page(page(facts, compare(read_facts(committed), facts))).text

    assert len(facts.ways.unknown) == 1
    assert facts.ways.unknown[0] in text
    assert "From the internet" not in text
    assert "Not compared: of one version it could not be worked out." in text


def test_a_vpc_that_is_there_is_said_to_be_elsewhere(root: Path):
    found = ways(read_committed(root / "templates/existing-vpc"))

    assert found.unknown == (ELSEWHERE,)


def test_ways_that_differ_in_their_rule_are_one_row():
    other = dataclasses.replace(OUT, what="TCP 443", steps=("Group egress 2", "Route"))
    elsewhere = dataclasses.replace(OUT, destinations=("S3",))
    far = dataclasses.replace(OUT, steps=("Group egress 1", "Detour"))

    assert together([OUT, other, far]) == (
        dataclasses.replace(OUT, what="TCP 80, 443", steps=("Group egress 1, 2", "Route")),
        far,
    )
    assert together([OUT, elsewhere]) == (dataclasses.replace(OUT, destinations=("internet", "S3")),)


def test_a_rule_that_only_moved_makes_no_new_way():
    moved = dataclasses.replace(OUT, steps=("Group egress 7", "Route"))

    assert new_ways([OUT], [moved]) == ()
    assert new_ways([OUT], [dataclasses.replace(moved, what="TCP 81")]) == (dataclasses.replace(moved, what="TCP 81"),)
