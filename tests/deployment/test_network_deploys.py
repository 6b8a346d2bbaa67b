"""Each kind of network, deployed for real to the local AWS and looked at with describe calls afterwards."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from tests.deployment.conftest import Checkout

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("local-deploy")]

NOWHERE = "0.0.0.0/0"
OPEN = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}


def deploy(checkout: Checkout, name: str, *words: str) -> subprocess.CompletedProcess[str]:
    config = f"config/{name}.toml"
    return checkout.deploy("--local", "--config", config, f"net-{name}", "demo-bucket", "us-east-1", *words)


def outputs(checkout: Checkout, stack: str) -> dict[str, str]:
    found = checkout.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    return {output["OutputKey"]: output["OutputValue"] for output in found}


def of_vpc(checkout: Checkout, vpc: str, operation: str, key: str, *, name: str = "vpc-id") -> list[dict[str, Any]]:
    return getattr(checkout.client("ec2"), operation)(Filters=[{"Name": name, "Values": [vpc]}])[key]


def default_group(checkout: Checkout, vpc: str) -> dict[str, Any]:
    groups = of_vpc(checkout, vpc, "describe_security_groups", "SecurityGroups")
    return next(group for group in groups if group["GroupName"] == "default")


def rules(group: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    return group["IpPermissions"], group["IpPermissionsEgress"]


def ways_out(checkout: Checkout, vpc: str) -> dict[str, str]:
    """Subnet to the NAT gateway that its default route leads to."""
    return {
        association["SubnetId"]: route.get("NatGatewayId", "")
        for table in of_vpc(checkout, vpc, "describe_route_tables", "RouteTables")
        for association in table["Associations"]
        if "SubnetId" in association
        for route in table["Routes"]
        if route.get("DestinationCidrBlock") == NOWHERE
    }


def test_one_regional_nat_gateway_serves_both_zones_without_a_public_subnet(local_checkout: Checkout) -> None:
    done = deploy(local_checkout, "regional")
    assert done.returncode == 0, done.stderr
    found = outputs(local_checkout, "net-regional")
    vpc = found["VpcId"]
    (gateway,) = local_checkout.client("ec2").describe_nat_gateways(Filters=[{"Name": "vpc-id", "Values": [vpc]}])[
        "NatGateways"
    ]
    subnets = of_vpc(local_checkout, vpc, "describe_subnets", "Subnets")
    place = {subnet["SubnetId"]: subnet["AvailabilityZoneId"] for subnet in subnets}
    private = {letter: found[f"PrivateSubnetId{letter}"] for letter in "AB"}

    assert gateway["AvailabilityMode"] == "regional"
    assert set(private.values()) == set(place)
    assert ways_out(local_checkout, vpc) == dict.fromkeys(private.values(), gateway["NatGatewayId"])
    addresses = {item["AvailabilityZoneId"]: item["PublicIp"] for item in gateway["NatGatewayAddresses"]}
    assert addresses == {place[private[letter]]: found[f"NatPublicAddress{letter}"] for letter in "AB"}
    assert rules(default_group(local_checkout, vpc)) == ([], [])
    assert "the VPC's default security group: emptied\n" in done.stderr

    again = deploy(local_checkout, "regional")
    assert again.stderr.endswith("nothing changed\nlocal: nothing was created on AWS\n")


@pytest.fixture
def pool(deployed: Checkout) -> str:
    """A pool of whoever runs the company's addresses."""
    ec2 = deployed.client("ec2")
    limits = {"AllocationMinNetmaskLength": 18, "AllocationMaxNetmaskLength": 22}
    made = ec2.create_ipam_pool(IpamScopeId="ipam-scope-1", Locale="us-east-1", AddressFamily="ipv4", **limits)
    identifier = made["IpamPool"]["IpamPoolId"]
    ec2.provision_ipam_pool_cidr(IpamPoolId=identifier, Cidr="10.200.0.0/16")
    return identifier


