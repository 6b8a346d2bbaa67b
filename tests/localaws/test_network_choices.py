"""Regional NAT gateways, blocks from IPAM pools, and a VPC that was there: what is asked for is what is described."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.localaws.parts import TAGS, network, subnet
from tests.localaws.stack import TemplateStack, get_att, ref, resource, template

Agree = Callable[[str, object, object], None]
ZONES = ("use1-az1", "use1-az2")


def regional(*zones: str) -> dict[str, Any]:
    """A VPC with one regional NAT gateway; with zones, an address of its own for each."""
    parts = network()
    for number, _ in enumerate(zones):
        parts[f"Address{number}"] = resource("AWS::EC2::EIP", {"Domain": "vpc"}, DependsOn="Attachment")
    listed = [
        {"AvailabilityZoneId": zone, "AllocationIds": [get_att(f"Address{number}", "AllocationId")]}
        for number, zone in enumerate(zones)
    ]
    given = {"AvailabilityMode": "regional", "ConnectivityType": "public", "VpcId": ref("Vpc"), "Tags": TAGS}
    parts["Nat"] = resource(
        "AWS::EC2::NatGateway",
        given | ({"AvailabilityZoneAddresses": listed} if listed else {}),
        DependsOn="Attachment",
    )
    parts["Route"] = resource(
        "AWS::EC2::Route",
        {"RouteTableId": ref("Table"), "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": ref("Nat")},
    )
    return parts


def gateway(stack: TemplateStack) -> dict[str, Any]:
    found = stack.client("ec2").describe_nat_gateways(NatGatewayIds=[stack.id("Nat")])
    return found["NatGateways"][0]


def zones_and_addresses(stack: TemplateStack) -> dict[str, str]:
    return {item["AvailabilityZoneId"]: item["PublicIp"] for item in gateway(stack)["NatGatewayAddresses"]}


def refused(work: Callable[[], object]) -> str:
    """The code of the error that `work` must end in."""
    with pytest.raises(ClientError) as raised:
        work()
    return raised.value.response["Error"]["Code"]


def test_a_regional_nat_gateway_is_in_the_zones_of_its_addresses(stack: TemplateStack, agree: Agree) -> None:
    stack.create(template(**regional(*ZONES)))
    made = gateway(stack)

    agree("NatGateway regional mode", ("regional", "public"), (made["AvailabilityMode"], made["ConnectivityType"]))
    agree("NatGateway regional place", (stack.id("Vpc"), None), (made["VpcId"], made.get("SubnetId")))
    agree("NatGateway regional zones", "disabled", made["AutoProvisionZones"])
    expected = {zone: stack.id(f"Address{number}") for number, zone in enumerate(ZONES)}
    agree("NatGateway regional addresses create", expected, zones_and_addresses(stack))
    own = [tag for tag in made["Tags"] if not tag["Key"].startswith("aws:")]
    agree("NatGateway regional tags create", TAGS, own)
    table = stack.client("ec2").describe_route_tables(RouteTableIds=[stack.id("Table")])["RouteTables"][0]
    agree("Route to a regional NAT", made["NatGatewayId"], table["Routes"][-1]["NatGatewayId"])

    stack.update(template(**regional(*ZONES, "use1-az4")))
    expected["use1-az4"] = stack.id("Address2")
    agree("NatGateway regional keeps", made["NatGatewayId"], stack.id("Nat"))
    agree("NatGateway regional addresses update", expected, zones_and_addresses(stack))

    stack.delete()
    left = stack.client("ec2").describe_addresses(PublicIps=[])["Addresses"]
    agree("NatGateway regional delete", [], [item for item in left if item["PublicIp"] in expected.values()])


def test_a_nat_gateway_that_follows_machines_has_an_address_where_one_is(
    stack: TemplateStack, agree: Agree, image_id: str
) -> None:
    ec2 = stack.client("ec2")
    parts = {**regional(), "Far": subnet("10.0.2.0/24", "use1-az2")}
    stack.create(template(**parts))
    agree(
        "NatGateway automatic create",
        ("enabled", {}),
        (gateway(stack)["AutoProvisionZones"], zones_and_addresses(stack)),
    )

    run = ec2.run_instances(ImageId=image_id, InstanceType="t3.micro", SubnetId=stack.id("Far"), MinCount=1, MaxCount=1)
    first = zones_and_addresses(stack)
    agree("NatGateway automatic follows", ["use1-az2"], list(first))
    agree("NatGateway automatic keeps its address", first, zones_and_addresses(stack))
    ec2.terminate_instances(InstanceIds=[run["Instances"][0]["InstanceId"]])
    agree("NatGateway automatic contracts", {}, zones_and_addresses(stack))


def test_what_a_regional_nat_gateway_cannot_be_is_refused(stack: TemplateStack) -> None:
    ec2 = stack.client("ec2")
    stack.create(template(**regional(*ZONES)))
    vpc, here = stack.id("Vpc"), stack.id("Public")
    held = gateway(stack)["NatGatewayAddresses"][0]["AllocationId"]

    def make(**arguments: Any) -> str:
        return refused(lambda: ec2.create_nat_gateway(AvailabilityMode="regional", **arguments))

    assert make(VpcId=vpc, SubnetId=here) == "InvalidParameterCombination"
    assert make(VpcId=vpc, AllocationId=held) == "InvalidParameterCombination"
    assert make(VpcId=vpc, ConnectivityType="private") == "InvalidParameterCombination"
    assert make() == "MissingParameter"
    taken = [{"AvailabilityZoneId": ZONES[0], "AllocationIds": [held]}]
    assert make(VpcId=vpc, AvailabilityZoneAddresses=taken) == "Resource.AlreadyAssociated"
    nowhere = [{"AvailabilityZoneId": "use1-az99", "AllocationIds": [held]}]
    assert make(VpcId=vpc, AvailabilityZoneAddresses=nowhere) == "InvalidParameterValue"
    alone = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    assert make(VpcId=alone) == "Gateway.NotAttached"
    assert refused(lambda: ec2.create_nat_gateway(VpcId=vpc)) == "InvalidParameterCombination"
    assert refused(lambda: ec2.create_nat_gateway()) == "MissingParameter"
    gateway_id = stack.id("Gateway")
    still_used = refused(lambda: ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc))
    assert still_used == "DependencyViolation"
    ec2.delete_vpc(VpcId=alone)


def test_a_nat_gateway_does_not_turn_from_fixed_to_automatic(stack: TemplateStack) -> None:
    stack.create(template(**regional(*ZONES)))
    before = zones_and_addresses(stack)
    parts = regional(*ZONES)
    del parts["Nat"]["Properties"]["AvailabilityZoneAddresses"]

    assert stack.update(template(**parts)) == "UPDATE_ROLLBACK_COMPLETE"
    assert zones_and_addresses(stack) == before


def pool(stack: TemplateStack, *blocks: str, **limits: int) -> str:
    ec2 = stack.client("ec2")
    made = ec2.create_ipam_pool(IpamScopeId="ipam-scope-1", Locale="us-east-1", AddressFamily="ipv4", **limits)
    identifier = made["IpamPool"]["IpamPoolId"]
    for block in blocks:
        ec2.provision_ipam_pool_cidr(IpamPoolId=identifier, Cidr=block)
    return identifier


def from_pool(length: int = 20) -> dict[str, Any]:
    cut = {"Fn::Select": [4, {"Fn::Cidr": [get_att("Vpc", "CidrBlock"), 8, 32 - length - 3]}]}
    vpc = resource("AWS::EC2::VPC", {"Ipv4IpamPoolId": ref("Pool"), "Ipv4NetmaskLength": length})
    private = resource("AWS::EC2::Subnet", {"VpcId": ref("Vpc"), "CidrBlock": cut, "AvailabilityZoneId": ZONES[0]})
    outputs = {"Block": {"Value": get_att("Private", "CidrBlock")}}
    return {**template(Vpc=vpc, Private=private), "Parameters": {"Pool": {"Type": "String"}}, "Outputs": outputs}


def test_a_vpc_gets_the_first_free_block_of_its_pool(stack: TemplateStack, agree: Agree) -> None:
    ec2 = stack.client("ec2")
    identifier = pool(stack, "10.99.0.0/19")
    other = ec2.create_vpc(Ipv4IpamPoolId=identifier, Ipv4NetmaskLength=20)["Vpc"]
    stack.create(from_pool(), {"Pool": identifier})

    vpc = ec2.describe_vpcs(VpcIds=[stack.id("Vpc")])["Vpcs"][0]
    agree("VPC from a pool", ("10.99.0.0/20", "10.99.16.0/20"), (other["CidrBlock"], vpc["CidrBlock"]))
    made = ec2.describe_subnets(SubnetIds=[stack.id("Private")])["Subnets"][0]
    agree("Subnet cut by Fn::Cidr", ("10.99.24.0/23", "10.99.24.0/23"), (made["CidrBlock"], stack.outputs()["Block"]))
    given = ec2.get_ipam_pool_allocations(IpamPoolId=identifier)["IpamPoolAllocations"]
    agree("IPAM allocations", {other["VpcId"], vpc["VpcId"]}, {item["ResourceId"] for item in given})

    stack.delete()
    given = ec2.get_ipam_pool_allocations(IpamPoolId=identifier)["IpamPoolAllocations"]
    agree("IPAM release", [other["VpcId"]], [item["ResourceId"] for item in given])
    ec2.delete_vpc(VpcId=other["VpcId"])


def test_what_a_pool_cannot_give_is_refused(stack: TemplateStack) -> None:
    ec2 = stack.client("ec2")
    small = pool(stack, "10.98.0.0/24", AllocationMinNetmaskLength=18, AllocationMaxNetmaskLength=24)
    elsewhere = ec2.create_ipam_pool(IpamScopeId="s", Locale="eu-west-1", AddressFamily="ipv4")["IpamPool"]

    def make(identifier: str, length: int) -> str:
        return refused(lambda: ec2.create_vpc(Ipv4IpamPoolId=identifier, Ipv4NetmaskLength=length))

    assert make(small, 20) == "InsufficientCidrBlocks"
    assert make(small, 16) == "InvalidParameterValue"
    assert make(elsewhere["IpamPoolId"], 20) == "InvalidParameterValue"
    assert make("ipam-pool-01234567", 20) == "InvalidIpamPoolId.NotFound"
    assert stack.create(from_pool(), {"Pool": small}) == "ROLLBACK_COMPLETE"


def test_one_vpc_has_one_endpoint_for_a_name_and_one_for_a_route(stack: TemplateStack) -> None:
    ec2 = stack.client("ec2")
    stack.create(template(**network()))
    vpc, table = stack.id("Vpc"), stack.id("Table")
    private_dns = {"VpcEndpointType": "Interface", "SubnetIds": [stack.id("Private")], "PrivateDnsEnabled": True}
    s3 = {"VpcEndpointType": "Gateway", "RouteTableIds": [table]}
    services = {"com.amazonaws.us-east-1.ssm": private_dns, "com.amazonaws.us-east-1.s3": s3}
    made = [
        ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=name, **how)["VpcEndpoint"]["VpcEndpointId"]
        for name, how in services.items()
    ]

    again = [
        refused(lambda name=name, how=how: ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=name, **how))
        for name, how in services.items()
    ]

    assert again == ["InvalidParameter", "RouteAlreadyExists"]
    ec2.delete_vpc_endpoints(VpcEndpointIds=made)
