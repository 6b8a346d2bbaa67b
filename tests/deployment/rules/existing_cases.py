"""Cases of the rules about a VPC that is there, and about an IPAM pool."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deployment.stacks import overridden
from tests.deployment.rules.account import Account
from tests.deployment.rules.case import Case, answer, every, nothing
from tests.deployment.rules.things import OURS, ZONES, vpc

VPC, A, B = "vpc-0123456789abcdef0", "subnet-0000000a", "subnet-0000000b"
NAMED = {"PrivateSubnetIdA": A, "PrivateSubnetIdB": B}
SSM, S3 = "com.amazonaws.us-east-1.ssm", "com.amazonaws.us-east-1.s3"
POOL = "ipam-pool-0123456789abcdef0"
PASS = "pass another: --parameter PrivateSubnetId{0}=subnet-ID"


def parameters(**given: str) -> Callable[[Account], object]:
    """The user's `--parameter` for the environment."""

    def change(account: Account) -> None:
        values = {None: {**account.asked.given.get(None, {}), **given}}
        account.change(given=values, stacks=overridden(account.asked.stacks, values))

    return change


def subnet(name: str, zone: int, vpc_id: str = VPC) -> dict[str, Any]:
    place = {"AvailabilityZone": f"us-east-1{'abcd'[zone]}", "AvailabilityZoneId": ZONES[zone]}
    return {"SubnetId": name, "VpcId": vpc_id, **place}


def tables(**routes: str) -> Callable[[Account], object]:
    """The VPC's main table, and one for subnet A with a default route to `routes`."""
    way = [{"DestinationCidrBlock": "0.0.0.0/0", **routes}] if routes else []
    own = {"RouteTableId": "rtb-0000000a", "VpcId": VPC, "Associations": [{"SubnetId": A}], "Routes": way}
    main = {"RouteTableId": "rtb-00000000", "VpcId": VPC, "Associations": [{"Main": True}], "Routes": way}
    return answer(DescribeRouteTables={"RouteTables": [main, own]})


def subnets(*found: dict[str, Any]) -> Callable[[Account], object]:
    return answer(DescribeSubnets={"Subnets": list(found)})


def dns(*off: str) -> Callable[[Account], object]:
    def attribute(parameters: dict[str, Any]) -> dict[str, Any]:
        name = parameters["Attribute"]
        return {f"{name[0].upper()}{name[1:]}": {"Value": name not in off}, "VpcId": VPC}

    return answer(DescribeVpcAttribute=attribute)


def endpoints_there(*found: dict[str, Any]) -> Callable[[Account], object]:
    shown = [{"VpcId": VPC, "VpcEndpointId": "vpce-1", "State": "available", **one} for one in found]
    return answer(DescribeVpcEndpoints={"VpcEndpoints": shown})


def wide(account: Account) -> None:
    """The VPC has a second block."""
    there = vpc("10.0.0.0/16", VPC)
    there["CidrBlockAssociationSet"].append({"CidrBlock": "100.64.0.0/16", "CidrBlockState": {"State": "associated"}})
    account.answers["DescribeVpcs"] = {"Vpcs": [there]}