def test_a_vpc_gets_its_block_from_the_pool_and_its_subnets_lie_as_ever(deployed: Checkout, pool: str) -> None:
    nameless = deploy(deployed, "ipam")
    assert "parameter IpamPoolId has no value" in nameless.stderr
    unknown = deploy(deployed, "ipam", "--parameter", "IpamPoolId=ipam-pool-01234567")
    assert "error P032: IPAM pool ipam-pool-01234567: is not there" in unknown.stderr

    done = deploy(deployed, "ipam", "--parameter", f"IpamPoolId={pool}")
    assert done.returncode == 0, done.stderr
    found = outputs(deployed, "net-ipam")
    (vpc,) = deployed.client("ec2").describe_vpcs(VpcIds=[found["VpcId"]])["Vpcs"]
    subnets = of_vpc(deployed, vpc["VpcId"], "describe_subnets", "Subnets")
    block = {subnet["SubnetId"]: subnet["CidrBlock"] for subnet in subnets}

    assert vpc["CidrBlock"] == "10.200.0.0/20"
    assert [block[found[f"PublicSubnetId{letter}"]] for letter in "AB"] == ["10.200.0.0/24", "10.200.1.0/24"]
    assert [block[found[f"PrivateSubnetId{letter}"]] for letter in "AB"] == ["10.200.8.0/23", "10.200.10.0/23"]
    groups = of_vpc(deployed, vpc["VpcId"], "describe_security_groups", "SecurityGroups")
    inside = [entry["CidrIp"] for group in groups for rule in group["IpPermissions"] for entry in rule["IpRanges"]]
    assert sorted(inside) == ["10.200.10.0/23", "10.200.8.0/23"]
    given = deployed.client("ec2").get_ipam_pool_allocations(IpamPoolId=pool)["IpamPoolAllocations"]
    assert [(item["ResourceId"], item["Cidr"]) for item in given] == [(vpc["VpcId"], "10.200.0.0/20")]

    again = deploy(deployed, "ipam")
    assert f"IpamPoolId = {pool}  (as deployed)\n" in again.stderr
    assert again.stderr.endswith("nothing changed\nlocal: nothing was created on AWS\n")


