"""VPC, gateways, subnets and routing: what the template says is what describe calls show."""

# ruff: noqa: FBT003 - `agree` compares values, and some are booleans

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.localaws.parts import OTHER_TAGS, TAGS, network, subnet
from tests.localaws.stack import TemplateStack, get_att, ref, resource, template

Agree = Callable[[str, object, object], None]


def own_tags(described: dict[str, Any]) -> list[dict[str, str]]:
    return [tag for tag in described["Tags"] if not tag["Key"].startswith("aws:")]


def dns(stack: TemplateStack, vpc_id: str) -> tuple[bool, bool]:
    ec2 = stack.client("ec2")
    support = ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute="enableDnsSupport")["EnableDnsSupport"]
    names = ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute="enableDnsHostnames")["EnableDnsHostnames"]
    return support["Value"], names["Value"]


def test_a_vpc_is_what_its_template_says(stack: TemplateStack, agree: Agree) -> None:
    ec2 = stack.client("ec2")
    outputs = {
        name: {"Value": get_att("Vpc", name)}
        for name in ("VpcId", "CidrBlock", "DefaultSecurityGroup", "DefaultNetworkAcl")
    }

    def body(**properties: Any) -> dict[str, Any]:
        return {**template(Vpc=resource("AWS::EC2::VPC", properties)), "Outputs": outputs}

    stack.create(body(CidrBlock="10.0.0.0/20", EnableDnsHostnames=True, Tags=TAGS))
    vpc_id = stack.id("Vpc")
    vpc = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0]

    agree("VPC CidrBlock create", "10.0.0.0/20", vpc["CidrBlock"])
    agree("VPC dns create", (True, True), dns(stack, vpc_id))
    agree("VPC tags create", TAGS, own_tags(vpc))
    told = stack.outputs()
    agree("VPC GetAtt", (vpc_id, "10.0.0.0/20"), (told["VpcId"], told["CidrBlock"]))
    group = ec2.describe_security_groups(GroupIds=[told["DefaultSecurityGroup"]])["SecurityGroups"][0]
    agree("VPC GetAtt DefaultSecurityGroup", ("default", vpc_id), (group["GroupName"], group["VpcId"]))
    acl = ec2.describe_network_acls(NetworkAclIds=[told["DefaultNetworkAcl"]])["NetworkAcls"][0]
    agree("VPC GetAtt DefaultNetworkAcl", (True, vpc_id), (acl["IsDefault"], acl["VpcId"]))

    stack.update(body(CidrBlock="10.0.0.0/20", EnableDnsSupport=True, Tags=OTHER_TAGS))
    vpc = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0]
    agree("VPC update keeps", vpc_id, stack.id("Vpc"))
    agree("VPC dns update", (True, False), dns(stack, vpc_id))
    agree("VPC tags update", OTHER_TAGS, own_tags(vpc))

    stack.update(body(CidrBlock="10.1.0.0/20"))
    vpc = ec2.describe_vpcs(VpcIds=[stack.id("Vpc")])["Vpcs"][0]
    agree("VPC CidrBlock replace", "10.1.0.0/20", vpc["CidrBlock"])
    agree("VPC replace removes the old one", 0, len(ec2.describe_vpcs(Filters=[id_is("vpc-id", vpc_id)])["Vpcs"]))

    replaced = stack.id("Vpc")
    stack.delete()
    agree("VPC delete", 0, len(ec2.describe_vpcs(Filters=[id_is("vpc-id", replaced)])["Vpcs"]))


def id_is(name: str, value: str) -> dict[str, Any]:
    return {"Name": name, "Values": [value]}


