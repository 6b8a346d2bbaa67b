"""What can talk is all that can talk: the whole answer agrees with every single one."""

from __future__ import annotations

from random import Random

import pytest

from analysis.network import Network
from analysis.network.probe import INTERNET, Probe
from analysis.reach import Judge, reachable
from analysis.reach.atoms import outside_addresses, port_ranges
from analysis.reach.judge import protocol
from analysis.reach.reachable import places
from tests.analysis.small import EVERYTHING, group, machine, nat, network
from tests.analysis.topologies import probes, topologies, topology

KINDS = [("echo", 0)] + [(kind, port) for kind in ("syn", "datagram") for port in (1, 22, 79, 443, 444, 1023, 60000)]


def test_ports_are_cut_where_a_rule_begins_or_ends():
    rules = [
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 443, "CidrIp": "0.0.0.0/0"},
        {"IpProtocol": "udp", "FromPort": 65535, "ToPort": 65535, "CidrIp": "0.0.0.0/0"},
    ]
    found = port_ranges(network(Open=group(SecurityGroupIngress=rules)))

    assert found == ((0, 21), (22, 443), (444, 65534), (65535, 65535))


def test_addresses_outside_are_told_apart_where_a_block_is_named():
    rules = [EVERYTHING | {"CidrIp": block} for block in ("8.0.0.0/8", "8.0.0.0/30", "10.0.0.0/24")]
    found = outside_addresses(network(Open=group(SecurityGroupIngress=rules)))

    expected = {"8.0.0.0": "8.0.0.0/30", "8.0.0.4": "8.0.0.0/8", "198.51.100.66": "None"}
    assert expected == {str(address): str(block) for address, block in found}


def test_an_address_that_a_rule_names_does_not_stand_for_all_others():
    rules = [EVERYTHING | {"CidrIp": "198.51.100.66/32"}]
    asked = network(Open=group(SecurityGroupIngress=rules))

    apart = {str(address): str(block) for address, block in outside_addresses(asked)}
    assert apart == {"1.0.0.0": "None", "198.51.100.66": "198.51.100.66/32"}
    senders = {item.source for item in reachable(asked) if item.source.startswith(INTERNET)}
    assert senders == {"internet 198.51.100.66/32"}


def test_those_who_are_alike_are_asked_once_and_asked_about_each_other():
    asked = network(One=machine("Private", "Open"), Two=machine("Private", "Open"), **nat())
    found = {place.name: place.members for place in places(asked)}

    assert found["Private: Open"] == ("One", "Two")
    meet = [item for item in reachable(asked) if item.source == item.destination == "Private: Open"]
    assert [(item.protocol, item.ports) for item in meet] == [
        ("tcp", ((0, 65535),)),
        ("udp", ((0, 65535),)),
        ("icmp", ()),
    ]


def test_the_reason_names_every_rule_route_and_gateway_on_the_way():
    found = [item for item in reachable(network(**nat())) if item.destination == INTERNET]

    assert {("Closed default egress 1", "PrivateWayOut", "Nat", "WayOut", "Gateway")} == {
        item.reason for item in found if item.source == "Private: Closed"
    }


@pytest.mark.parametrize("seed", [seed for seed in range(1, 30) if seed % 4])
def test_the_whole_answer_agrees_with_single_ones(seed: int):
    asked = topology(seed)
    assert asked is not None
    ranges: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
    for item in reachable(asked):
        ranges.setdefault((item.source, str(item.address), item.protocol), []).extend(item.ports or [(0, 0)])
    judge, random = Judge(asked), Random(seed)  # noqa: S311
    alike = places(asked)
    senders = [place for place in alike if "Nat" not in place.name and ":Subnet" not in place.name]
    for place in senders:
        for target in alike:
            probe = Probe(place.sender, place.addresses[0], target.addresses[0], *random.choice(KINDS))
            if place != target:
                is_open = any(
                    low <= probe.port <= high
                    for low, high in ranges.get((place.name, str(probe.destination), protocol(probe)), ())
                )

                assert (judge.predict(probe).delivered_to is not None) == is_open


def test_topologies_are_the_same_for_a_seed_and_differ_between_seeds():
    once, again = dict(topologies(6)), dict(topologies(6))

    assert once == again
    assert len({repr(item) for item in once.values()}) == 6


def test_random_topologies_have_everything_that_is_modelled():
    made = [network for _, network in topologies(60)]

    def share(has: object) -> int:
        return sum(bool(has(item)) for item in made)  # type: ignore[operator]

    kinds = {route.target.kind for item in made for table in item.route_tables for route in table.routes}
    assert kinds == {
        "local", "internet-gateway", "egress-only-gateway", "nat-gateway", "gateway-endpoint", "interface", "blackhole",
    }  # fmt: skip
    assert share(lambda item: len(item.vpcs[0].blocks) > 1) > 10
    assert share(lambda item: len(item.acls) > 1) > 10
    assert share(lambda item: any(not one.source_dest_check for one in item.interfaces if one.kind == "instance")) > 5
    assert share(lambda item: item.block_public_access != "off") > 2
    assert share(lambda item: any(subnet.route_table.startswith("main:") for subnet in item.subnets)) > 10


def test_probes_are_delivered_and_refused_from_inside_and_from_outside():
    outcomes = {
        (probe.sender == INTERNET, bool(found.delivered_to), found.answered)
        for seed, asked in topologies(30)
        for probe, found in answered(asked, seed)
    }

    fates = ((True, True), (True, False), (False, False))
    assert {(outside, *fate) for outside in (True, False) for fate in fates} == outcomes


def answered(asked: Network, seed: int) -> list:
    judge = Judge(asked)
    return [(probe, judge.predict(probe)) for probe in probes(asked, seed, 200)]