def open_to_anywhere(account: Account) -> None:
    """As with `nat = "existing"`: the machines may go out to any address."""
    body = account.asked.stacks.template.body["Resources"]["WorkstationSecurityGroup"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
    account.add(
        "WorkstationSecurityGroup", {**body, "Properties": {**body["Properties"], "SecurityGroupEgress": [rule]}}
    )


existing = every(
    lambda account: account.use("existing-vpc"),
    parameters(**NAMED),
    subnets(subnet(A, 0), subnet(B, 1)),
    answer(DescribeVpcs={"Vpcs": [vpc("10.0.0.0/16", VPC)]}),
    tables(NatGatewayId="nat-1"),
    dns(),
    endpoints_there(),
)
"""A VPC of others in which all is well."""


def pool(**more: Any) -> Callable[[Account], object]:
    described = {"IpamPoolId": POOL, "Locale": "us-east-1", "AddressFamily": "ipv4", "State": "create-complete", **more}
    return every(
        lambda account: account.use("ipam"),
        parameters(IpamPoolId=POOL),
        answer(DescribeIpamPools={"IpamPools": [described]}),
    )


def deployed_with(**given: str) -> Callable[[Account], object]:
    return lambda account: account.deploy("demo", **given)


def unsaid(account: Account) -> None:
    """The user names nothing."""
    account.change(given={})
    account.use("existing-vpc")


def no_types(account: Account) -> None:
    account.answers["DescribeInstanceTypeOfferings"] = {
        "InstanceTypeOfferings": [{"InstanceType": "m7i.xlarge", "Location": ZONES[1]}]
    }


CASES = (
    Case("P008", "the types are in the zones of the subnets", existing),
    Case(
        "P008",
        "a type that the zone of a subnet does not have",
        every(existing, no_types),
        (
            "zone A: m7i.xlarge is not offered in use1-az1, want a zone that has it; "
            "it is in use1-az2; change type or zone in the config",
        ),
    ),
    Case("P024", "in the zones of the subnets", existing),
    Case("P027", "what follows from the subnets", existing),
    Case(
        "P027",
        "no pool",
        lambda account: account.use("ipam"),
        ("environment demo: parameter IpamPoolId has no value, want one; pass one: --parameter IpamPoolId=VALUE",),
    ),
    Case("P027", "the pool as deployed", every(lambda account: account.use("ipam"), deployed_with(IpamPoolId=POOL))),
    Case("P033", "a VPC of our own", nothing),
    Case("P033", "two private subnets", existing),
    Case("P033", "subnets as deployed", every(existing, unsaid, deployed_with(**NAMED))),
    Case(
        "P033",
        "no subnets",
        lambda account: account.use("existing-vpc"),
        tuple(
            f"zone {letter}: no subnet is named, want a private subnet of the VPC; "
            f"pass it: --parameter PrivateSubnetId{letter}=subnet-ID, or put subnet_ids into the config"
            for letter in "AB"
        ),
    ),
    Case(
        "P033",
        "a subnet of another account",
        every(existing, subnets(subnet(A, 0))),
        (f"zone B: {B} (--parameter) is not there, want a subnet of this account in us-east-1; {PASS.format('B')}",),
    ),
    Case(
        "P033",
        "two subnets in one zone",
        every(existing, subnets(subnet(A, 0), subnet(B, 0))),
        (
            f"zone B: {B} (--parameter) is in use1-az1, as {A} is, want subnets in different Availability Zones; "
            f"{PASS.format('B')}",
        ),
    ),
    Case(
        "P033",
        "a subnet of another VPC",
        every(existing, subnets(subnet(A, 0), subnet(B, 1, "vpc-2"))),
        (f"zone B: {B} (--parameter) is in vpc-2, want a subnet of {VPC}; {PASS.format('B')}",),
    ),
    Case(
        "P033",
        "a public subnet",
        every(existing, tables(GatewayId="igw-1")),
        tuple(
            f"zone {letter}: {name} (--parameter) leads to the internet gateway igw-1, "
            f"want a private subnet: one without such a route; {PASS.format(letter)}"
            for letter, name in (("A", A), ("B", B))
        ),
    ),
    Case("P029", "a VPC of our own", nothing),
    Case("P029", "both attributes on", existing),
    Case(
        "P029",
        "neither is on",
        every(existing, dns("enableDnsSupport", "enableDnsHostnames")),
        tuple(
            f"VPC {VPC}: {attribute} is off, want it on; ask whose VPC it is: "
            f"aws ec2 modify-vpc-attribute --region us-east-1 --vpc-id {VPC} {option}"
            for attribute, option in (
                ("enableDnsSupport", "--enable-dns-support"),
                ("enableDnsHostnames", "--enable-dns-hostnames"),
            )
        ),
    ),
    Case("P030", "a VPC of our own", nothing),
    Case("P030", "no endpoint yet", existing),
    Case(
        "P030",
        "our own endpoints, and those that are in nobody's way",
        every(
            existing,
            endpoints_there(
                {"ServiceName": SSM, "PrivateDnsEnabled": True, "Tags": [OURS]},
                {"ServiceName": SSM, "PrivateDnsEnabled": False, "VpcEndpointId": "vpce-2"},
                {"ServiceName": S3, "RouteTableIds": ["rtb-99999999"], "VpcEndpointId": "vpce-3"},
                {"ServiceName": SSM, "PrivateDnsEnabled": True, "State": "deleting", "VpcEndpointId": "vpce-4"},
            ),
        ),
    ),
    Case(
        "P030",
        "an endpoint under the same name, and one on the same routes",
        every(
            existing,
            endpoints_there(
                {"ServiceName": SSM, "PrivateDnsEnabled": True},
                {"ServiceName": S3, "RouteTableIds": ["rtb-0000000a"], "VpcEndpointId": "vpce-2"},
            ),
        ),
        (
            f"VPC {VPC}: vpce-1 is there for {SSM}, want none under the same name; "
            'leave it out of the config, or let the machines use it: nat = "existing"',
            f"VPC {VPC}: vpce-2 is there for {S3}, want none on the subnets' route tables; "
            "machines reach S3 through it: s3_endpoint = false in the config",
        ),
    ),
    Case("P031", "a VPC of our own", nothing),
    Case("P031", "no way out is needed", every(existing, tables())),
    Case("P031", "a way out", every(existing, open_to_anywhere)),
    Case(
        "P031",
        "no way out, or one into nothing",
        every(existing, open_to_anywhere, tables(NatGatewayId="nat-1", State="blackhole")),
        tuple(
            f"zone {letter}: {name} has no way to the internet, want one, for sessions and downloads; "
            'add one, or have endpoints made instead: nat = "none"'
            for letter, name in (("A", A), ("B", B))
        ),
    ),
    Case(
        "P031",
        "a second block",
        every(existing, wide),
        (
            f"VPC {VPC}: 100.64.0.0/16 would find the interface endpoints by name and not be let in, "
            "want machines in its first block only; "
            "add a rule to the security group EndpointSecurityGroup, or take no endpoints",
        ),
    ),
    Case("P032", "a VPC with a block of its own", nothing),
    Case("P032", "a pool that may give it", pool(AllocationMinNetmaskLength=16, AllocationMaxNetmaskLength=24)),
    Case(
        "P032",
        "a VPC that has its block already",
        every(pool(Locale="eu-west-1"), answer(DescribeVpcs={"Vpcs": [vpc("10.0.0.0/20", VPC, OURS)]})),
    ),
    Case(
        "P032",
        "a pool as deployed, which is gone",
        every(
            lambda account: account.use("ipam"),
            deployed_with(IpamPoolId=POOL),
            answer(DescribeIpamPools={"IpamPools": []}),
        ),
        (
            f"IPAM pool {POOL}: is not there, want a pool of us-east-1 that this account may use; "
            "pass another: --parameter IpamPoolId=ipam-pool-ID",
        ),
    ),
    Case(
        "P032",
        "a pool that fits in nothing",
        pool(
            Locale="eu-west-1",
            AddressFamily="ipv6",
            State="delete-in-progress",
            AllocationMinNetmaskLength=24,
            AllocationMaxNetmaskLength=28,
        ),
        (
            f"IPAM pool {POOL}: is for eu-west-1, want one whose locale is us-east-1; "
            "pass another: --parameter IpamPoolId=ipam-pool-ID",
            f"IPAM pool {POOL}: gives ipv6 addresses, want ipv4; pass another: --parameter IpamPoolId=ipam-pool-ID",
            f"IPAM pool {POOL}: is in state delete-in-progress, want one that is ready; wait, or pass another pool",
            f"IPAM pool {POOL}: gives blocks from /24 to /28, want a /20; "
            "change netmask_length in the config, or pass another pool",
        ),
    ),
)