def test_a_subnet_is_what_its_template_says(stack: TemplateStack, agree: Agree) -> None:
    ec2 = stack.client("ec2")

    def body(made: dict[str, Any]) -> dict[str, Any]:
        vpc = resource("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"})
        outputs = {"Zone": {"Value": get_att("Subnet", "AvailabilityZone")}}
        return {**template(Vpc=vpc, Subnet=made), "Outputs": outputs}

    stack.create(body(subnet("10.0.0.0/24", "use1-az2", MapPublicIpOnLaunch=True, Tags=TAGS)))
    first = stack.id("Subnet")
    shown = ec2.describe_subnets(SubnetIds=[first])["Subnets"][0]
    agree("Subnet CidrBlock create", "10.0.0.0/24", shown["CidrBlock"])
    agree("Subnet AvailabilityZoneId create", "use1-az2", shown["AvailabilityZoneId"])
    agree("Subnet MapPublicIpOnLaunch create", True, shown["MapPublicIpOnLaunch"])
    agree("Subnet VpcId create", stack.id("Vpc"), shown["VpcId"])
    agree("Subnet tags create", TAGS, own_tags(shown))
    agree("Subnet GetAtt AvailabilityZone", shown["AvailabilityZone"], stack.outputs()["Zone"])

    stack.update(body(subnet("10.0.0.0/24", "use1-az2", MapPublicIpOnLaunch=False, Tags=OTHER_TAGS)))
    shown = ec2.describe_subnets(SubnetIds=[first])["Subnets"][0]
    agree("Subnet MapPublicIpOnLaunch update", False, shown["MapPublicIpOnLaunch"])
    agree("Subnet tags update", OTHER_TAGS, own_tags(shown))

    stack.update(body(subnet("10.0.7.0/24", "use1-az1")))
    shown = ec2.describe_subnets(SubnetIds=[stack.id("Subnet")])["Subnets"][0]
    agree("Subnet replace", ("10.0.7.0/24", "use1-az1"), (shown["CidrBlock"], shown["AvailabilityZoneId"]))
    agree("Subnet default MapPublicIpOnLaunch", False, shown["MapPublicIpOnLaunch"])
    left = ec2.describe_subnets(Filters=[id_is("subnet-id", first)])["Subnets"]
    agree("Subnet replace removes the old one", [], left)

    stack.delete()
    left = ec2.describe_subnets(Filters=[id_is("subnet-id", shown["SubnetId"])])["Subnets"]
    agree("Subnet delete", [], left)


def test_an_internet_gateway_is_attached_as_its_template_says(stack: TemplateStack, agree: Agree) -> None:
    ec2 = stack.client("ec2")
    parts = {name: network()[name] for name in ("Vpc", "Gateway", "Attachment")}
    parts["Gateway"] = resource("AWS::EC2::InternetGateway", {"Tags": TAGS})
    stack.create(template(**parts))
    first = stack.id("Gateway")
    shown = ec2.describe_internet_gateways(InternetGatewayIds=[first])["InternetGateways"][0]
    agree("InternetGateway tags create", TAGS, own_tags(shown))
    agree("VPCGatewayAttachment create", [stack.id("Vpc")], [item["VpcId"] for item in shown["Attachments"]])

    parts["Gateway"] = resource("AWS::EC2::InternetGateway", {"Tags": OTHER_TAGS})
    stack.update(template(**parts))
    shown = ec2.describe_internet_gateways(InternetGatewayIds=[first])["InternetGateways"][0]
    agree("InternetGateway tags update", OTHER_TAGS, own_tags(shown))

    other = resource("AWS::EC2::InternetGateway")
    moved = resource("AWS::EC2::VPCGatewayAttachment", {"VpcId": ref("Vpc"), "InternetGatewayId": ref("Other")})
    stack.update(template(Vpc=parts["Vpc"], Gateway=parts["Gateway"], Other=other, Attachment=moved))
    shown = ec2.describe_internet_gateways(InternetGatewayIds=[stack.id("Other")])["InternetGateways"][0]
    agree("VPCGatewayAttachment update", [stack.id("Vpc")], [item["VpcId"] for item in shown["Attachments"]])

    stack.delete()
    left = ec2.describe_internet_gateways(Filters=[id_is("internet-gateway-id", first)])["InternetGateways"]
    agree("InternetGateway delete", [], left)


def routes(stack: TemplateStack, table: str) -> dict[str, str]:
    """Destination to target of the routes that are not local."""
    shown = stack.client("ec2").describe_route_tables(RouteTableIds=[stack.id(table)])["RouteTables"][0]
    return {
        item.get("DestinationCidrBlock") or item["DestinationPrefixListId"]: item.get("NatGatewayId")
        or item.get("GatewayId", "")
        for item in shown["Routes"]
        if item.get("GatewayId") != "local"
    }


def routed() -> dict[str, Any]:
    """A network whose table goes out through a NAT gateway."""
    return {
        **network(),
        "Address": resource("AWS::EC2::EIP", {"Domain": "vpc", "Tags": TAGS}, DependsOn="Attachment"),
        "Nat": resource(
            "AWS::EC2::NatGateway",
            {"AllocationId": get_att("Address", "AllocationId"), "SubnetId": ref("Public"), "Tags": TAGS},
        ),
        "Route": resource(
            "AWS::EC2::Route",
            {"RouteTableId": ref("Table"), "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": ref("Nat")},
        ),
        "Association": resource(
            "AWS::EC2::SubnetRouteTableAssociation", {"RouteTableId": ref("Table"), "SubnetId": ref("Private")}
        ),
    }


