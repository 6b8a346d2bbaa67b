"""What the rules ask AWS, each question once however many rules want the answer.

A fact is asked for by the first who wants it; whoever comes later, from any thread, waits for the same answer.
An answer that nobody's plan needs (the key pairs of a config without keys) is not asked for at all.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from cloud.credentials import Expiry
from cloud.errors import CloudError, denied
from cloud.session import Cloud
from deployment import bucket, images, zones
from deployment.aws_cli import AwsCli
from deployment.existing import Stack, all_stacks
from deployment.failure import first_cause
from deployment.findings import Problem
from deployment.leftovers import left_behind
from deployment.processes import Processes
from deployment.rules import wanted
from deployment.stacks import Stacks
from deployment.statuses import answer
from generator.contract import EnvironmentOutput, EnvironmentParameter, WorkstationParameter

Found = TypeVar("Found")
Given = Mapping[str | None, Mapping[str, str]]
AT_ONCE: dict[str, str] = {}
"""IAM action to the fact that needs it and no other answer first; begun before any rule asks for it."""


@dataclass(frozen=True)
class Asked:
    """What the user asked for, and where."""

    stack: str
    stacks: Stacks
    """With the user's parameters in place."""
    given: Given
    bucket: str
    may_create_bucket: bool
    local: bool
    account: str
    """The account that the credentials belong to."""
    wanted_account: str | None
    command: str
    """The user's command, for hints."""
    cli: AwsCli


def fact(action: str = "") -> Callable[[Callable[[Facts], Found]], Callable[[Facts], Found]]:
    """Make a method of `Facts` one that is worked out once; with an action, one that can be begun at once."""

    def once(look: Callable[[Facts], Found]) -> Callable[[Facts], Found]:
        if action:
            AT_ONCE[action] = look.__name__

        @functools.wraps(look)
        def remembered(facts: Facts) -> Found:
            return facts.once(look.__name__, lambda: look(facts))

        return remembered

    return once


