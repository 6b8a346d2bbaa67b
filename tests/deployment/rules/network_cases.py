"""Cases of the rules about quotas, networks and what they lead to."""

from __future__ import annotations

from collections.abc import Callable

from cloud.errors import CloudError
from tests.deployment.rules.account import OURS, ZONES, Account, vpc
from tests.deployment.rules.case import Case, answer, every, nothing

INCREASE = "give some back, or ask for more: aws service-quotas request-service-quota-increase --region us-east-1"


def running(*machines: tuple[str, int], kind: str = "") -> Callable[[Account], object]:
    instances = [
        {
            "InstanceType": name,
            "CpuOptions": {"CoreCount": vcpus // 2, "ThreadsPerCore": 2},
            **({"InstanceLifecycle": kind} if kind else {}),
        }
        for name, vcpus in machines
    ]
    return answer(DescribeInstances={"Reservations": [{"Instances": [instance]} for instance in instances]})


def quota(value: float) -> Callable[[dict], object]:
    return lambda _: {"Quota": {"Value": value}}


def nat_gateways(*, ours: int, others: int) -> Callable[[Account], object]:
    found = [{"SubnetId": "subnet-1", "Tags": tags} for tags in ours * [[OURS]] + others * [[]]]
    return answer(DescribeNatGateways={"NatGateways": found})


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


def addresses(count: int, *tags: dict[str, str]) -> Callable[[Account], object]:
    return answer(
        DescribeAddresses={"Addresses": [{"AllocationId": f"a-{n}", "Tags": list(tags)} for n in range(count)]}
    )


def vpcs(count: int, *tags: dict[str, str]) -> Callable[[Account], object]:
    return answer(DescribeVpcs={"Vpcs": [vpc(f"10.{n}.0.0/16", f"vpc-{n}", *tags) for n in range(count)]})


def gateways(count: int) -> Callable[[Account], object]:
    found = [{"InternetGatewayId": f"igw-{n}"} for n in range(count)]
    return answer(DescribeInternetGateways={"InternetGateways": found})


CASES = (
    Case("P014", "room for one more", nothing),
    Case("P014", "machines of another family, and Spot", running(("g6.xlarge", 32))),
    Case("P014", "Spot machines, which have a quota of their own", running(("m7i.xlarge", 32), kind="spot")),
    Case(
        "P014",
        "a machine that is there already",
        every(
            lambda account: account.deploy("demo-ada", ImageId="ami-0", OperatingSystem="amazon-linux-2023"),
            running(("m7i.xlarge", 4)),
        ),
    ),
    Case(
        "P014",
        "no room",
        running(("m7i.large", 2)),
        (
            "vCPUs of running Standard (A, C, D, H, I, M, R, T, Z) instances: 2 of 5 are in use, "
            f"the deploy makes 4 more, want a quota of 6; {INCREASE} "
            "--service-code ec2 --quota-code L-1216C47A --desired-value 6",
        ),
    ),
    Case(
        "P014",
        "a new account, which has no GPU at all",
        every(lambda account: account.set("InstanceType", "g6.xlarge"), answer(GetServiceQuota=quota(0))),
        (
            "vCPUs of running G and VT instances: 0 of 0 are in use, the deploy makes 4 more, "
            f"want a quota of 4; {INCREASE} --service-code ec2 --quota-code L-DB2E81BA --desired-value 4",
        ),
    ),
    Case("P015", "room for one more", addresses(4)),
    Case("P015", "ours among five", addresses(5, OURS)),
    Case(
        "P015",
        "no room",
        addresses(5),
        (
            "Elastic IP addresses: 5 of 5 are in use, the deploy makes 1 more, "
            f"want a quota of 6; {INCREASE} --service-code ec2 --quota-code L-0263D0A3 --desired-value 6",
        ),
    ),
    Case(
        "P015",
        "a quota that never was changed",
        every(
            addresses(5),
            answer(
                GetServiceQuota=CloudError("no", "", code="NoSuchResourceException"),
                GetAWSDefaultServiceQuota=quota(5),
            ),
        ),
        (
            "Elastic IP addresses: 5 of 5 are in use, the deploy makes 1 more, "
            f"want a quota of 6; {INCREASE} --service-code ec2 --quota-code L-0263D0A3 --desired-value 6",
        ),
    ),
    Case("P016", "room for one more", vpcs(4)),
    Case("P016", "ours among five", vpcs(5, OURS)),
    Case(
        "P016",
        "no room",
        vpcs(5),
        (
            "VPCs: 5 of 5 are in use, the deploy makes 1 more, "
            f"want a quota of 6; {INCREASE} --service-code vpc --quota-code L-F678F1CE --desired-value 6",
        ),
    ),
    Case("P017", "room for one more", gateways(4)),
    Case(
        "P017",
        "no room",
        gateways(5),
        (
            "internet gateways: 5 of 5 are in use, the deploy makes 1 more, "
            f"want a quota of 6; {INCREASE} --service-code vpc --quota-code L-A4707A72 --desired-value 6",
        ),
    ),
    Case("P018", "room for one more", nat_gateways(ours=0, others=4)),
    Case("P018", "ours among five", nat_gateways(ours=1, others=4)),
    Case(
        "P018",
        "no room in the zone",
        nat_gateways(ours=0, others=5),
        (
            "NAT gateways in use1-az1: 5 of 5 are in use, the deploy makes 1 more, "
            f"want a quota of 6; {INCREASE} --service-code vpc --quota-code L-FE5A380F --desired-value 6",
        ),
    ),
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
)