def test_routes_addresses_and_nat_gateways_are_what_their_template_says(stack: TemplateStack, agree: Agree) -> None:
    ec2 = stack.client("ec2")
    parts = routed()
    parts["Table"] = resource("AWS::EC2::RouteTable", {"VpcId": ref("Vpc"), "Tags": TAGS})
    stack.create({**template(**parts), "Outputs": {"Allocation": {"Value": get_att("Address", "AllocationId")}}})
    nat_id, table_id = stack.id("Nat"), stack.id("Table")
    agree("Route create", {"0.0.0.0/0": nat_id}, routes(stack, "Table"))
    table = ec2.describe_route_tables(RouteTableIds=[table_id])["RouteTables"][0]
    agree("RouteTable tags create", TAGS, own_tags(table))
    agree("RouteTable VpcId create", stack.id("Vpc"), table["VpcId"])
    associated = [item.get("SubnetId") for item in table["Associations"]]
    agree("SubnetRouteTableAssociation create", [stack.id("Private")], associated)
    address = ec2.describe_addresses(AllocationIds=[stack.outputs()["Allocation"]])["Addresses"][0]
    agree("EIP Ref is the address", stack.id("Address"), address["PublicIp"])
    agree("EIP tags create", TAGS, own_tags(address))
    gateway = ec2.describe_nat_gateways(NatGatewayIds=[nat_id])["NatGateways"][0]
    agree("NatGateway SubnetId create", stack.id("Public"), gateway["SubnetId"])
    agree("NatGateway tags create", TAGS, own_tags(gateway))
    allocations = [item["AllocationId"] for item in gateway["NatGatewayAddresses"]]
    agree("NatGateway AllocationId create", [address["AllocationId"]], allocations)

    parts["Address"]["Properties"]["Tags"] = parts["Nat"]["Properties"]["Tags"] = OTHER_TAGS
    parts["Table"]["Properties"]["Tags"] = OTHER_TAGS
    parts["Route"]["Properties"] = {
        "RouteTableId": ref("Table"),
        "DestinationCidrBlock": "0.0.0.0/0",
        "GatewayId": ref("Gateway"),
    }
    parts["Association"]["Properties"]["SubnetId"] = ref("Public")
    stack.update(template(**parts))
    agree("Route update", {"0.0.0.0/0": stack.id("Gateway")}, routes(stack, "Table"))
    shown = [
        ec2.describe_addresses(PublicIps=[stack.id("Address")])["Addresses"][0],
        ec2.describe_nat_gateways(NatGatewayIds=[nat_id])["NatGateways"][0],
        ec2.describe_route_tables(RouteTableIds=[table_id])["RouteTables"][0],
    ]
    agree("EIP, NatGateway and RouteTable tags update", [OTHER_TAGS] * 3, [own_tags(item) for item in shown])
    associated = [item.get("SubnetId") for item in shown[2]["Associations"]]
    agree("SubnetRouteTableAssociation replace", [stack.id("Public")], associated)

    parts["Route"]["Properties"]["DestinationCidrBlock"] = "10.9.0.0/16"
    parts["Nat"]["Properties"] = {"ConnectivityType": "private", "SubnetId": ref("Private")}
    stack.update(template(**parts))
    agree("Route replace", {"10.9.0.0/16": stack.id("Gateway")}, routes(stack, "Table"))
    gateway = ec2.describe_nat_gateways(NatGatewayIds=[stack.id("Nat")])["NatGateways"][0]
    agree("NatGateway replace", ("private", False), (gateway["ConnectivityType"], stack.id("Nat") == nat_id))

    address = stack.id("Address")
    stack.delete()
    agree("EIP delete", [], ec2.describe_addresses(Filters=[id_is("public-ip", address)])["Addresses"])
    left = ec2.describe_route_tables(Filters=[id_is("route-table-id", table_id)])["RouteTables"]
    agree("RouteTable delete", [], left)