class Facts:
    """Answers of AWS and of this machine. Every method may raise `CloudError`, the same one each time."""

    def __init__(self, cloud: Cloud, asked: Asked, processes: Processes) -> None:
        self.cloud = cloud
        self.asked = asked
        self.processes = processes
        self._answers: dict[str, Future[Any]] = {}
        self._lock = threading.Lock()

    def once(self, name: str, look: Callable[[], Found]) -> Found:
        """What `look` returned or raised the first time that `name` was asked for."""
        with self._lock:
            answer = self._answers.get(name)
            first = answer is None
            if answer is None:
                answer = self._answers[name] = Future()
        if first:
            try:
                answer.set_result(look())
            except BaseException as error:
                answer.set_exception(error)
        found: Found = answer.result()
        return found

    def begin(self, name: str) -> None:
        """Ask for a fact ahead of the rules; what goes wrong is told to those who want it."""
        with contextlib.suppress(Exception):  # it is kept, and raised to every rule that asks
            getattr(self, name)()

    @fact()
    def expiry(self) -> Expiry:
        return self.cloud.expiry()

    @fact("sts:GetCallerIdentity")
    def identity(self) -> dict[str, Any]:
        return self.cloud.call("sts", "GetCallerIdentity")

    @fact("cloudformation:DescribeStacks")
    def stacks(self) -> dict[str, Stack]:
        return all_stacks(self.cloud)

    @fact()
    def standing(self) -> dict[str, Stack]:
        """The stacks without what failed creations left: those are made again, and decided anew."""
        return {name: stack for name, stack in self.stacks().items() if answer(stack.status).does != "recreate"}

    def left_behind(self, stack: str) -> tuple[str, ...]:
        """What the stack still holds, after its creation failed."""
        return self.once(f"left behind in {stack}", lambda: left_behind(self.cloud, stack))

    def first_cause(self, stack: str) -> str:
        """Why the stack's last operation failed; empty when its events do not say, or may not be read."""
        return self.once(f"first cause of {stack}", lambda: _first_cause(self.cloud, stack))

    @fact("s3:ListBucket")
    def bucket(self) -> tuple[bool, Problem | None]:
        asked = self.asked
        return bucket.finding(self.cloud, asked.bucket, account=asked.account, command=asked.command)

    @fact("s3:PutObject")
    def write(self) -> Problem | None:
        return bucket.write_finding(self.cloud, self.asked.bucket, prefix=self.asked.stack, account=self.asked.account)

    @fact("ssm:GetParameter")
    def latest_images(self) -> dict[str, str]:
        names = (entry.image for entry in self.asked.stacks.workstations if not images.pinned(entry, self.asked.given))
        return images.latest(self.cloud, names)

    @fact("ec2:DescribeRegions")
    def regions(self) -> dict[str, str]:
        """Region to its opt-in status in this account."""
        found = self.cloud.call("ec2", "DescribeRegions", AllRegions=True)["Regions"]
        return {region["RegionName"]: region["OptInStatus"] for region in found}

    @fact("ec2:DescribeAvailabilityZones")
    def zones(self) -> tuple[str, ...]:
        return zones.available(self.cloud)

    @fact("ec2:DescribeInstanceTypeOfferings")
    def offered(self) -> dict[str, frozenset[str]]:
        return zones.offered(self.cloud, self.instance_types())

    @fact("ec2:DescribeInstanceTypes")
    def types(self) -> dict[str, dict[str, Any]]:
        """Instance type to what EC2 says about it; those that the region does not know are left out."""
        filters = [{"Name": "instance-type", "Values": sorted(self.instance_types())}]
        found = self.cloud.pages("ec2", "DescribeInstanceTypes", "InstanceTypes", Filters=filters)
        return {answer["InstanceType"]: answer for answer in found} if self.instance_types() else {}

    @fact("ec2:DescribeKeyPairs")
    def key_pairs(self) -> frozenset[str]:
        """Those of the wanted key pairs that are there."""
        filters = [{"Name": "key-name", "Values": sorted(self.wanted_keys())}]
        found = self.cloud.call("ec2", "DescribeKeyPairs", Filters=filters)["KeyPairs"] if self.wanted_keys() else ()
        return frozenset(key["KeyName"] for key in found)

    @fact("ec2:DescribeInstances")
    def running(self) -> tuple[dict[str, Any], ...]:
        filters = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
        found = self.cloud.pages("ec2", "DescribeInstances", "Reservations", Filters=filters)
        return tuple(instance for reservation in found for instance in reservation["Instances"])

    @fact("ec2:DescribeAddresses")
    def addresses(self) -> tuple[dict[str, Any], ...]:
        return tuple(self.cloud.call("ec2", "DescribeAddresses")["Addresses"])

    @fact("ec2:DescribeVpcs")
    def vpcs(self) -> tuple[dict[str, Any], ...]:
        return tuple(self.cloud.pages("ec2", "DescribeVpcs", "Vpcs"))

    @fact("ec2:DescribeInternetGateways")
    def internet_gateways(self) -> tuple[dict[str, Any], ...]:
        return tuple(self.cloud.pages("ec2", "DescribeInternetGateways", "InternetGateways"))

    @fact("ec2:DescribeNatGateways")
    def nat_gateways(self) -> tuple[dict[str, Any], ...]:
        filters = [{"Name": "state", "Values": ["pending", "available", "deleting"]}]
        return tuple(self.cloud.pages("ec2", "DescribeNatGateways", "NatGateways", Filter=filters))

    @fact("ec2:DescribeSubnets")
    def zone_of_subnet(self) -> dict[str, str]:
        """Subnet to the id of its zone."""
        found = self.cloud.pages("ec2", "DescribeSubnets", "Subnets")
        return {subnet["SubnetId"]: subnet["AvailabilityZoneId"] for subnet in found}

    @fact("ec2:DescribeRouteTables")
    def route_tables(self) -> tuple[dict[str, Any], ...]:
        return tuple(self.cloud.pages("ec2", "DescribeRouteTables", "RouteTables"))

    @fact("ec2:DescribeVpcPeeringConnections")
    def peerings(self) -> tuple[dict[str, Any], ...]:
        filters = [{"Name": "status-code", "Values": ["active", "pending-acceptance", "provisioning"]}]
        pages = self.cloud.pages("ec2", "DescribeVpcPeeringConnections", "VpcPeeringConnections", Filters=filters)
        return tuple(pages)

    @fact("ec2:DescribeVpcEndpointServices")
    def endpoint_services(self) -> dict[str, frozenset[str]]:
        """Each wanted endpoint service that the region has, and the ids of its zones."""
        names = sorted(wanted.endpoint_services(self.asked.stacks.template, self.cloud.region))
        filters = [{"Name": "service-name", "Values": names}]
        found = (
            self.cloud.call("ec2", "DescribeVpcEndpointServices", Filters=filters)["ServiceDetails"] if names else ()
        )
        return {service["ServiceName"]: frozenset(service.get("AvailabilityZoneIds", ())) for service in found}

    @fact("ec2:DescribeManagedPrefixLists")
    def s3_prefix_list(self) -> str | None:
        """The addresses of S3 in this region, as the security groups name them; None where they are not wanted."""
        if EnvironmentParameter.S3_PREFIX_LIST_ID not in self.asked.stacks.template.parameters:
            return None
        filters = [{"Name": "prefix-list-name", "Values": [f"com.amazonaws.{self.cloud.region}.s3"]}]
        found = self.cloud.call("ec2", "DescribeManagedPrefixLists", Filters=filters)["PrefixLists"]
        return found[0]["PrefixListId"] if found else None

    def quota(self, service: str, code: str) -> float:
        """The quota as it is for this account; AWS's default where it never was changed."""
        return self.once(f"quota {service} {code}", lambda: _quota(self.cloud, service, code))

    def instance_types(self) -> frozenset[str]:
        """The types of the workstations that are wanted."""
        key = WorkstationParameter.INSTANCE_TYPE
        return frozenset(entry.parameters[key] for entry in self.asked.stacks.workstations)

    def wanted_keys(self) -> frozenset[str]:
        """The key pairs that the workstations name; usually none."""
        key = WorkstationParameter.KEY_NAME
        return frozenset(filter(None, (entry.parameters.get(key) for entry in self.asked.stacks.workstations)))

    def volume_key(self) -> str | None:
        """The KMS key of the deployed environment's volumes; None when it has none of its own."""
        there = self.stacks().get(self.asked.stack)
        return there.outputs.get(EnvironmentOutput.VOLUME_KMS_KEY_ARN) if there else None


def _first_cause(cloud: Cloud, stack: str) -> str:
    try:
        failure = first_cause(cloud, stack)
    except CloudError as error:
        if not denied(error):
            raise
        return ""
    return failure.cause if failure else ""


def _quota(cloud: Cloud, service: str, code: str) -> float:
    try:
        answer = cloud.call("service-quotas", "GetServiceQuota", ServiceCode=service, QuotaCode=code)
    except CloudError as error:
        if error.code != "NoSuchResourceException":
            raise
        answer = cloud.call("service-quotas", "GetAWSDefaultServiceQuota", ServiceCode=service, QuotaCode=code)
    return float(answer["Quota"]["Value"])
