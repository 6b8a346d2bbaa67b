"""What would keep AWS from removing an environment: things of others that are in its VPC or hold on to its parts.

A removal that meets one ends in DELETE_FAILED half way, with NAT gateways gone and the VPC still there.
docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from cloud.session import Cloud
from deployment.findings import Problem
from deployment.removal import Held

Answer = Mapping[str, Any]
WANT = "nothing of others in the VPC"


@dataclass(frozen=True)
class Kind:
    """One kind of thing that a VPC can hold: how to ask for it, and which of them are somebody's own doing."""

    what: str
    operation: str
    key: str
    identifier: str
    filter: str = "vpc-id"
    counts: Callable[[Answer], bool] = lambda _: True
    remove: str = ""
    """The command that removes one, up to its id."""


KINDS = (
    Kind("subnet", "DescribeSubnets", "Subnets", "SubnetId", remove="aws ec2 delete-subnet --subnet-id"),
    Kind(
        "security group",
        "DescribeSecurityGroups",
        "SecurityGroups",
        "GroupId",
        counts=lambda one: one["GroupName"] != "default",
        remove="aws ec2 delete-security-group --group-id",
    ),
    Kind(
        "route table",
        "DescribeRouteTables",
        "RouteTables",
        "RouteTableId",
        counts=lambda one: not any(item.get("Main") for item in one["Associations"]),
        remove="aws ec2 delete-route-table --route-table-id",
    ),
    Kind(
        "network ACL",
        "DescribeNetworkAcls",
        "NetworkAcls",
        "NetworkAclId",
        counts=lambda one: not one["IsDefault"],
        remove="aws ec2 delete-network-acl --network-acl-id",
    ),
    Kind(
        "endpoint",
        "DescribeVpcEndpoints",
        "VpcEndpoints",
        "VpcEndpointId",
        counts=lambda one: one["State"].lower() not in ("deleting", "deleted"),
        remove="aws ec2 delete-vpc-endpoints --vpc-endpoint-ids",
    ),
    Kind(
        "NAT gateway",
        "DescribeNatGateways",
        "NatGateways",
        "NatGatewayId",
        counts=lambda one: one["State"] not in ("deleting", "deleted"),
        remove="aws ec2 delete-nat-gateway --nat-gateway-id",
    ),
    Kind(
        "internet gateway",
        "DescribeInternetGateways",
        "InternetGateways",
        "InternetGatewayId",
        "attachment.vpc-id",
        remove="aws ec2 detach-internet-gateway --vpc-id VPC --internet-gateway-id",
    ),
)


def in_vpc(cloud: Cloud, vpc: str, *, ours: Collection[str], pool: Executor) -> tuple[Problem, ...]:
    """What is in the VPC and in none of our stacks; `ours` are the physical ids of those. Raises `CloudError`."""
    asked = {kind: pool.submit(_ask, cloud, kind, vpc) for kind in KINDS}
    reservations = pool.submit(_pages, cloud, "DescribeInstances", "Reservations", [_filter("vpc-id", vpc)])
    interfaces = pool.submit(_pages, cloud, "DescribeNetworkInterfaces", "NetworkInterfaces", [_filter("vpc-id", vpc)])
    found = {kind: future.result() for kind, future in asked.items()}
    instances = [item for one in reservations.result() for item in one["Instances"]]
    problems = [*_instances(instances, ours, cloud.region), *_interfaces(interfaces.result(), found, cloud.region)]
    for kind, answers in found.items():
        problems += [
            Problem(
                f"VPC {vpc}", f"{kind.what} {one[kind.identifier]}{_named(one)} is in it", WANT, _hint(cloud, kind, one)
            )
            for one in answers
            if one[kind.identifier] not in ours and kind.counts(one)
        ]
    return tuple(problems)


def references(cloud: Cloud, groups: Sequence[str], *, ours: Collection[str]) -> tuple[Problem, ...]:
    """Security groups of others whose rules name one of ours: AWS deletes none that is named. Raises `CloudError`."""
    if not groups:
        return ()
    found: dict[str, Answer] = {}
    for name in ("ip-permission.group-id", "egress.ip-permission.group-id"):
        filters = [{"Name": name, "Values": list(groups)}]
        found |= {one["GroupId"]: one for one in _pages(cloud, "DescribeSecurityGroups", "SecurityGroups", filters)}
    region = cloud.region
    return tuple(
        Problem(
            f"security group {identifier}{_named(one)}",
            f"its rules name {', '.join(sorted(_peers(one) & set(groups)))}",
            "no rule of others that names a group of the environment",
            f"take the rule out: aws ec2 describe-security-groups --region {region} --group-ids {identifier}",
        )
        for identifier, one in sorted(found.items())
        if identifier not in ours
    )


