"""Cases of the rules about quotas."""

from __future__ import annotations

from collections.abc import Callable

from cloud.errors import CloudError
from tests.deployment.rules.account import Account
from tests.deployment.rules.case import Case, answer, every, nothing
from tests.deployment.rules.things import OURS, vpc

INCREASE = "give some back, or ask for more: aws service-quotas request-service-quota-increase --region us-east-1"


def running(*machines: tuple[str, int], kind: str = "", of: str = "") -> Callable[[Account], object]:
    """Instance types with their vCPUs; the first may be one `of` a stack."""
    tags = [{"Key": "aws:cloudformation:stack-name", "Value": of}]
    instances = [
        {
            "InstanceType": name,
            "CpuOptions": {"CoreCount": vcpus // 2, "ThreadsPerCore": 2},
            **({"InstanceLifecycle": kind} if kind else {}),
            **({"Tags": tags} if of and position == 0 else {}),
        }
        for position, (name, vcpus) in enumerate(machines)
    ]
    return answer(DescribeInstances={"Reservations": [{"Instances": [instance]} for instance in instances]})


def ada_was(instance_type: str) -> Callable[[Account], object]:
    """The workstation is there, as another type than it is wanted as, which is m7i.xlarge with 4 vCPUs."""
    given = {"ImageId": "ami-0", "OperatingSystem": "amazon-linux-2023", "InstanceType": instance_type}
    return lambda account: account.deploy("demo-ada", **given)


def quota(value: float) -> Callable[[dict], object]:
    return lambda _: {"Quota": {"Value": value}}


def nat_gateways(*, ours: int, others: int) -> Callable[[Account], object]:
    found = [{"SubnetId": "subnet-1", "Tags": tags} for tags in ours * [[OURS]] + others * [[]]]
    return answer(DescribeNatGateways={"NatGateways": found})


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
    Case(
        "P014",
        "a machine that grows, and has room",
        every(ada_was("m7i.large"), running(("m7i.large", 2), of="demo-ada")),
    ),
    Case("P014", "a machine that shrinks", every(ada_was("m7i.2xlarge"), running(("m7i.2xlarge", 8), of="demo-ada"))),
    Case(
        "P014",
        "a machine that grows, and has no room",
        every(ada_was("m7i.large"), running(("m7i.large", 2), ("m7i.large", 2), of="demo-ada")),
        (
            "vCPUs of running Standard (A, C, D, H, I, M, R, T, Z) instances: 4 of 5 are in use, "
            f"the deploy makes 2 more, want a quota of 6; {INCREASE} "
            "--service-code ec2 --quota-code L-1216C47A --desired-value 6",
        ),
    ),
    Case(
        "P014",
        "a machine that grows, and is started by that",
        every(ada_was("m7i.large"), running(("m7i.large", 2))),
        (
            "vCPUs of running Standard (A, C, D, H, I, M, R, T, Z) instances: 2 of 5 are in use, "
            f"the deploy makes 4 more, want a quota of 6; {INCREASE} "
            "--service-code ec2 --quota-code L-1216C47A --desired-value 6",
        ),
    ),
    Case(
        "P014",
        "a machine that comes from another family",
        every(ada_was("g6.xlarge"), running(("g6.xlarge", 4), ("m7i.large", 2), of="demo-ada")),
        (
            "vCPUs of running Standard (A, C, D, H, I, M, R, T, Z) instances: 2 of 5 are in use, "
            f"the deploy makes 4 more, want a quota of 6; {INCREASE} "
            "--service-code ec2 --quota-code L-1216C47A --desired-value 6",
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
)
