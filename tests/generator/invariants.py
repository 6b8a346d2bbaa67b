"""What holds for every environment and workstation, whatever the config: the promises to the security reviewer."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

Template = dict[str, Any]


def broken(environment: Template, workstation: Template) -> list[str]:
    """The promises that these templates break; none is what we want."""
    return [
        *_ingress(environment),
        *_public_addresses(environment, workstation),
        *_private_routes(environment),
        *_encryption(environment, workstation),
        *_retention(environment, workstation),
        *_metadata_service(workstation),
        *_names(environment, workstation),
        *_blocks(environment),
    ]


def of_type(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """The properties of every resource of one type, by logical id."""
    return {
        title: resource.get("Properties", {})
        for title, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def _ingress(environment: Template) -> Iterator[str]:
    vpc = IPv4Network(of_type(environment, "AWS::EC2::VPC")["Vpc"]["CidrBlock"])
    if "AWS::EC2::SecurityGroupIngress" in {resource["Type"] for resource in environment["Resources"].values()}:
        yield "an ingress rule outside its group"
    for title, group in of_type(environment, "AWS::EC2::SecurityGroup").items():
        for rule in group.get("SecurityGroupIngress", []):
            if title == "WorkstationSecurityGroup":
                yield "an ingress rule for workstations"
            if not IPv4Network(rule.get("CidrIp", "0.0.0.0/0")).subnet_of(vpc):
                yield f"{title}: ingress from outside the VPC"
            if (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) != ("tcp", 443, 443):
                yield f"{title}: ingress on something else than HTTPS"
        if not group.get("SecurityGroupEgress"):
            yield f"{title}: AWS's default egress rule"


def _public_addresses(environment: Template, workstation: Template) -> Iterator[str]:
    for title, subnet in of_type(environment, "AWS::EC2::Subnet").items():
        if subnet["MapPublicIpOnLaunch"] is not False:
            yield f"{title} gives out public addresses"
    for title, instance in of_type(workstation, "AWS::EC2::Instance").items():
        interfaces = instance["NetworkInterfaces"]
        if [interface["AssociatePublicIpAddress"] for interface in interfaces] != [False]:
            yield f"{title} has a public address"
    nat = {"Fn::GetAtt": [["NatAddress" + letter, "AllocationId"] for letter in "ABCD"]}["Fn::GetAtt"]
    used = [gateway["AllocationId"]["Fn::GetAtt"] for gateway in of_type(environment, "AWS::EC2::NatGateway").values()]
    if len(of_type(environment, "AWS::EC2::EIP")) != len(used) or not all(address in nat for address in used):
        yield "a public address that is no NAT gateway's"


def _private_routes(environment: Template) -> Iterator[str]:
    gateways = of_type(environment, "AWS::EC2::NatGateway")
    routes = of_type(environment, "AWS::EC2::Route").values()
    tables = {
        association["SubnetId"]["Ref"]: association["RouteTableId"]["Ref"]
        for association in of_type(environment, "AWS::EC2::SubnetRouteTableAssociation").values()
    }
    for subnet in of_type(environment, "AWS::EC2::Subnet"):
        targets = [route for route in routes if route["RouteTableId"]["Ref"] == tables.get(subnet)]
        if subnet.startswith("Private"):
            if len(targets) != bool(gateways) or any("NatGatewayId" not in route for route in targets):
                yield f"{subnet}: a way out that is not NAT, or none where there should be"
        elif [list(route["GatewayId"].values()) for route in targets] != [["InternetGateway"]]:
            yield f"{subnet} does not lead to the internet gateway"
    for title, gateway in gateways.items():
        if not gateway["SubnetId"]["Ref"].startswith("PublicSubnet"):
            yield f"{title} is in a private subnet"
    private = sorted(table for subnet, table in tables.items() if subnet.startswith("Private"))
    s3 = of_type(environment, "AWS::EC2::VPCEndpoint")["S3Endpoint"]
    if sorted(table["Ref"] for table in s3["RouteTableIds"]) != private or len(set(private)) != len(private):
        yield "S3's endpoint is not on every private route table"
    for title, endpoint in of_type(environment, "AWS::EC2::VPCEndpoint").items():
        if title != "S3Endpoint" and not (endpoint["PrivateDnsEnabled"] and len(endpoint["SubnetIds"]) == len(private)):
            yield f"{title} is not in every zone under its own name"


def _encryption(environment: Template, workstation: Template) -> Iterator[str]:
    volumes = list(of_type(workstation, "AWS::EC2::Volume").values())
    for instance in of_type(workstation, "AWS::EC2::Instance").values():
        volumes += [mapping["Ebs"] for mapping in instance["BlockDeviceMappings"]]
    customer = "EncryptionKey" in environment["Resources"]
    if len(volumes) != 2 or not all(volume.get("Encrypted") is True for volume in volumes):
        yield "a volume in the clear"
    if not all(("KmsKeyId" in volume) == customer for volume in volumes):
        yield "a volume with the wrong key"
    for title, key in of_type(environment, "AWS::KMS::Key").items():
        if key["EnableKeyRotation"] is not True:
            yield f"{title} does not rotate"
    for title, group in of_type(environment, "AWS::Logs::LogGroup").items():
        if ("KmsKeyId" in group) != customer:
            yield f"{title} with the wrong key"


def _retention(environment: Template, workstation: Template) -> Iterator[str]:
    legal = {("Snapshot", "Snapshot"), ("RetainExceptOnCreate", "Retain"), ("Retain", "Retain")}
    stateful = ("AWS::EC2::Volume", "AWS::KMS::Key", "AWS::Logs::LogGroup")
    for title, resource in [*environment["Resources"].items(), *workstation["Resources"].items()]:
        policies = (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
        if resource["Type"] in stateful and policies not in legal:
            yield f"{title} is lost when it is removed or replaced"
    for title, volume in of_type(workstation, "AWS::EC2::Volume").items():
        if volume["AvailabilityZone"] != {"Ref": "AvailabilityZone"}:
            yield f"{title} is not in the zone that is handed over"


def _metadata_service(workstation: Template) -> Iterator[str]:
    for title, template in of_type(workstation, "AWS::EC2::LaunchTemplate").items():
        options = template["LaunchTemplateData"]["MetadataOptions"]
        if options["HttpTokens"] != "required" or options["HttpPutResponseHopLimit"] not in (1, 2):
            yield f"{title} allows IMDSv1"
    for title, instance in of_type(workstation, "AWS::EC2::Instance").items():
        if instance["LaunchTemplate"] != {"LaunchTemplateId": {"Ref": "LaunchTemplate"}, "Version": "1"}:
            yield f"{title} does not use the first version of its launch template"


def _names(environment: Template, workstation: Template) -> Iterator[str]:
    named = ("RoleName", "ManagedPolicyName", "InstanceProfileName", "GroupName", "LogGroupName", "LaunchTemplateName")
    for template in (environment, workstation):
        for title, resource in template["Resources"].items():
            fixed = [name for name in named if isinstance(resource.get("Properties", {}).get(name), str)]
            if fixed or resource["Type"] in ("AWS::CloudFormation::Stack", "AWS::CloudFormation::Macro"):
                yield f"{title} has a fixed name or is nested"
        if "Transform" in template or any("Export" in output for output in template["Outputs"].values()):
            yield "a transform or an export"


def _blocks(environment: Template) -> Iterator[str]:
    vpc = IPv4Network(of_type(environment, "AWS::EC2::VPC")["Vpc"]["CidrBlock"])
    subnets = [IPv4Network(subnet["CidrBlock"]) for subnet in of_type(environment, "AWS::EC2::Subnet").values()]
    if not all(subnet.subnet_of(vpc) and subnet.prefixlen <= 28 for subnet in subnets):
        yield "a subnet outside the VPC, or smaller than AWS allows"
    if any(one.overlaps(other) for index, one in enumerate(subnets) for other in subnets[:index]):
        yield "subnets that overlap"