def attached_policies(cloud: Cloud, policies: Sequence[Held], *, ours: Collection[str]) -> tuple[Problem, ...]:
    """Users, groups and roles of others that bear a policy of the environment. Raises `CloudError`."""
    return tuple(problem for policy in policies for problem in _attached(cloud, policy, ours))


def _attached(cloud: Cloud, policy: Held, ours: Collection[str]) -> Iterator[Problem]:
    kinds = (("PolicyUsers", "user"), ("PolicyGroups", "group"), ("PolicyRoles", "role"))
    for key, kind in kinds:
        for one in cloud.pages("iam", "ListEntitiesForPolicy", key, PolicyArn=policy.physical_id):
            name = one[f"{kind.capitalize()}Name"]
            if name not in ours:
                detach = f"aws iam detach-{kind}-policy --{kind}-name {name} --policy-arn {policy.physical_id}"
                want = "a policy that nobody bears any more"
                yield Problem(f"policy {policy.logical_id}", f"the {kind} {name} bears it", want, detach)


def _ask(cloud: Cloud, kind: Kind, vpc: str) -> list[Answer]:
    return _pages(cloud, kind.operation, kind.key, [_filter(kind.filter, vpc)])


def _pages(cloud: Cloud, operation: str, key: str, filters: Sequence[Answer]) -> list[Answer]:
    name = "Filter" if operation == "DescribeNatGateways" else "Filters"
    return list(cloud.pages("ec2", operation, key, **{name: filters}))


def _filter(name: str, value: str) -> dict[str, Any]:
    return {"Name": name, "Values": [value]}


def _instances(instances: Sequence[Answer], ours: Collection[str], region: str) -> Iterator[Problem]:
    for one in instances:
        if one["InstanceId"] not in ours and one["State"]["Name"] not in ("terminated", "shutting-down"):
            command = f"aws ec2 terminate-instances --region {region} --instance-ids {one['InstanceId']}"
            hint = f"ask whose it is before anything else; to remove it: {command}"
            value = f"instance {one['InstanceId']}{_named(one)} is in it, {one['State']['Name']}"
            yield Problem(f"VPC {one['VpcId']}", value, WANT, hint)


def _interfaces(interfaces: Sequence[Answer], found: Mapping[Kind, Sequence[Answer]], region: str) -> Iterator[Problem]:
    """Interfaces that no instance, endpoint or NAT gateway explains: those of Lambda, RDS, EFS, load balancers."""
    known = {
        identifier
        for answers in found.values()
        for one in answers
        for identifier in (
            *one.get("NetworkInterfaceIds", ()),
            *(address.get("NetworkInterfaceId", "") for address in one.get("NatGatewayAddresses", ())),
        )
    }
    for one in interfaces:
        if one["NetworkInterfaceId"] in known or one.get("Attachment", {}).get("InstanceId"):
            continue
        about = one.get("Description") or one.get("InterfaceType", "interface")
        command = f"aws ec2 delete-network-interface --region {region} --network-interface-id"
        hint = f"remove what made it, then, if it is still there: {command} {one['NetworkInterfaceId']}"
        value = f"network interface {one['NetworkInterfaceId']} ({about}) is in it"
        yield Problem(f"VPC {one['VpcId']}", value, WANT, hint)


def _hint(cloud: Cloud, kind: Kind, one: Answer) -> str:
    command = kind.remove.replace("VPC", one.get("VpcId", "VPC"))
    return f"ask whose it is; to remove it: {command} {one[kind.identifier]} --region {cloud.region}"


def _named(one: Answer) -> str:
    name = next((tag["Value"] for tag in one.get("Tags", ()) if tag["Key"] == "Name"), one.get("GroupName", ""))
    return f" ({name})" if name else ""


def _peers(group: Answer) -> set[str]:
    rules = (*group["IpPermissions"], *group["IpPermissionsEgress"])
    return {pair.get("GroupId", "") for rule in rules for pair in rule.get("UserIdGroupPairs", ())}
