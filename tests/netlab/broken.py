"""Thirty networks broken by hand, each with the intent that must see it. The intents were developed on these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.netlab.scenes import Scene

ANYWHERE, ANYWHERE_V6, OF_THE_VPC = "0.0.0.0/0", "::/0", "10.38.0.0/20"


@dataclass(frozen=True)
class Broken:
    """A way to break a network."""

    title: str
    seen_by: str
    """Name of an intent that must be broken; empty for a change that changes nothing."""
    change: Callable[[Scene], None]


BROKEN: list[Broken] = []


def breaks(title: str, seen_by: str) -> Callable[[Callable[[Scene], None]], None]:
    return lambda change: BROKEN.append(Broken(title, seen_by, change))


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def tcp(port: int, **peer: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **peer}


def add(scene: Scene, name: str, kind: str, **properties: Any) -> None:
    scene.environment[name] = {"Type": f"AWS::EC2::{kind}", "Properties": properties}


def let_in(scene: Scene, *rules: dict[str, Any]) -> None:
    scene.environment["WorkstationSecurityGroup"]["Properties"]["SecurityGroupIngress"] = list(rules)


def interface(scene: Scene) -> dict[str, Any]:
    """Of every workstation, since all share one template."""
    return scene.workstation["Instance"]["Properties"]["NetworkInterfaces"][0]


def route(scene: Scene, name: str, **target: Any) -> None:
    """Lead a route elsewhere."""
    old = scene.environment[name]["Properties"]
    kept = {key: value for key, value in old.items() if key in ("RouteTableId", "DestinationCidrBlock")}
    scene.environment[name]["Properties"] = kept | target


def give_ipv6(scene: Scene) -> None:
    """IPv6 for the VPC, its private subnets and the machines there."""
    add(scene, "Ipv6", "VPCCidrBlock", VpcId=ref("Vpc"), AmazonProvidedIpv6CidrBlock=True)
    whole = {"Fn::Select": [0, {"Fn::GetAtt": ["Vpc", "Ipv6CidrBlocks"]}]}
    for number, letter in enumerate("AB"):
        subnet = scene.environment[f"PrivateSubnet{letter}"]
        subnet["DependsOn"] = "Ipv6"
        subnet["Properties"]["Ipv6CidrBlock"] = {"Fn::Select": [number, {"Fn::Cidr": [whole, 4, 64]}]}
        subnet["Properties"]["AssignIpv6AddressOnCreation"] = True


def acl(scene: Scene, **entries: dict[str, Any]) -> None:
    """A network ACL around the private subnets."""
    add(scene, "Acl", "NetworkAcl", VpcId=ref("Vpc"))
    for letter in "AB":
        subnet = ref(f"PrivateSubnet{letter}")
        add(scene, f"Acl{letter}", "SubnetNetworkAclAssociation", NetworkAclId=ref("Acl"), SubnetId=subnet)
    for name, entry in entries.items():
        whole = {"NetworkAclId": ref("Acl"), "CidrBlock": ANYWHERE, "RuleAction": "allow", "Protocol": -1, **entry}
        add(scene, name, "NetworkAclEntry", **whole)


IN, OUT = {"RuleNumber": 100, "Egress": False}, {"RuleNumber": 100, "Egress": True}


@breaks("01 port 22 open to the world", "groups-alone-keep-out")
def _(scene: Scene) -> None:
    let_in(scene, tcp(22, CidrIp=ANYWHERE))


@breaks("02 UDP 8443 open to the world", "groups-alone-keep-out")
def _(scene: Scene) -> None:
    let_in(scene, tcp(8443, CidrIp=ANYWHERE) | {"IpProtocol": "udp"})


@breaks("03 everything open to the VPC", "workstations-apart")
def _(scene: Scene) -> None:
    let_in(scene, {"IpProtocol": "-1", "CidrIp": OF_THE_VPC})


@breaks("04 workstations open to each other", "workstations-apart")
def _(scene: Scene) -> None:
    group = {"Fn::GetAtt": ["WorkstationSecurityGroup", "GroupId"]}
    add(scene, "Each", "SecurityGroupIngress", GroupId=group, IpProtocol="-1", SourceSecurityGroupId=group)


@breaks("05 port 22 open to the world over IPv6", "groups-alone-keep-out")
def _(scene: Scene) -> None:
    give_ipv6(scene)
    let_in(scene, tcp(22, CidrIpv6=ANYWHERE_V6))


@breaks("06 private route to the internet gateway", "downloads-get-out")
def _(scene: Scene) -> None:
    route(scene, "PrivateDefaultRouteA", GatewayId=ref("InternetGateway"))


@breaks("07 NAT gateway in a private subnet", "downloads-get-out")
def _(scene: Scene) -> None:
    scene.environment["NatGatewayA"]["Properties"]["SubnetId"] = ref("PrivateSubnetA")


@breaks("08 no private default route", "downloads-get-out")
def _(scene: Scene) -> None:
    del scene.environment["PrivateDefaultRouteB"]


@breaks("09 no public default route", "downloads-get-out")
def _(scene: Scene) -> None:
    del scene.environment["PublicDefaultRoute"]


@breaks("10 internet gateway attached to nothing", "downloads-get-out")
def _(scene: Scene) -> None:
    del scene.environment["InternetGatewayAttachment"]
    for resource in scene.environment.values():
        if resource.get("DependsOn") == "InternetGatewayAttachment":
            del resource["DependsOn"]


@breaks("11 subnet without its route table", "downloads-get-out")
def _(scene: Scene) -> None:
    del scene.environment["PrivateRouteTableAssociationA"]


@breaks("12 private subnet with the public route table", "downloads-get-out")
def _(scene: Scene) -> None:
    scene.environment["PrivateRouteTableAssociationA"]["Properties"]["RouteTableId"] = ref("PublicRouteTable")


@breaks("13 the same, and public addresses for machines", "nothing-gets-in")
def _(scene: Scene) -> None:
    scene.environment["PrivateRouteTableAssociationA"]["Properties"]["RouteTableId"] = ref("PublicRouteTable")
    interface(scene)["AssociatePublicIpAddress"] = True


@breaks("14 public address for machines", "nothing-gets-in")
def _(scene: Scene) -> None:
    interface(scene)["AssociatePublicIpAddress"] = True


@breaks("15 Elastic IP address on machines", "nothing-gets-in")
def _(scene: Scene) -> None:
    machine = {"Domain": "vpc", "InstanceId": ref("Instance")}
    scene.workstation["Address"] = {"Type": "AWS::EC2::EIP", "Properties": machine}


@breaks("16 machine in a public subnet", "downloads-get-out")
def _(scene: Scene) -> None:
    scene.templates["environment.yaml"]["Outputs"]["PrivateSubnetIdA"]["Value"] = ref("PublicSubnetA")


@breaks("17 source and destination check off", "no-lies-from-inside")
def _(scene: Scene) -> None:
    scene.workstation["Instance"]["Properties"]["SourceDestCheck"] = False


@breaks("18 egress on 443 alone", "downloads-get-out")
def _(scene: Scene) -> None:
    group = scene.environment["WorkstationSecurityGroup"]["Properties"]
    group["SecurityGroupEgress"] = [tcp(443, CidrIp=ANYWHERE)]


@breaks("19 no egress", "downloads-get-out")
def _(scene: Scene) -> None:
    group = scene.environment["WorkstationSecurityGroup"]["Properties"]
    group["SecurityGroupEgress"] = [tcp(443, CidrIp="127.0.0.1/32")]


@breaks("20 ACL that stops the answers", "downloads-get-out")
def _(scene: Scene) -> None:
    acl(scene, In=IN | {"Protocol": 6, "PortRange": {"From": 443, "To": 443}}, Out=OUT)


@breaks("21 ACL that stops everything on its way out", "endpoints-answer")
def _(scene: Scene) -> None:
    acl(scene, In=IN, Out=OUT | {"RuleAction": "deny"})


@breaks("22 private NAT gateway", "downloads-get-out")
def _(scene: Scene) -> None:
    properties = scene.environment["NatGatewayA"]["Properties"]
    del properties["AllocationId"]
    properties["ConnectivityType"] = "private"


@breaks("23 both zones on one NAT gateway", "zones-stand-alone")
def _(scene: Scene) -> None:
    route(scene, "PrivateDefaultRouteB", NatGatewayId=ref("NatGatewayA"))


@breaks("24 private IPv6 route to the internet gateway", "nothing-gets-in")
def _(scene: Scene) -> None:
    give_ipv6(scene)
    for letter in "AB":
        table = ref(f"PrivateRouteTable{letter}")
        properties = {
            "RouteTableId": table,
            "DestinationIpv6CidrBlock": ANYWHERE_V6,
            "GatewayId": ref("InternetGateway"),
        }
        add(scene, f"Ipv6Route{letter}", "Route", **properties)


@breaks("25 egress by every protocol", "nothing-else-gets-out")
def _(scene: Scene) -> None:
    group = scene.environment["WorkstationSecurityGroup"]["Properties"]
    group["SecurityGroupEgress"] = [{"IpProtocol": "-1", "CidrIp": ANYWHERE}]


@breaks("26 S3 endpoint missing in one route table", "s3-stays-inside")
def _(scene: Scene) -> None:
    scene.environment["S3Endpoint"]["Properties"]["RouteTableIds"] = [ref("PrivateRouteTableA")]


@breaks("27 endpoints closed", "endpoints-answer")
def _(scene: Scene) -> None:
    scene.environment["EndpointSecurityGroup"]["Properties"]["SecurityGroupIngress"] = [tcp(443, CidrIp="10.0.0.0/24")]


@breaks("28 machines in the default security group", "workstations-apart")
def _(scene: Scene) -> None:
    del interface(scene)["GroupSet"]


@breaks("29 private default route to a machine", "downloads-get-out")
def _(scene: Scene) -> None:
    group, subnet = ref("WorkstationSecurityGroup"), ref("PublicSubnetA")
    add(scene, "Router", "Instance", SubnetId=subnet, SecurityGroupIds=[group], SourceDestCheck=False)
    route(scene, "PrivateDefaultRouteA", InstanceId=ref("Router"))


@breaks("30 ACL that allows everything, as the default one does", "")
def _(scene: Scene) -> None:
    acl(scene, In=IN, Out=OUT)
