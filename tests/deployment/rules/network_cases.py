"""Cases of the rules about networks and what they lead to."""

from __future__ import annotations

from collections.abc import Callable

from cloud.errors import CloudError
from tests.deployment.rules.account import Account
from tests.deployment.rules.case import Case, answer, every, nothing
from tests.deployment.rules.things import OURS, ZONES, vpc


def file_system(*, role: bool) -> Callable[[Account], object]:
    def change(account: Account) -> None:
        account.add("Shared", {"Type": "AWS::EFS::FileSystem", "Properties": {}})
        if not role:
            account.answers["GetRole"] = CloudError("iam GetRole: no", "", code="NoSuchEntity")

    return change


def endpoints(services: dict[str, list[str]]) -> Callable[[Account], object]:
    def change(account: Account) -> None:
        account.use("minimal")
        details = [
            {"ServiceName": f"com.amazonaws.us-east-1.{name}", "AvailabilityZoneIds": zones}
            for name, zones in services.items()
        ]
        account.answers["DescribeVpcEndpointServices"] = {"ServiceDetails": details}

    return change


def peered(block: str) -> Callable[[Account], object]:
    sides = {"RequesterVpcInfo": {"VpcId": "vpc-1"}, "AccepterVpcInfo": {"CidrBlockSet": [{"CidrBlock": block}]}}
    peering = {"VpcPeeringConnectionId": "pcx-1", **sides}
    return answer(DescribeVpcPeeringConnections={"VpcPeeringConnections": [peering]})


def routed(block: str, **through: str) -> Callable[[Account], object]:
    routes = [{"DestinationCidrBlock": block, **through}, {"DestinationPrefixListId": "pl-1"}]
    return answer(DescribeRouteTables={"RouteTables": [{"RouteTableId": "rtb-1", "Routes": routes}]})


def offered(types: dict[str, list[str]]) -> Callable[[Account], object]:
    """By zone; all other types of the maximal config are in every zone."""
    everywhere = ("m7g.4xlarge", "r7i.8xlarge", "c7i.2xlarge", "g6.2xlarge")
    found = {(zone, name) for zone in ZONES for name in (*types.get(zone, ()), *everywhere)}
    offerings = [{"InstanceType": name, "Location": zone} for zone, name in sorted(found)]
    return answer(DescribeInstanceTypeOfferings={"InstanceTypeOfferings": offerings})


CASES = (
    Case("P019", "addresses of our own", nothing),
    Case("P019", "our own VPC", answer(DescribeVpcs={"Vpcs": [vpc("10.38.0.0/20", "vpc-1", OURS)]})),
    Case("P019", "a way out to the internet, which is no network", routed("0.0.0.0/0", GatewayId="igw-1")),
    Case(
        "P019",
        "another VPC's addresses",
        answer(DescribeVpcs={"Vpcs": [vpc("10.38.0.0/19", "vpc-1")]}),
        (
            "network: cidr 10.38.0.0/20 overlaps 10.38.0.0/19 (vpc-1), "
            'want addresses of its own, or the two can never be connected; in the config: cidr = "10.38.32.0/20"',
        ),
    ),
    Case(
        "P019",
        "addresses of a VPC behind a peering",
        peered("10.38.8.0/24"),
        (
            "network: cidr 10.38.0.0/20 overlaps 10.38.8.0/24 (a VPC, pcx-1), "
            'want addresses of its own, or the two can never be connected; in the config: cidr = "10.38.16.0/20"',
        ),
    ),
    Case(
        "P019",
        "addresses behind a transit gateway",
        routed("10.0.0.0/8", TransitGatewayId="tgw-1"),
        (
            "network: cidr 10.38.0.0/20 overlaps 10.0.0.0/8 (a route of rtb-1), "
            'want addresses of its own, or the two can never be connected; in the config: cidr = "172.16.0.0/20"',
        ),
    ),
    Case(
        "P019",
        "addresses behind a VPN",
        routed("10.38.0.0/16", GatewayId="vgw-1"),
        (
            "network: cidr 10.38.0.0/20 overlaps 10.38.0.0/16 (a route of rtb-1), "
            'want addresses of its own, or the two can never be connected; in the config: cidr = "10.39.0.0/20"',
        ),
    ),
    Case("P023", "no type that needs a role", nothing),
    Case("P023", "a role that is there", file_system(role=True)),
    Case(
        "P023",
        "a role that is not there",
        file_system(role=False),
        (
            "service-linked role: AWSServiceRoleForAmazonElasticFileSystem is not there; AWS makes it at first use, "
            "if you have iam:CreateServiceLinkedRole, want the role; "
            "make it once: aws iam create-service-linked-role --aws-service-name elasticfilesystem.amazonaws.com",
        ),
    ),
    Case("P024", "no interface endpoint", nothing),
    Case("P024", "in every zone", endpoints({"ssm": list(ZONES), "ssmmessages": list(ZONES)})),
    Case(
        "P024",
        "not in the region",
        endpoints({"ssm": list(ZONES)}),
        (
            "endpoint: us-east-1 has no com.amazonaws.us-east-1.ssmmessages, want a service of the region; "
            "leave it out of the config, or choose another region",
        ),
    ),
    Case(
        "P024",
        "not in the zone",
        endpoints({"ssm": list(ZONES), "ssmmessages": ["use1-az2", "use1-az4"]}),
        (
            "endpoint: com.amazonaws.us-east-1.ssmmessages is not offered in use1-az1, want a zone that has it; "
            "it is in use1-az2, use1-az4; pass other zones with --parameter",
        ),
    ),
    Case("P034", "no types to fall back on", nothing),
    Case("P034", "types that the zone has", lambda account: account.use("maximal")),
    Case(
        "P034",
        "a type that is elsewhere, and one that is nowhere",
        every(
            lambda account: account.use("maximal"),
            offered({"use1-az1": ["g6.2xlarge"], "use1-az4": ["g6.2xlarge", "g6e.2xlarge"]}),
        ),
        (
            "workstation ada: g6e.2xlarge of its fallback_instance_types is not offered in use1-az1, "
            "want types that its zone has; it is in use1-az4",
            "workstation ada: g5.2xlarge of its fallback_instance_types is not offered in use1-az1, "
            "want types that its zone has; no zone of the region has it: leave it out",
        ),
    ),
)
