"""What the model does not cover is refused, by name and all at once; nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.network import NotModelledError, read
from analysis.resolve import Context, resolve
from tests.analysis.networks import get_att, ref, resource
from tests.analysis.small import group, machine, nat, network, route, template

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a type": ({"X": resource("EC2::TransitGateway")}, "X: AWS::EC2::TransitGateway is not modelled"),
    "another type": (
        {"X": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {}}},
        "X: AWS::ElasticLoadBalancingV2::LoadBalancer is not modelled",
    ),
    "a property": (
        {"Open": group(Colour="red")},
        "Open (AWS::EC2::SecurityGroup): Colour: not modelled",
    ),
    "a property of a rule": (
        {"Open": group(SecurityGroupIngress=[{"IpProtocol": "-1", "SourceSecurityGroupName": "x"}])},
        "Open (AWS::EC2::SecurityGroup): Open ingress 1: SourceSecurityGroupName: not modelled",
    ),
    "a protocol": (
        {"Open": group(SecurityGroupIngress=[{"IpProtocol": "50", "CidrIp": "0.0.0.0/0"}])},
        "Open (AWS::EC2::SecurityGroup): protocol 50: wanted tcp, udp, icmp, icmpv6 or -1",
    ),
    "one type of ICMP": (
        {"Open": group(SecurityGroupIngress=[{"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "CidrIp": "::/0"}])},
        "Open (AWS::EC2::SecurityGroup): icmp FromPort 8: one type or code is not modelled; wanted -1",
    ),
    "another prefix list": (
        {"Open": group(SecurityGroupIngress=[{"IpProtocol": "-1", "SourcePrefixListId": "pl-1"}])},
        "Open (AWS::EC2::SecurityGroup): SourcePrefixListId: pl-1: only S3's prefix list, the parameter S3PrefixListId"
        ", is modelled",
    ),
    "a route more specific than the VPC": (
        {"X": route("PrivateTable", "10.0.0.0/24", InstanceId=ref("Server"))},
        "X (AWS::EC2::Route): DestinationCidrBlock: 10.0.0.0/24: a route inside the VPC's own 10.0.0.0/16 is not "
        "modelled",
    ),
    "a route twice": (
        {"X": route("PublicTable", GatewayId=ref("Gateway"))},
        "X (AWS::EC2::Route): 0.0.0.0/0 is there twice in PublicTable: WayOut has it too",
    ),
    "peering": (
        {"X": route("PrivateTable", VpcPeeringConnectionId="pcx-1")},
        "X (AWS::EC2::Route): VpcPeeringConnectionId: not modelled",
    ),
    "NAT64": (
        {**nat(), "X": route("PrivateTable", "64:ff9b::/96", NatGatewayId=ref("Nat"))},
        "X (AWS::EC2::Route): NatGatewayId: NAT64 is not modelled",
    ),
    "what only AWS knows": (
        {"Private": resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock=get_att("Public", "OutpostArn"))},
        "Private (AWS::EC2::Subnet): CidrBlock: ${Public.OutpostArn}: known only after a deploy",
    ),
    "somebody else's subnet": (
        {"Client": resource("EC2::Instance", ImageId="x", SubnetId="subnet-0123456789abcdef0")},
        "Client (AWS::EC2::Instance): SubnetId: subnet-0123456789abcdef0: wanted a reference to an AWS::EC2::Subnet of "
        "this template",
    ),
    "a second interface": (
        {"Client": resource("EC2::Instance", NetworkInterfaces=[{"DeviceIndex": "0"}, {"DeviceIndex": "1"}])},
        "Client (AWS::EC2::Instance): NetworkInterfaces: only one interface, DeviceIndex 0, is modelled",
    ),
    "interfaces in a launch template": (
        {
            "Client": machine("Private", LaunchTemplate={"LaunchTemplateId": ref("Start"), "Version": "1"}),
            "Start": resource("EC2::LaunchTemplate", LaunchTemplateData={"SecurityGroupIds": ["sg-1"]}),
        },
        "Client (AWS::EC2::Instance): LaunchTemplate: SecurityGroupIds of Start: not modelled there",
    ),
    "a gateway endpoint of another service": (
        {"X": resource("EC2::VPCEndpoint", VpcId=ref("Vpc"), ServiceName="com.amazonaws.us-east-1.dynamodb")},
        "X (AWS::EC2::VPCEndpoint): ServiceName: com.amazonaws.us-east-1.dynamodb: of gateway endpoints only S3's is "
        "modelled",
    ),
    "a second VPC": (
        {"Vpc2": resource("EC2::VPC", CidrBlock="10.1.0.0/16")},
        "Vpc2 (AWS::EC2::VPC): a second VPC in one template is not modelled",
    ),
    "a block that AWS does not take": (
        {"Vpc": resource("EC2::VPC", CidrBlock="0.0.0.0/0")},
        "Vpc (AWS::EC2::VPC): 0.0.0.0/0: AWS takes prefixes from /16 to /28",
    ),
    "a subnet that AWS does not take": (
        {"Private": resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.1.0/29")},
        "Private (AWS::EC2::Subnet): 10.0.1.0/29: AWS takes prefixes from /16 to /28",
    ),
    "an address outside the subnet": (
        {"Client": machine("Private", "Closed", PrivateIpAddress="10.0.0.9")},
        "Client: PrivateIpAddress: 10.0.0.9 is not in Private",
    ),
    "an address twice": (
        {name: machine("Private", PrivateIpAddress="10.0.1.9") for name in ("Client", "X")},
        "X: PrivateIpAddress: Client has 10.0.1.9 too",
    ),
    "no address": (
        {"Client": machine("Private", "Closed", PrivateIpAddress="ten")},
        "Client (AWS::EC2::Instance): PrivateIpAddress: ten: wanted an IPv4 address",
    ),
    "a list that is none": (
        {"Open": group(SecurityGroupIngress={"IpProtocol": "-1"})},
        "Open (AWS::EC2::SecurityGroup): SecurityGroupIngress: {'IpProtocol': '-1'}: wanted a list",
    ),
    "a mapping that is none": (
        {"Open": group(SecurityGroupIngress=["all"])},
        "Open (AWS::EC2::SecurityGroup): SecurityGroupIngress: all: wanted a mapping",
    ),
    "two subnets in one place": (
        {"X": resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.1.128/25")},
        "X: 10.0.1.128/25 overlaps 10.0.1.0/24 of Private",
    ),
    "a public NAT gateway without an address": (
        {**nat(), "Nat": resource("EC2::NatGateway", SubnetId=ref("Public"))},
        "Nat (AWS::EC2::NatGateway): AllocationId: wanted for a public NAT gateway, and only there",
    ),
    "an entry of the default ACL": (
        {
            "X": resource(
                "EC2::NetworkAclEntry",
                NetworkAclId=get_att("Vpc", "DefaultNetworkAcl"),
                RuleNumber=1,
                Protocol=-1,
                RuleAction="deny",
                CidrBlock="0.0.0.0/0",
            )
        },
        "X (AWS::EC2::NetworkAclEntry): NetworkAclId: entries of a VPC's default ACL are not modelled",
    ),
}


@pytest.mark.parametrize(("changes", "finding"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_modelled_is_refused_by_name(changes: dict[str, Any], finding: str):
    with pytest.raises(NotModelledError) as error:
        network(**changes)

    assert (finding,) == error.value.findings


def test_all_findings_are_told_at_once():
    changes = {"X": resource("EC2::TransitGateway"), "Open": group(Colour="red")}
    changes["Vpc2"] = resource("EC2::VPC", CidrBlock="10.1.0.0/16")
    with pytest.raises(NotModelledError) as error:
        read(resolve(template(**changes), {}, Context()))

    assert sorted(finding.split()[0] for finding in error.value.findings) == ["Open", "Vpc2", "X:"]


def test_more_interfaces_than_addresses_are_refused():
    tiny = resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.1.0/28")
    more = {f"M{at}": machine("Private", "Open") for at in range(11)}
    with pytest.raises(NotModelledError, match=r"10\.0\.1\.0/28 has no address left"):
        network(Private=tiny, **more)
