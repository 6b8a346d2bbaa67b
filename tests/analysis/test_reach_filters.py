"""What AWS's groups, ACLs and checks let pass, each rule on a VPC small enough to answer for by hand."""

from __future__ import annotations

import pytest

from analysis.network import read
from analysis.network.builds import open_routes, open_rules
from analysis.network.probe import INTERNET
from analysis.resolve import Context, resolve
from tests.analysis.networks import get_att, ref, resource
from tests.analysis.small import (
    CLIENT,
    EVERYTHING,
    OUTSIDE,
    OUTSIDE_IPV6,
    SERVER,
    SERVER_PUBLIC,
    acl,
    ask,
    explain,
    group,
    ipv6,
    machine,
    nat,
    network,
    route,
    template,
)

NOBODY = (None, "", False)
HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}


# -- security groups


def test_a_group_without_ingress_lets_nothing_in_but_answers():
    assert explain(network(), "Server", CLIENT).stopped == "no ingress rule of Closed allows tcp 443 from 10.0.0.4"
    assert ask(network(), "Client", SERVER) == ("Server", CLIENT, True)


@pytest.mark.parametrize(
    ("port", "kind", "passes"), [(443, "syn", True), (442, "syn", False), (443, "datagram", False)]
)
def test_a_rule_names_protocol_and_ports(port: int, kind: str, *, passes: bool):
    asked = network(Open=group(SecurityGroupIngress=[HTTPS | {"CidrIp": "10.0.0.0/16"}]))

    assert passes == ask(asked, "Client", SERVER, kind=kind, port=port)[2]


def test_naming_egress_takes_the_place_of_allowing_all():
    asked = network(Closed=group(SecurityGroupEgress=[HTTPS | {"CidrIp": "10.0.0.0/24"}]))

    assert ask(asked, "Client", SERVER)[2]
    assert explain(asked, "Client", SERVER, port=80).stopped == "no egress rule of Closed allows tcp 80 to 10.0.0.4"


def test_a_standalone_egress_rule_takes_the_place_of_allowing_all():
    rule = resource("EC2::SecurityGroupEgress", GroupId=get_att("Closed", "GroupId"), CidrIp="10.0.0.0/24", **HTTPS)
    asked = network(OnlyThis=rule)

    assert explain(asked, "Client", SERVER).reason[0] == "OnlyThis"
    assert ask(asked, "Client", SERVER, port=80) == NOBODY


def test_a_group_as_a_peer_means_the_private_addresses_of_its_members():
    open_ = group(SecurityGroupIngress=[HTTPS | {"SourceSecurityGroupId": get_att("Closed", "GroupId")}])
    asked = network(Open=open_, Other=machine("Private"), **nat())

    assert ask(asked, "Client", SERVER[:-1] + "5") == ("Server", CLIENT, True)
    assert ask(asked, "Other", SERVER[:-1] + "5") == NOBODY
    assert ask(asked, "Client", "203.0.113.5") == NOBODY, "by the internet it comes from the NAT gateway"


def test_a_machine_without_a_group_has_the_default_one_whose_members_meet():
    asked = network(One=machine("Private"), Two=machine("Public"))

    assert ask(asked, "One", "10.0.0.5")[::2] == ("Two", True)
    assert ask(asked, "Client", "10.0.0.5") == NOBODY


def test_the_prefix_list_of_s3_is_known_by_its_parameter():
    rule = HTTPS | {"DestinationPrefixListId": ref("S3PrefixListId")}
    endpoint = resource("EC2::VPCEndpoint", VpcId=ref("Vpc"), ServiceName="x.s3", RouteTableIds=[ref("PrivateTable")])
    text = template(Closed=group(SecurityGroupEgress=[rule]), S3=endpoint)
    text["Parameters"] = {"S3PrefixListId": {"Type": "String"}}
    asked = read(resolve(text, {"S3PrefixListId": "pl-63a5400a"}, Context()))

    assert ask(asked, "Client", "192.0.2.10") == ("S3", CLIENT, True)
    assert ask(asked, "Client", SERVER) == NOBODY


# -- network ACLs

ANYTHING_OUT = (True, "allow", -1, (0, 65535))
ANYTHING_IN = (False, "allow", -1, (0, 65535))


def test_an_acl_refuses_what_no_entry_names():
    verdict = explain(network(**acl(ANYTHING_OUT)), "Client", SERVER)

    assert verdict.stopped == "network ACL Acl has no entry for it: tcp 443 in from 10.0.1.4"


def test_the_first_entry_that_fits_decides():
    asked = network(**acl((False, "deny", 6, (22, 22)), ANYTHING_IN, ANYTHING_OUT))

    assert "refuses it by Entry1" in explain(asked, "Client", SERVER, port=22).stopped
    assert explain(asked, "Client", SERVER).reason[2:] == ("Entry2", "Open ingress 1")


def test_an_acl_has_no_memory_so_answers_need_the_ephemeral_ports():
    asked = network(**acl(ANYTHING_IN, (True, "allow", 6, (443, 443))))

    assert ask(asked, "Client", SERVER) == ("Server", CLIENT, False)
    asked = network(**acl(ANYTHING_IN, (True, "allow", 6, (1024, 65535))))

    assert ask(asked, "Client", SERVER) == ("Server", CLIENT, True)


def test_a_nat_gateway_may_choose_any_ephemeral_port():
    half = network(**acl((False, "allow", 6, (32768, 65535)), (False, "allow", 6, (443, 443)), ANYTHING_OUT), **nat())

    assert ask(half, "Client", OUTSIDE) == (INTERNET, "203.0.113.4", False)