@pytest.fixture
def theirs(deployed: Checkout) -> dict[str, Any]:
    """A VPC of others: two private subnets on the main route table, a rule in its default group, nothing else."""
    ec2 = deployed.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.210.0.0/16")["Vpc"]["VpcId"]
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2.modify_vpc_attribute(VpcId=vpc, **{attribute: {"Value": True}})
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=f"us-east-1{zone}")["Subnet"]["SubnetId"]
        for zone, block in (("c", "10.210.0.0/24"), ("d", "10.210.1.0/24"))
    ]
    group = default_group(deployed, vpc)["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[OPEN])
    return {"vpc": vpc, "subnets": subnets}


def everything(checkout: Checkout, vpc: str) -> tuple[object, ...]:
    """What the owners of the VPC made, and must find as it was."""
    return (
        checkout.client("ec2").describe_vpcs(VpcIds=[vpc])["Vpcs"],
        of_vpc(checkout, vpc, "describe_subnets", "Subnets"),
        of_vpc(checkout, vpc, "describe_nat_gateways", "NatGateways"),
        of_vpc(checkout, vpc, "describe_internet_gateways", "InternetGateways", name="attachment.vpc-id"),
        len(of_vpc(checkout, vpc, "describe_route_tables", "RouteTables")),
        rules(default_group(checkout, vpc)),
    )


def test_machines_move_into_a_vpc_that_is_there_and_leave_it_as_it_was(
    deployed: Checkout, theirs: dict[str, Any]
) -> None:
    vpc, (first, second) = theirs["vpc"], theirs["subnets"]
    before = everything(deployed, vpc)
    named = ("--parameter", f"PrivateSubnetIdA={first}", "--parameter", f"PrivateSubnetIdB={second}")
    done = deploy(deployed, "existing-vpc", *named)
    assert done.returncode == 0, done.stderr
    found, machine = outputs(deployed, "net-existing-vpc"), outputs(deployed, "net-existing-vpc-ada")

    assert f"    VpcId = {vpc}  (of {first})\n" in done.stderr
    assert (found["VpcId"], found["PrivateSubnetIdA"], found["AvailabilityZoneA"]) == (vpc, first, "us-east-1c")
    assert "default security group" not in done.stderr
    after = everything(deployed, vpc)
    addresses = [{**subnet, "AvailableIpAddressCount": 0} for subnet in after[1]]  # machines and endpoints took some
    assert addresses == [{**subnet, "AvailableIpAddressCount": 0} for subnet in before[1]]
    assert (before[0], *before[2:]) == (after[0], *after[2:])
    (instance,) = deployed.client("ec2").describe_instances(InstanceIds=[machine["InstanceId"]])["Reservations"][0][
        "Instances"
    ]
    assert (instance["SubnetId"], instance.get("PublicIpAddress", "")) == (first, "")
    endpoints = of_vpc(deployed, vpc, "describe_vpc_endpoints", "VpcEndpoints")
    assert {item["ServiceName"].rpartition(".")[2] for item in endpoints} == {"s3", "ssm", "ssmmessages"}
    (main,) = of_vpc(deployed, vpc, "describe_route_tables", "RouteTables")
    assert [item["RouteTableIds"] for item in endpoints if item["ServiceName"].endswith(".s3")] == [
        [main["RouteTableId"]]
    ]

    again = deploy(deployed, "existing-vpc")
    assert f"    PrivateSubnetIdA = {first}  (as deployed)\n" in again.stderr
    assert again.stderr.endswith("nothing changed\nlocal: nothing was created on AWS\n")

    removed = deployed.deploy("--local", "--remove", "net-existing-vpc", "us-east-1", "--yes")
    assert removed.returncode == 0, removed.stderr
    assert everything(deployed, vpc)[2:] == before[2:]
    left = {group["GroupName"] for group in of_vpc(deployed, vpc, "describe_security_groups", "SecurityGroups")}
    assert left == {"default"}


def test_subnets_that_will_not_do_are_named_before_anything_is_made(deployed: Checkout, theirs: dict[str, Any]) -> None:
    ec2, vpc, first = deployed.client("ec2"), theirs["vpc"], theirs["subnets"][0]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": False})
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    (main,) = of_vpc(deployed, vpc, "describe_route_tables", "RouteTables")
    ec2.create_route(RouteTableId=main["RouteTableId"], DestinationCidrBlock=NOWHERE, GatewayId=gateway)

    named = ("--parameter", f"PrivateSubnetIdA={first}", "--parameter", "PrivateSubnetIdB=subnet-01234567")
    done = deployed.deploy(
        "--local", "--config", "config/existing-vpc.toml", "net-other", "demo-bucket", "us-east-1", *named
    )

    errors = [line for line in done.stderr.splitlines() if line.startswith("deploy.sh: error P0")]
    assert done.returncode == 1
    assert [line.split(":")[1] for line in errors] == [" error P029", " error P033", " error P033"]
    assert f"VPC {vpc}: enableDnsHostnames is off" in errors[0]
    assert f"leads to the internet gateway {gateway}" in errors[1]
    assert "subnet-01234567 (--parameter) is not there" in errors[2]


def test_who_may_not_empty_the_default_group_is_told_so_and_the_deploy_goes_on(deployed: Checkout) -> None:
    vpc = outputs(deployed, "demo")["VpcId"]
    group = default_group(deployed, vpc)["GroupId"]
    deployed.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[OPEN])
    deployed.faults(
        {
            "service": "ec2",
            "operation": "RevokeSecurityGroupIngress",
            "status": 403,
            "code": "UnauthorizedOperation",
            "message": "no",
        }
    )
    try:
        done = deployed.deploy("--local", "demo", "demo-bucket", "us-east-1")
    finally:
        deployed.faults()

    assert done.returncode == 0
    assert f"warning: the default security group of {vpc} was not emptied: " in done.stderr
    assert "ask for ec2:DescribeSecurityGroups, ec2:RevokeSecurityGroupIngress" in done.stderr
    assert rules(default_group(deployed, vpc))[0] != []
    deployed.deploy("--local", "demo", "demo-bucket", "us-east-1")
    assert rules(default_group(deployed, vpc)) == ([], [])
