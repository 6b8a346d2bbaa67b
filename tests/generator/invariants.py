"""What holds for every environment and workstation, whatever the config: the promises to the security reviewer."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

from analysis.intrinsics import cidr

Template = dict[str, Any]


def broken(environment: Template, workstation: Template) -> list[str]:
    """The promises that these templates break; none is what we want."""
    return [
        *_ingress(environment),
        *_public_addresses(environment, workstation),
        *_private_routes(environment),
        *_regional_nat(environment),
        *_endpoints(environment),
        *_untouched(environment),
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


def is_existing(environment: Template) -> bool:
    """Whether the VPC was there before: the template is told its id."""
    return "VpcId" in environment["Parameters"]


def _inside(block: Any, environment: Template) -> bool:
    """Whether a rule's addresses are the VPC's own, whatever they are going to be."""
    if isinstance(block, str):
        vpc = of_type(environment, "AWS::EC2::VPC").get("Vpc", {}).get("CidrBlock")
        return vpc is not None and IPv4Network(block).subnet_of(IPv4Network(vpc))
    if "Ref" in block:
        return is_existing(environment) and block["Ref"] == "VpcCidrBlock"
    subnet, attribute = block["Fn::GetAtt"]
    return attribute == "CidrBlock" and subnet in of_type(environment, "AWS::EC2::Subnet")


def _ingress(environment: Template) -> Iterator[str]:
    if "AWS::EC2::SecurityGroupIngress" in {resource["Type"] for resource in environment["Resources"].values()}:
        yield "an ingress rule outside its group"
    for title, group in of_type(environment, "AWS::EC2::SecurityGroup").items():
        for rule in group.get("SecurityGroupIngress", []):
            if title == "WorkstationSecurityGroup":
                yield "an ingress rule for workstations"
            if not _inside(rule.get("CidrIp", "0.0.0.0/0"), environment):
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
    used = [address["Fn::GetAtt"][0] for address in _nat_addresses(environment)]
    if sorted(of_type(environment, "AWS::EC2::EIP")) != sorted(used):
        yield "a public address that is no NAT gateway's"


def _nat_addresses(environment: Template) -> Iterator[dict[str, Any]]:
    """The allocation ids that NAT gateways hold."""
    for gateway in of_type(environment, "AWS::EC2::NatGateway").values():
        yield from [gateway["AllocationId"]] if "AllocationId" in gateway else ()
        for zone in gateway.get("AvailabilityZoneAddresses", ()):
            yield from zone["AllocationIds"]


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
        if "SubnetId" in gateway and not gateway["SubnetId"]["Ref"].startswith("PublicSubnet"):
            yield f"{title} is in a private subnet"


def _regional_nat(environment: Template) -> Iterator[str]:
    subnets = of_type(environment, "AWS::EC2::Subnet")
    zones = [subnet["AvailabilityZoneId"] for title, subnet in subnets.items() if title.startswith("Private")]
    for title, gateway in of_type(environment, "AWS::EC2::NatGateway").items():
        if gateway.get("AvailabilityMode", "zonal") == "zonal":
            continue
        listed = gateway.get("AvailabilityZoneAddresses")
        if listed is not None and [zone["AvailabilityZoneId"] for zone in listed] != zones:
            yield f"{title} is not in every zone"
        if "SubnetId" in gateway or any(subnet.startswith("Public") for subnet in subnets):
            yield f"{title} with a public subnet, which it does not need"
        if environment["Resources"][title].get("DependsOn") != "InternetGatewayAttachment":
            yield f"{title} does not wait for the internet gateway"


def _endpoints(environment: Template) -> Iterator[str]:
    endpoints = of_type(environment, "AWS::EC2::VPCEndpoint")
    if is_existing(environment):
        zones = sum(name.startswith("PrivateSubnetId") for name in environment["Parameters"])
        tables: Any = {"Ref": "PrivateRouteTableIds"}
    else:
        associations = of_type(environment, "AWS::EC2::SubnetRouteTableAssociation").items()
        tables = [item["RouteTableId"] for title, item in associations if title.startswith("Private")]
        zones = len({table["Ref"] for table in tables})
    for title, endpoint in endpoints.items():
        if title == "S3Endpoint":
            if endpoint["RouteTableIds"] != tables:
                yield "S3's endpoint is not on every private route table"
        elif not (endpoint["PrivateDnsEnabled"] and len(endpoint["SubnetIds"]) == zones):
            yield f"{title} is not in every zone under its own name"
    if "S3Endpoint" not in endpoints and not is_existing(environment):
        yield "no endpoint for S3"


OURS_ONLY = ("VPC", "Subnet", "RouteTable", "Route", "SubnetRouteTableAssociation", "InternetGateway")
OURS_ONLY += ("VPCGatewayAttachment", "NatGateway", "EIP", "NetworkAcl")


def _untouched(environment: Template) -> Iterator[str]:
    """What is there already gets no part of ours but security groups, endpoints and logs of the machines' subnets."""
    if is_existing(environment):
        for kind in OURS_ONLY:
            yield from (f"{title} in a VPC that is not ours" for title in of_type(environment, f"AWS::EC2::{kind}"))
        for title, log in of_type(environment, "AWS::EC2::FlowLog").items():
            if log["ResourceType"] != "Subnet":
                yield f"{title} records more than the machines' subnets"


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
    for properties in of_type(environment, "AWS::EC2::VPC").values():
        vpc = _vpc_block(properties)
        subnets = [_subnet_block(subnet, vpc) for subnet in of_type(environment, "AWS::EC2::Subnet").values()]
        if not all(subnet.subnet_of(vpc) and subnet.prefixlen <= 28 for subnet in subnets):
            yield "a subnet outside the VPC, or smaller than AWS allows"
        if any(one.overlaps(other) for index, one in enumerate(subnets) for other in subnets[:index]):
            yield "subnets that overlap"
        if ("CidrBlock" in properties) == ("Fn::Cidr" in str(environment["Resources"])):
            yield "a literal block that is cut by a function, or the other way round"


def _vpc_block(properties: dict[str, Any]) -> IPv4Network:
    """The VPC's block; for one from a pool, any block of its length."""
    return IPv4Network(properties.get("CidrBlock", f"10.0.0.0/{properties.get('Ipv4NetmaskLength')}"))


def _subnet_block(properties: dict[str, Any], vpc: IPv4Network) -> IPv4Network:
    block = properties["CidrBlock"]
    if isinstance(block, dict):
        index, cut = block["Fn::Select"]
        whole, count, host_bits = cut["Fn::Cidr"]
        assert whole == {"Fn::GetAtt": ["Vpc", "CidrBlock"]}
        block = cidr(str(vpc), count, host_bits)[index]
    return IPv4Network(block)
