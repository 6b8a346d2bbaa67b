"""Where AWS's routes and gateways lead, each rule on a VPC small enough to answer for by hand."""

from __future__ import annotations

import pytest

from analysis.network.builds import without_zone
from analysis.network.probe import INTERNET
from tests.analysis.networks import association, get_att, ref, resource
from tests.analysis.small import (
    CLIENT,
    OUTSIDE,
    SERVER,
    SERVER_PUBLIC,
    ask,
    explain,
    machine,
    nat,
    network,
    route,
)

NOBODY = (None, "", False)
HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}


# -- routes


def test_the_local_route_joins_the_subnets_of_a_vpc():
    verdict = explain(network(), "Client", SERVER)

    assert (verdict.outcome.delivered_to, verdict.outcome.answered) == ("Server", True)
    assert verdict.reason == ("Closed default egress 1", "local", "Open ingress 1")


def test_a_subnet_without_association_has_the_main_table_which_leads_nowhere_else():
    asked = network(PublicUses=None)

    assert ask(asked, "Server", OUTSIDE) == NOBODY
    assert explain(asked, "Server", OUTSIDE).stopped == "no route of main:Vpc leads to 198.51.100.66"
    assert ask(asked, "Client", SERVER) == ("Server", CLIENT, True)


def test_the_longest_prefix_wins():
    asked = network(**nat(), Hole=route("PrivateTable", "198.51.100.0/24", InstanceId=ref("Server")))

    assert "destination check of Server" in explain(asked, "Client", OUTSIDE).stopped
    assert ask(asked, "Client", "8.8.8.8") == (INTERNET, "203.0.113.4", True)


def test_a_route_to_a_gateway_that_is_attached_to_nothing_is_a_black_hole():
    asked = network(Attachment=None)

    assert explain(asked, "Server", OUTSIDE).stopped == "WayOut is a black hole: Gateway is not there"
    assert ask(asked, INTERNET, SERVER_PUBLIC) == NOBODY


def test_an_address_of_the_vpc_that_nobody_has_gets_nothing():
    assert explain(network(), "Client", "10.0.0.99").stopped == "nobody has 10.0.0.99"


def test_a_route_that_leads_back_to_the_sender_leads_nowhere_whatever_it_claims():
    asked = network(
        Loop=route("PrivateTable", InstanceId=ref("Client")), Client=machine("Private", "Open", SourceDestCheck=False)
    )

    assert explain(asked, "Client", OUTSIDE).stopped == "Loop leads back to Client"
    assert explain(asked, "Client", OUTSIDE, claims="8.8.8.8").stopped == "Loop leads back to Client"


# -- internet gateway


def test_the_internet_gateway_translates_one_to_one_both_ways():
    assert ask(network(), "Server", OUTSIDE) == (INTERNET, SERVER_PUBLIC, True)
    assert ask(network(), INTERNET, SERVER_PUBLIC) == ("Server", OUTSIDE, True)


def test_a_private_address_is_no_way_in_and_none_out():
    asked = network(PrivateWayOut=route("PrivateTable", GatewayId=ref("Gateway")))

    assert explain(asked, "Client", OUTSIDE).stopped == "Gateway drops 10.0.1.4, which has no public address"
    assert ask(asked, INTERNET, CLIENT) == NOBODY


def test_a_public_address_in_a_subnet_without_a_way_out_gets_packets_and_cannot_answer():
    assert ask(network(WayOut=None), INTERNET, SERVER_PUBLIC) == ("Server", OUTSIDE, False)


def test_a_public_address_is_reached_from_inside_by_way_of_the_internet():
    asked = network(**nat(), ServerAddress=resource("EC2::EIP", InstanceId=ref("Server")))

    assert ask(asked, "Client", "203.0.113.5") == ("Server", "203.0.113.4", True)


def test_a_subnet_may_give_public_addresses():
    asked = network(
        Public=resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.0.0/24", MapPublicIpOnLaunch=True),
        ServerAddress=None,
    )

    assert ask(asked, INTERNET, SERVER_PUBLIC) == ("Server", OUTSIDE, True)


# -- NAT gateway


def test_a_nat_gateway_shows_its_address_and_takes_the_answer_back():
    asked = network(**nat(), Server=None, ServerAddress=None)

    assert ask(asked, "Client", OUTSIDE) == (INTERNET, "203.0.113.4", True)
    assert explain(asked, "Client", OUTSIDE).reason == (
        "Closed default egress 1",
        "PrivateWayOut",
        "Nat",
        "WayOut",
        "Gateway",
    )


@pytest.mark.parametrize("sender", [INTERNET, "Client"])
@pytest.mark.parametrize("kind", ["syn", "ack", "datagram", "echo"])
def test_a_nat_gateway_takes_no_new_connections(sender: str, kind: str):
    asked = network(**nat(), Server=None, ServerAddress=None)
    address = "203.0.113.4" if sender == INTERNET else "10.0.0.4"

    assert ask(asked, sender, address, kind=kind) == NOBODY


def test_a_nat_gateway_in_a_private_subnet_leads_back_to_itself():
    verdict = explain(network(**nat("Private")), "Client", OUTSIDE)

    assert verdict.stopped == "PrivateWayOut leads back to Nat"


def test_a_private_nat_gateway_does_not_reach_the_internet():
    private = resource("EC2::NatGateway", SubnetId=ref("Public"), ConnectivityType="private")
    asked = network(**nat() | {"Nat": private, "NatAddress": None})

    assert explain(asked, "Client", OUTSIDE).stopped == "Gateway drops 10.0.0.4, which has no public address"


def test_nat_behind_nat_is_translated_twice():
    inner = nat("Inner")
    asked = network(
        Inner=resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.2.0/24"),
        InnerTable=resource("EC2::RouteTable", VpcId=ref("Vpc")),
        InnerUses=association("Inner", "InnerTable"),
        Outer=resource("EC2::NatGateway", SubnetId=ref("Public"), AllocationId=get_att("OuterAddress", "AllocationId")),
        OuterAddress=resource("EC2::EIP"),
        InnerWayOut=route("InnerTable", NatGatewayId=ref("Outer")),
        **inner,
    )

    assert ask(asked, "Client", OUTSIDE) == (INTERNET, "203.0.113.5", True)


def test_a_regional_nat_gateway_leaves_by_the_address_of_the_zone_and_outlives_another():
    zones = [
        {"AvailabilityZone": zone, "AllocationIds": [get_att(f"Address{zone}", "AllocationId")]} for zone in ("a", "b")
    ]
    asked = network(
        Public=resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.0.0/24", AvailabilityZone="b"),
        Private=resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.1.0/24", AvailabilityZone="a"),
        PublicUses=resource(
            "EC2::SubnetRouteTableAssociation", SubnetId=ref("Public"), RouteTableId=ref("PrivateTable")
        ),
        Nat=resource("EC2::NatGateway", AvailabilityMode="regional", VpcId=ref("Vpc"), AvailabilityZoneAddresses=zones),
        Addressa=resource("EC2::EIP"),
        Addressb=resource("EC2::EIP"),
        PrivateWayOut=route("PrivateTable", NatGatewayId=ref("Nat")),
        ServerAddress=None,
    )

    assert ask(asked, "Client", OUTSIDE) == (INTERNET, "203.0.113.4", True)
    assert ask(asked, "Server", OUTSIDE) == (INTERNET, "203.0.113.5", True)
    assert ask(without_zone(asked, "a"), "Server", OUTSIDE) == (INTERNET, "203.0.113.5", True)
    assert ask(asked, INTERNET, "203.0.113.4") == NOBODY
