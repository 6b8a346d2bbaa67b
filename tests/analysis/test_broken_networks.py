"""A network that is broken in one place breaks the intent that is about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from analysis.network import join, read, with_probes
from analysis.reach import Checked, check, promised
from tests.analysis import small
from tests.analysis.networks import environment, get_att, ref, resource, stacks, workstation

Change = Callable[[dict[str, Any]], object]


def checked(change: Change, nat: str = "per-zone") -> Checked:
    """Our small environment with two workstations, held to the promise of the unbroken one."""
    made, broken = environment(nat), environment(nat)
    change(broken["Resources"])
    people = stacks(("ada", "A"), ("bob", "B"))
    resolved = join(people, {"environment.yaml": made, "workstation.yaml": workstation()})
    promise = promised(resolved, with_probes(read(resolved)))
    other = join(people, {"environment.yaml": broken, "workstation.yaml": workstation()})
    return check(with_probes(read(other)), promise)


def test_the_small_environment_is_as_promised():
    assert [checked(lambda resources: None, nat).violations for nat in ("per-zone", "single")] == [(), ()]


def test_a_group_that_lets_out_to_everywhere_breaks_the_mode_without_internet():
    found = checked(lambda resources: None, "none").violations

    assert {("routes-open", "no-internet-by-groups")} == {(item.build, item.intent) for item in found}


EVERYWHERE = "0.0.0.0/0"


def ingress(resources: dict[str, Any], **rule: Any) -> None:
    resources["WorkstationSecurityGroup"]["Properties"]["SecurityGroupIngress"] = [rule]


def put(resources: dict[str, Any], name: str, **properties: Any) -> None:
    resources[name]["Properties"] |= properties


def ipv6_to_the_gateway(resources: dict[str, Any]) -> None:
    blocks = {"Fn::Select": [0, get_att("Vpc", "Ipv6CidrBlocks")]}
    own = {"Fn::Select": [0, {"Fn::Cidr": [blocks, 2, 64]}]}
    resources["Ipv6"] = resource("EC2::VPCCidrBlock", VpcId=ref("Vpc"), AmazonProvidedIpv6CidrBlock=True)
    put(resources, "PrivateSubnetA", Ipv6CidrBlock=own, AssignIpv6AddressOnCreation=True)
    resources["Six"] = small.route("PrivateRouteTableA", "::/0", GatewayId=ref("InternetGateway"))
    ingress(resources, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIpv6="::/0")


BROKEN: dict[str, tuple[Change, str]] = {
    "a group open to the internet": (
        lambda it: ingress(it, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp=EVERYWHERE),
        "groups-alone-keep-out",
    ),
    "a group open to one stranger": (
        lambda it: ingress(it, IpProtocol="udp", FromPort=8443, ToPort=8443, CidrIp="8.8.8.8/32"),
        "groups-alone-keep-out",
    ),
    "a group open to the VPC": (
        lambda it: ingress(it, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="10.0.0.0/20"),
        "workstations-apart",
    ),
    "a group open to itself": (
        lambda it: (
            ingress(it, IpProtocol="-1", SourceSecurityGroupId=get_att("WorkstationSecurityGroup", "GroupId"))
            or it.update(Self=it["WorkstationSecurityGroup"]["Properties"].pop("SecurityGroupIngress") and self_rule())
        ),
        "workstations-apart",
    ),
    "a private route to the internet gateway": (
        lambda it: it.update(PrivateDefaultRouteA=small.route("PrivateRouteTableA", GatewayId=ref("InternetGateway"))),
        "downloads-get-out",
    ),
    "a NAT gateway in a private subnet": (
        lambda it: put(it, "NatGatewayA", SubnetId=ref("PrivateSubnetA")),
        "downloads-get-out",
    ),
    "no private route": (lambda it: it.pop("PrivateDefaultRouteB"), "downloads-get-out"),
    "no public route": (lambda it: it.pop("PublicDefaultRoute"), "downloads-get-out"),
    "no association": (lambda it: it.pop("PrivateRouteTableAssociationA"), "s3-stays-inside"),
    "a private subnet with the public table": (
        lambda it: put(it, "PrivateRouteTableAssociationB", RouteTableId=ref("PublicRouteTable")),
        "s3-stays-inside",
    ),
    "both zones with one NAT gateway": (
        lambda it: put(it, "PrivateDefaultRouteB", NatGatewayId=ref("NatGatewayA")),
        "zones-stand-alone",
    ),
    "a private subnet that gives public addresses, and leads out": (
        lambda it: put(it, "PrivateSubnetA", MapPublicIpOnLaunch=True),
        "nothing-gets-in",
    ),
    "a machine in a public place": (
        lambda it: put(it, "PublicSubnetA", MapPublicIpOnLaunch=True),
        "nothing-gets-in",
    ),
    "egress to one block only": (
        lambda it: put(
            it,
            "WorkstationSecurityGroup",
            SecurityGroupEgress=[{"IpProtocol": "-1", "CidrIp": "198.51.100.0/24"}],
        ),
        "downloads-get-out",
    ),
    "egress to one port only": (
        lambda it: put(
            it,
            "WorkstationSecurityGroup",
            SecurityGroupEgress=[{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": EVERYWHERE}],
        ),
        "downloads-get-out",
    ),
    "egress to everything": (
        lambda it: it["WorkstationSecurityGroup"]["Properties"].pop("SecurityGroupEgress"),
        "nothing-else-gets-out",
    ),
    "no S3 endpoint on one table": (
        lambda it: put(it, "S3Endpoint", RouteTableIds=[ref("PrivateRouteTableA")]),
        "s3-stays-inside",
    ),
    "an ACL that forgets answers": (
        lambda it: (
            it.update(small.acl((True, "allow", -1, (0, 0)), (False, "allow", 6, (443, 443))))
            or it.update(
                Guards=resource(
                    "EC2::SubnetNetworkAclAssociation", SubnetId=ref("PublicSubnetA"), NetworkAclId=ref("Acl")
                )
            )
        ),
        "downloads-get-out",
    ),
    "IPv6 to the internet gateway": (ipv6_to_the_gateway, "nothing-gets-in"),
}


def self_rule() -> dict[str, Any]:
    own = get_att("WorkstationSecurityGroup", "GroupId")
    return resource("EC2::SecurityGroupIngress", GroupId=own, IpProtocol="-1", SourceSecurityGroupId=own)


@pytest.mark.parametrize(("change", "intent"), BROKEN.values(), ids=BROKEN)
def test_a_broken_network_breaks_an_intent(change: Change, intent: str):
    assert intent in {item.intent for item in checked(change).violations}


@pytest.mark.parametrize(
    ("change", "intent"),
    [
        (lambda it: put(it, "SsmEndpoint", SubnetIds=[ref("PrivateSubnetA")]), "is-there"),
        (lambda it: it["EndpointSecurityGroup"]["Properties"].pop("SecurityGroupIngress"), "endpoints-answer"),
        (
            lambda it: put(
                it, "EndpointSecurityGroup", SecurityGroupIngress=[{"IpProtocol": "-1", "CidrIp": "10.0.0.0/20"}]
            ),
            "endpoints-answer-nothing-else",
        ),
        (lambda it: it["EndpointSecurityGroup"]["Properties"].pop("SecurityGroupEgress"), "endpoints-start-nothing"),
    ],
    ids=["an endpoint in one zone only", "endpoints closed", "endpoints wide open", "endpoints that may start"],
)
def test_a_broken_endpoint_breaks_an_intent(change: Change, intent: str):
    assert intent in {item.intent for item in checked(change, "none").violations}


def test_a_violation_says_who_reached_whom_and_why():
    change, _ = BROKEN["a group open to the VPC"]
    found = next(item for item in checked(change).violations if item.intent == "workstations-apart")

    assert found.build == "plain"
    assert found.outcome.delivered_to == "ada/Instance"
    assert found.why.endswith("local > WorkstationSecurityGroup ingress 1")


def test_a_machine_that_forwards_breaks_an_intent():
    template = workstation()
    template["Resources"]["Instance"]["Properties"]["SourceDestCheck"] = False
    people = stacks(("ada", "A"))
    resolved = join(people, {"environment.yaml": environment(), "workstation.yaml": template})
    network = with_probes(read(resolved))

    intents = {item.intent for item in check(network, promised(resolved, network)).violations}
    assert intents == {"no-lies-from-inside"}