def test_endpoints_are_what_their_template_says(stack: TemplateStack, agree: Agree) -> None:
    ec2 = stack.client("ec2")
    service = {"Fn::Sub": "com.amazonaws.${AWS::Region}.ssm"}
    policy = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}
    parts = {
        **network(),
        "OtherTable": resource("AWS::EC2::RouteTable", {"VpcId": ref("Vpc")}),
        "OtherGroup": resource("AWS::EC2::SecurityGroup", {"GroupDescription": "another", "VpcId": ref("Vpc")}),
        "Bucket": resource(
            "AWS::EC2::VPCEndpoint",
            {
                "VpcId": ref("Vpc"),
                "VpcEndpointType": "Gateway",
                "ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"},
                "RouteTableIds": [ref("Table")],
                "PolicyDocument": policy,
                "Tags": TAGS,
            },
        ),
        "Ssm": resource(
            "AWS::EC2::VPCEndpoint",
            {
                "VpcId": ref("Vpc"),
                "VpcEndpointType": "Interface",
                "ServiceName": service,
                "SubnetIds": [ref("Private")],
                "SecurityGroupIds": [ref("Group")],
                "PrivateDnsEnabled": True,
                "Tags": TAGS,
            },
        ),
    }
    stack.create(template(**parts))

    def shown(name: str) -> dict[str, Any]:
        return ec2.describe_vpc_endpoints(VpcEndpointIds=[stack.id(name)])["VpcEndpoints"][0]

    bucket, ssm = shown("Bucket"), shown("Ssm")
    agree("VPCEndpoint RouteTableIds create", [stack.id("Table")], bucket["RouteTableIds"])
    agree("VPCEndpoint ServiceName create", "com.amazonaws.us-east-1.s3", bucket["ServiceName"])
    agree("VPCEndpoint PolicyDocument create", True, "s3:GetObject" in bucket["PolicyDocument"])
    agree("VPCEndpoint SubnetIds create", [stack.id("Private")], ssm["SubnetIds"])
    agree("VPCEndpoint SecurityGroupIds create", [stack.id("Group")], [item["GroupId"] for item in ssm["Groups"]])
    agree("VPCEndpoint PrivateDnsEnabled create", True, ssm["PrivateDnsEnabled"])
    agree("VPCEndpoint tags create", [TAGS, TAGS], [own_tags(bucket), own_tags(ssm)])
    agree("VPCEndpoint gateway route", [stack.id("Bucket")], list(routes(stack, "Table").values()))

    parts["Bucket"]["Properties"] |= {"RouteTableIds": [ref("Table"), ref("OtherTable")], "Tags": OTHER_TAGS}
    parts["Ssm"]["Properties"] |= {
        "SubnetIds": [ref("Public")],
        "SecurityGroupIds": [ref("OtherGroup")],
        "PrivateDnsEnabled": False,
    }
    stack.update(template(**parts))
    bucket, ssm = shown("Bucket"), shown("Ssm")
    tables = {stack.id("Table"), stack.id("OtherTable")}
    agree("VPCEndpoint RouteTableIds update", tables, set(bucket["RouteTableIds"]))
    agree("VPCEndpoint gateway route update", [stack.id("Bucket")], list(routes(stack, "OtherTable").values()))
    agree("VPCEndpoint tags update", OTHER_TAGS, own_tags(bucket))
    agree("VPCEndpoint SubnetIds update", [stack.id("Public")], ssm["SubnetIds"])
    agree("VPCEndpoint SecurityGroupIds update", [stack.id("OtherGroup")], [item["GroupId"] for item in ssm["Groups"]])
    agree("VPCEndpoint PrivateDnsEnabled update", False, ssm["PrivateDnsEnabled"])

    parts["Bucket"]["Properties"] |= {"RouteTableIds": [ref("Table")]}
    parts["Ssm"]["Properties"]["ServiceName"] = {"Fn::Sub": "com.amazonaws.${AWS::Region}.logs"}
    stack.update(template(**parts))
    agree("VPCEndpoint gateway route gone", {}, routes(stack, "OtherTable"))
    agree("VPCEndpoint ServiceName replace", "com.amazonaws.us-east-1.logs", shown("Ssm")["ServiceName"])
    agree("VPCEndpoint replace", False, ssm["VpcEndpointId"] == stack.id("Ssm"))

    vpc_id = stack.id("Vpc")
    stack.delete()
    agree("VPCEndpoint delete", [], ec2.describe_vpc_endpoints(Filters=[id_is("vpc-id", vpc_id)])["VpcEndpoints"])


def test_block_public_access_is_simulated_and_says_so(stack: TemplateStack, agree: Agree) -> None:
    ec2 = stack.client("ec2")

    def mode() -> str:
        options = ec2.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
        return options["InternetGatewayBlockMode"]

    def body(wanted: str) -> dict[str, Any]:
        kind = "AWS::EC2::VPCBlockPublicAccessOptions"
        return template(Options=resource(kind, {"InternetGatewayBlockMode": wanted}))

    agree("VPCBlockPublicAccessOptions before", "off", mode())
    stack.create(body("block-bidirectional"))
    agree("VPCBlockPublicAccessOptions create", "block-bidirectional", mode())
    reasons = [reason for name, status, reason in stack.events() if (name, status) == ("Options", "CREATE_COMPLETE")]
    agree("VPCBlockPublicAccessOptions says so", True, reasons[0].startswith("[simulated: "))
    stack.update(body("block-ingress"))
    agree("VPCBlockPublicAccessOptions update", "block-ingress", mode())
    stack.delete()
    agree("VPCBlockPublicAccessOptions delete", "off", mode())
