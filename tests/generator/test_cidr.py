"""Subnets lie by position: more zones renumber nothing."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from analysis.intrinsics import cidr
from generator.cidr import place_in, subnet_block


def blocks(vpc: str) -> list[str]:
    network = IPv4Network(vpc)
    return [str(subnet_block(network, tier, position)) for tier in ("public", "private") for position in range(4)]


def test_the_blocks_of_a_20():
    assert blocks("10.38.0.0/20") == [
        "10.38.0.0/24",
        "10.38.1.0/24",
        "10.38.2.0/24",
        "10.38.3.0/24",
        "10.38.8.0/23",
        "10.38.10.0/23",
        "10.38.12.0/23",
        "10.38.14.0/23",
    ]


@pytest.mark.parametrize("prefix", range(16, 25))
def test_no_block_overlaps_another_or_the_spare_quarter(prefix):
    vpc = IPv4Network(f"10.0.0.0/{prefix}")
    spare = list(vpc.subnets(2))[1]
    found = [IPv4Network(block) for block in blocks(str(vpc))] + [spare]

    assert all(block.subnet_of(vpc) and block.prefixlen <= 28 for block in found)
    assert sum(block.num_addresses for block in found) == vpc.num_addresses


@pytest.mark.parametrize("prefix", range(16, 25))
@pytest.mark.parametrize("tier", ["public", "private"])
def test_the_place_of_a_subnet_leads_to_the_same_block(prefix, tier):
    vpc = IPv4Network(f"10.0.0.0/{prefix}")
    places = [place_in(prefix, tier, position) for position in range(4)]

    cut = [cidr(str(vpc), place.count, place.host_bits)[place.index] for place in places]

    assert cut == [str(subnet_block(vpc, tier, position)) for position in range(4)]


def test_a_fifth_zone_has_no_room():
    with pytest.raises(ValueError, match="position 4: a tier has room for zones 0 to 3"):
        subnet_block(IPv4Network("10.0.0.0/16"), "private", 4)