def test_inside_a_subnet_no_acl_is_asked():
    asked = network(**acl(), Neighbour=machine("Public", "Open"))

    assert ask(asked, "Neighbour", "10.0.0.5") == ("Server", "10.0.0.4", True)


# -- source and destination check


def test_a_lie_about_the_source_dies_at_the_interface():
    assert (
        explain(network(), "Client", SERVER, claims="10.0.0.9").stopped
        == "source check of Client: 10.0.0.9 is not its address"
    )


def test_without_the_check_a_lie_is_delivered_and_the_answer_goes_elsewhere():
    asked = network(Client=machine("Private", "Closed", SourceDestCheck=False))

    assert ask(asked, "Client", SERVER, claims="10.0.1.77") == ("Server", "10.0.1.77", False)


def test_a_machine_without_the_check_gets_what_is_routed_to_it():
    trap = {"Trap": route("PrivateTable", InstanceId=ref("Server"))}

    assert ask(network(**trap), "Client", OUTSIDE) == NOBODY
    asked = network(**trap, Server=machine("Public", "Open", SourceDestCheck=False))

    assert ask(asked, "Client", OUTSIDE) == ("Server", CLIENT, False)


def test_link_local_addresses_stay_on_the_host():
    assert "169.254.169.254 is link-local" in explain(network(**nat()), "Client", "169.254.169.254").stopped


# -- endpoints


def test_s3_sees_the_private_address_and_only_tables_with_the_endpoint_lead_there():
    endpoint = resource("EC2::VPCEndpoint", VpcId=ref("Vpc"), ServiceName="x.s3", RouteTableIds=[ref("PrivateTable")])
    asked = network(S3=endpoint, **nat())

    assert ask(asked, "Client", "192.0.2.10") == ("S3", CLIENT, True)
    assert ask(asked, "Server", "192.0.2.10") == (INTERNET, "203.0.113.5", True)


def test_an_interface_endpoint_answers_what_its_group_lets_in():
    endpoint = resource(
        "EC2::VPCEndpoint",
        VpcId=ref("Vpc"),
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.us-east-1.ssm",
        SubnetIds=[ref("Private")],
        SecurityGroupIds=[get_att("Https", "GroupId")],
    )
    asked = network(Ssm=endpoint, Https=group(SecurityGroupIngress=[HTTPS | {"CidrIp": "10.0.1.0/24"}]))

    assert ask(asked, "Client", "10.0.1.5") == ("Ssm:Private", CLIENT, True)
    assert ask(asked, "Client", "10.0.1.5", port=80) == NOBODY


# -- IPv6


def test_ipv6_goes_both_ways_through_the_internet_gateway_untranslated():
    asked = network(**ipv6())

    assert ask(asked, "Server", OUTSIDE_IPV6) == (INTERNET, "2001:db8::4", True)
    assert ask(asked, INTERNET, "2001:db8::4") == ("Server", OUTSIDE_IPV6, True)


def test_an_egress_only_gateway_lets_out_and_answers_in_and_nothing_else():
    egress_only = {
        "EgressOnly": resource("EC2::EgressOnlyInternetGateway", VpcId=ref("Vpc")),
        "PrivateWayOut6": route("PrivateTable", "::/0", EgressOnlyInternetGatewayId=ref("EgressOnly")),
        "Attachment": None,
        "Closed": group(SecurityGroupIngress=[{"IpProtocol": "-1", "CidrIpv6": "::/0"}]),
    }
    asked = network(**ipv6() | egress_only)

    assert ask(asked, "Client", OUTSIDE_IPV6) == (INTERNET, "2001:db8:0:1::4", True)
    assert ask(asked, INTERNET, "2001:db8:0:1::4") == NOBODY


# -- block public access


@pytest.mark.parametrize(
    ("mode", "server_gets", "client_out"),
    [("off", True, True), ("block-ingress", False, True), ("block-bidirectional", False, False)],
)
def test_blocking_public_access_leaves_at_most_the_nat_gateway(mode: str, *, server_gets: bool, client_out: bool):
    block = resource("EC2::VPCBlockPublicAccessOptions", InternetGatewayBlockMode=mode)
    asked = network(Block=block, **nat())

    assert server_gets == (ask(asked, INTERNET, "203.0.113.5")[0] == "Server")
    assert server_gets == (ask(asked, "Server", OUTSIDE)[0] == INTERNET)
    assert client_out == ask(asked, "Client", OUTSIDE)[2]


# -- builds


def test_with_rules_open_routing_alone_decides():
    asked = open_rules(network(**acl(), Open=group()))

    assert ask(asked, "Client", SERVER) == ("Server", CLIENT, True)
    assert ask(asked, INTERNET, CLIENT) == NOBODY


def test_with_routes_open_the_groups_alone_decide():
    asked = open_routes(network(Attachment=None, Gateway=None, WayOut=None))
    public = {item.name: str(item.public_address) for item in asked.interfaces}

    assert ask(asked, INTERNET, public["Server"]) == ("Server", OUTSIDE, True)
    assert "no ingress rule of Closed" in explain(asked, INTERNET, public["Client"]).stopped


def test_a_spoofed_source_from_outside_is_not_stopped_by_the_gateway():
    open_ = group(SecurityGroupIngress=[EVERYTHING | {"CidrIp": "10.0.0.0/16"}])

    assert ask(network(Open=open_), INTERNET, SERVER_PUBLIC, claims=CLIENT) == ("Server", CLIENT, False)
