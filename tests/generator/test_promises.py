"""The promises of `invariants.py` can fail: each is broken once by hand and must be named."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from analysis.resolve import load
from generator.assemble import assemble
from generator.reader import read_config
from generator.stacks import environment_stack, workstation_stack
from tests.conftest import ROOT
from tests.generator.invariants import Template, broken

Break = Callable[[dict[str, Any], dict[str, Any]], object]


def templates(config: str) -> tuple[Template, Template]:
    read = read_config((ROOT / f"config/{config}.toml").read_text(), config)
    return assemble(environment_stack(read)), assemble(workstation_stack(read))


def rule(**more: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **more}


def properties(template: dict[str, Any], title: str) -> dict[str, Any]:
    return template[title]["Properties"]


def new(kind: str, **more: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": more}


BREAKS: dict[str, tuple[Break, str]] = {
    "ingress on the workstation": (
        lambda e, w: properties(e, "WorkstationSecurityGroup").update(
            SecurityGroupIngress=[rule(CidrIp="10.64.0.0/24")]
        ),
        "an ingress rule for workstations",
    ),
    "ingress from the internet": (
        lambda e, w: properties(e, "EndpointSecurityGroup")["SecurityGroupIngress"].append(rule(CidrIp="0.0.0.0/0")),
        "EndpointSecurityGroup: ingress from outside the VPC",
    ),
    "ingress over IPv6": (
        lambda e, w: properties(e, "EndpointSecurityGroup")["SecurityGroupIngress"].append(rule(CidrIpv6="::/0")),
        "EndpointSecurityGroup: ingress from outside the VPC",
    ),
    "ingress on SSH": (
        lambda e, w: properties(e, "EndpointSecurityGroup")["SecurityGroupIngress"][0].update(FromPort=22),
        "EndpointSecurityGroup: ingress on something else than HTTPS",
    ),
    "ingress rule of its own": (
        lambda e, w: e.update(Open=new("AWS::EC2::SecurityGroupIngress")),
        "an ingress rule outside its group",
    ),
    "AWS's default egress": (
        lambda e, w: properties(e, "EndpointSecurityGroup").pop("SecurityGroupEgress"),
        "EndpointSecurityGroup: AWS's default egress rule",
    ),
    "public addresses in a subnet": (
        lambda e, w: properties(e, "PrivateSubnetA").update(MapPublicIpOnLaunch=True),
        "PrivateSubnetA gives out public addresses",
    ),
    "public address on the workstation": (
        lambda e, w: properties(w, "Instance")["NetworkInterfaces"][0].update(AssociatePublicIpAddress=True),
        "Instance has a public address",
    ),
    "an address of one's own": (
        lambda e, w: e.update(Address=new("AWS::EC2::EIP")),
        "a public address that is no NAT gateway's",
    ),
    "private subnet to the internet gateway": (
        lambda e, w: e.update(
            PrivateDefaultRouteA=new(
                "AWS::EC2::Route",
                RouteTableId={"Ref": "PrivateRouteTableA"},
                GatewayId={"Ref": "InternetGateway"},
            )
        ),
        "PrivateSubnetA: a way out that is not NAT, or none where there should be",
    ),
    "no way out": (
        lambda e, w: e.pop("PrivateDefaultRouteB"),
        "PrivateSubnetB: a way out that is not NAT, or none where there should be",
    ),
    "public subnet without a way out": (
        lambda e, w: e.pop("PublicDefaultRoute"),
        "PublicSubnetA does not lead to the internet gateway",
    ),
    "NAT in a private subnet": (
        lambda e, w: properties(e, "NatGatewayA").update(SubnetId={"Ref": "PrivateSubnetA"}),
        "NatGatewayA is in a private subnet",
    ),
    "S3 on one table only": (
        lambda e, w: properties(e, "S3Endpoint")["RouteTableIds"].pop(),
        "S3's endpoint is not on every private route table",
    ),
    "endpoint in one zone only": (
        lambda e, w: properties(e, "SsmEndpoint")["SubnetIds"].pop(),
        "SsmEndpoint is not in every zone under its own name",
    ),
    "home volume in the clear": (
        lambda e, w: properties(w, "HomeVolume").update(Encrypted=False),
        "a volume in the clear",
    ),
    "root volume in the clear": (
        lambda e, w: properties(w, "Instance")["BlockDeviceMappings"][0]["Ebs"].pop("Encrypted"),
        "a volume in the clear",
    ),
    "home volume with AWS's key": (
        lambda e, w: properties(w, "HomeVolume").pop("KmsKeyId"),
        "a volume with the wrong key",
    ),
    "flow log with AWS's key": (
        lambda e, w: properties(e, "FlowLogGroup").pop("KmsKeyId"),
        "FlowLogGroup with the wrong key",
    ),
    "key that does not rotate": (
        lambda e, w: properties(e, "EncryptionKey").update(EnableKeyRotation=False),
        "EncryptionKey does not rotate",
    ),
    "home volume deleted with its stack": (
        lambda e, w: w["HomeVolume"].update(DeletionPolicy="Delete"),
        "HomeVolume is lost when it is removed or replaced",
    ),
    "home volume lost when replaced": (
        lambda e, w: w["HomeVolume"].pop("UpdateReplacePolicy"),
        "HomeVolume is lost when it is removed or replaced",
    ),
    "key deleted with its stack": (
        lambda e, w: e["EncryptionKey"].pop("DeletionPolicy"),
        "EncryptionKey is lost when it is removed or replaced",
    ),
    "home volume in a fixed zone": (
        lambda e, w: properties(w, "HomeVolume").update(AvailabilityZone="us-east-1a"),
        "HomeVolume is not in the zone that is handed over",
    ),
    "IMDSv1": (
        lambda e, w: properties(w, "LaunchTemplate")["LaunchTemplateData"]["MetadataOptions"].update(
            HttpTokens="optional"
        ),
        "LaunchTemplate allows IMDSv1",
    ),
    "moving launch template": (
        lambda e, w: properties(w, "Instance")["LaunchTemplate"].update(Version="$Latest"),
        "Instance does not use the first version of its launch template",
    ),
    "fixed role name": (
        lambda e, w: properties(e, "WorkstationRole").update(RoleName="workstation"),
        "WorkstationRole has a fixed name or is nested",
    ),
    "subnets that overlap": (
        lambda e, w: properties(e, "PrivateSubnetA").update(CidrBlock="10.64.0.0/20"),
        "subnets that overlap",
    ),
    "subnet outside the VPC": (
        lambda e, w: properties(e, "PrivateSubnetA").update(CidrBlock="10.65.0.0/20"),
        "a subnet outside the VPC, or smaller than AWS allows",
    ),
}


@pytest.mark.parametrize("case", BREAKS)
def test_a_broken_promise_is_named(case):
    environment, workstation = copy.deepcopy(templates("maximal"))
    break_it, named = BREAKS[case]
    break_it(environment["Resources"], workstation["Resources"])

    assert named in broken(environment, workstation)


ELSEWHERE: dict[str, tuple[str, Break, str]] = {
    "a zone that the regional gateway leaves out": (
        "regional",
        lambda e, w: properties(e, "RegionalNatGateway")["AvailabilityZoneAddresses"].pop(),
        "RegionalNatGateway is not in every zone",
    ),
    "an address that the regional gateway leaves out": (
        "regional",
        lambda e, w: properties(e, "RegionalNatGateway").pop("AvailabilityZoneAddresses"),
        "a public address that is no NAT gateway's",
    ),
    "a regional gateway in a subnet": (
        "regional",
        lambda e, w: properties(e, "RegionalNatGateway").update(SubnetId={"Ref": "PrivateSubnetA"}),
        "RegionalNatGateway is in a private subnet",
    ),
    "a regional gateway with a public subnet": (
        "regional",
        lambda e, w: e.update(PublicSubnetA=e["PrivateSubnetA"]),
        "RegionalNatGateway with a public subnet, which it does not need",
    ),
    "a regional gateway that does not wait": (
        "regional",
        lambda e, w: e["RegionalNatGateway"].pop("DependsOn"),
        "RegionalNatGateway does not wait for the internet gateway",
    ),
    "a private subnet past the regional gateway": (
        "regional",
        lambda e, w: e.pop("PrivateDefaultRouteA"),
        "PrivateSubnetA: a way out that is not NAT, or none where there should be",
    ),
    "a literal block in a VPC from a pool": (
        "ipam",
        lambda e, w: properties(e, "PrivateSubnetA").update(CidrBlock="10.38.8.0/23"),
        "a subnet outside the VPC, or smaller than AWS allows",
    ),
    "one place for two subnets": (
        "ipam",
        lambda e, w: properties(e, "PrivateSubnetA").update(CidrBlock=properties(e, "PrivateSubnetB")["CidrBlock"]),
        "subnets that overlap",
    ),
    "a function where the block is known": (
        "default",
        lambda e, w: properties(e, "PrivateSubnetA").update(
            CidrBlock={"Fn::Select": [4, {"Fn::Cidr": [{"Fn::GetAtt": ["Vpc", "CidrBlock"]}, 8, 9]}]}
        ),
        "a literal block that is cut by a function, or the other way round",
    ),
    "ingress from elsewhere than the VPC of the pool": (
        "ipam",
        lambda e, w: properties(e, "EndpointSecurityGroup")["SecurityGroupIngress"].append(rule(CidrIp="10.0.0.0/8")),
        "EndpointSecurityGroup: ingress from outside the VPC",
    ),
    "ingress from elsewhere than the VPC that is there": (
        "existing-vpc",
        lambda e, w: properties(e, "EndpointSecurityGroup")["SecurityGroupIngress"][0].update(CidrIp={"Ref": "VpcId"}),
        "EndpointSecurityGroup: ingress from outside the VPC",
    ),
    "a route in a VPC that is there": (
        "existing-vpc",
        lambda e, w: e.update(Way=new("AWS::EC2::Route", RouteTableId={"Ref": "PrivateRouteTableIds"})),
        "Way in a VPC that is not ours",
    ),
    "S3 in a VPC that is there, on a table of its own": (
        "existing-vpc",
        lambda e, w: properties(e, "S3Endpoint").update(RouteTableIds=["rtb-01234567"]),
        "S3's endpoint is not on every private route table",
    ),
    "a log of others' traffic": (
        "existing-vpc",
        lambda e, w: properties(e, "FlowLogA").update(ResourceType="VPC", ResourceId={"Ref": "VpcId"}),
        "FlowLogA records more than the machines' subnets",
    ),
    "S3 through the NAT gateway": ("default", lambda e, w: e.pop("S3Endpoint"), "no endpoint for S3"),
}


@pytest.mark.parametrize("case", ELSEWHERE)
def test_a_promise_of_another_network_that_is_broken_is_named(case):
    config, break_it, named = ELSEWHERE[case]
    environment, workstation = copy.deepcopy(templates(config))
    break_it(environment["Resources"], workstation["Resources"])

    assert named in broken(environment, workstation)


def test_an_export_is_a_broken_promise():
    environment, workstation = copy.deepcopy(templates("default"))
    environment["Outputs"]["VpcId"]["Export"] = {"Name": "vpc"}

    assert broken(environment, workstation) == ["a transform or an export"]


@pytest.mark.parametrize("config", sorted(path.stem for path in ROOT.glob("config/*.toml")))
def test_the_committed_templates_keep_every_promise(config):
    folder = ROOT / "templates" / ("" if config == "default" else config)
    environment = load((folder / "environment.yaml").read_text())
    workstation = load((folder / "workstation.yaml").read_text())

    assert broken(environment, workstation) == []
