"""Drift: what a resource is now, beside the properties that its template set. Types without a reader are not checked.

As on AWS only properties that the template sets are compared, and tags only where the template has some.
docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from localaws.handlers.base import Job, Properties
from localaws.handlers.routing import DESTINATIONS, TARGETS
from localaws.handlers.security import PEERS, permission_of, single_peers

IN_SYNC, MODIFIED, DELETED, NOT_CHECKED = "IN_SYNC", "MODIFIED", "DELETED", "NOT_CHECKED"
Difference = dict[str, str]


@dataclass(frozen=True)
class Drift:
    """What became of one resource."""

    status: str
    actual: Properties | None = None
    differences: tuple[Difference, ...] = ()


def drift(job: Job, resource_type: str, physical_id: str) -> Drift:
    """Compare one resource with its template's properties, which `job` holds."""
    reader = READERS.get(resource_type)
    if reader is None:
        return Drift(NOT_CHECKED)
    try:
        read = reader(job, physical_id)
    except ClientError as error:
        if "NotFound" not in error.response["Error"]["Code"]:
            raise
        read = None
    if read is None:
        return Drift(DELETED)
    actual = {name: read[name] for name in job.properties if name in read}
    differences = tuple(found for name in actual for found in _differences(name, job.properties[name], actual[name]))
    return Drift(MODIFIED if differences else IN_SYNC, actual, differences)


def _differences(name: str, expected: Any, actual: Any) -> Iterator[Difference]:
    if name == "Tags":
        yield from _tag_differences(expected, actual)
    elif isinstance(expected, list):
        for position, item in enumerate(expected):
            if item not in actual:
                yield _difference(f"/{name}/{position}", item, None)
        for position, item in enumerate(actual):
            if item not in expected:
                yield _difference(f"/{name}/{position}", None, item)
    elif expected != actual:
        yield _difference(f"/{name}", expected, actual)


def _tag_differences(expected: list[dict[str, str]], actual: list[dict[str, str]]) -> Iterator[Difference]:
    now = {tag["Key"]: tag["Value"] for tag in actual}
    for position, tag in enumerate(expected):
        value = now.pop(tag["Key"], None)
        if value is None:
            yield _difference(f"/Tags/{position}", tag, None)
        elif value != tag["Value"]:
            yield _difference(f"/Tags/{position}/Value", tag["Value"], value)
    for position, (key, value) in enumerate(sorted(now.items()), start=len(expected)):
        yield _difference(f"/Tags/{position}", None, {"Key": key, "Value": value})


def _difference(path: str, expected: Any, actual: Any) -> Difference:
    kind = "REMOVE" if actual is None else "ADD" if expected is None else "NOT_EQUAL"
    words = {"ExpectedValue": expected, "ActualValue": actual}
    return {"PropertyPath": path, "DifferenceType": kind, **{name: _text(value) for name, value in words.items()}}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


# -- readers: the properties of a resource as they are now; None when it is gone ----------------------------------


def _instance(job: Job, instance_id: str) -> Properties | None:
    answer = job.client("ec2").describe_instances(InstanceIds=[instance_id])
    one = answer["Reservations"][0]["Instances"][0]
    if one["State"]["Name"] in ("shutting-down", "terminated"):
        return None
    names = ("EbsOptimized", "ImageId", "InstanceType", "KeyName", "SourceDestCheck")
    profile = one.get("IamInstanceProfile", {}).get("Arn", "").rpartition("/")[2]
    return {
        **_present(one, names),
        "IamInstanceProfile": profile,
        "Monitoring": one["Monitoring"]["State"] == "enabled",
        "Tags": _tags(job, one),
    }


def _volume(job: Job, volume_id: str) -> Properties | None:
    one = job.client("ec2").describe_volumes(VolumeIds=[volume_id])["Volumes"][0]
    names = ("AvailabilityZone", "Encrypted", "Iops", "Size", "Throughput", "VolumeType")
    return {**_present(one, names), "Tags": _tags(job, one)}


def _vpc(job: Job, vpc_id: str) -> Properties | None:
    ec2 = job.client("ec2")
    one = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"][0]
    settings = {
        name: ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute=attribute)[name]["Value"]
        for name, attribute in (("EnableDnsSupport", "enableDnsSupport"), ("EnableDnsHostnames", "enableDnsHostnames"))
    }
    return {"CidrBlock": one["CidrBlock"], **settings, "Tags": _tags(job, one)}


def _subnet(job: Job, subnet_id: str) -> Properties | None:
    one = job.client("ec2").describe_subnets(SubnetIds=[subnet_id])["Subnets"][0]
    names = ("AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "MapPublicIpOnLaunch", "VpcId")
    return {**_present(one, names), "Tags": _tags(job, one)}


def _route_table(job: Job, table_id: str) -> Properties | None:
    one = job.client("ec2").describe_route_tables(RouteTableIds=[table_id])["RouteTables"][0]
    return {"VpcId": one["VpcId"], "Tags": _tags(job, one)}


def _route(job: Job, _physical_id: str) -> Properties | None:
    destination = next(name for name in DESTINATIONS if job.get(name))
    table = job.client("ec2").describe_route_tables(RouteTableIds=[job.get("RouteTableId")])["RouteTables"][0]
    for route in table["Routes"]:
        if route.get(destination) == job.get(destination):
            return {name: route.get(name, "") for name in TARGETS}
    return None


def _security_group(job: Job, group_id: str) -> Properties | None:
    one = job.client("ec2").describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]
    return {
        "GroupDescription": one["Description"],
        "VpcId": one["VpcId"],
        "SecurityGroupIngress": _rules(job.get("SecurityGroupIngress", ()), one["IpPermissions"], side="Source"),
        "SecurityGroupEgress": _rules(
            job.get("SecurityGroupEgress", ()), one["IpPermissionsEgress"], side="Destination"
        ),
        "Tags": _tags(job, one),
    }


def _rules(expected: Iterable[Properties], permissions: Iterable[Properties], *, side: str) -> list[Properties]:
    """The rules as they are; one that the template has is told in the template's own words."""
    written = [(permission_of(rule), rule) for rule in expected]
    found = []
    for permission in (one for described in permissions for one in single_peers(described)):
        own = next((rule for known, rule in written if known == permission), None)
        found.append(own or _as_rule(permission, side=side))
    return found


def _as_rule(permission: Properties, *, side: str) -> Properties:
    ports = {name: permission[name] for name in ("FromPort", "ToPort") if name in permission}
    for name, (plural, singular) in PEERS.items():
        if plural in permission and name.startswith((side, "Cidr")):
            (peer,) = permission[plural]
            rule = {"IpProtocol": permission["IpProtocol"], **ports, name: peer[singular]}
            return {**rule, **{key: peer[key] for key in ("Description",) if key in peer}}
    raise KeyError(permission)


def _log_group(job: Job, name: str) -> Properties | None:
    found = job.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    one = next((group for group in found if group["logGroupName"] == name), None)
    return {"RetentionInDays": one.get("retentionInDays", 0)} if one else None


def _present(answer: Properties, names: Iterable[str]) -> Properties:
    return {name: answer[name] for name in names if name in answer}


def _tags(job: Job, answer: Properties) -> list[dict[str, str]]:
    """Without those that CloudFormation and the stack give."""
    own = {tag["Key"] for tag in job.get("Tags", ())}
    return [
        {"Key": tag["Key"], "Value": tag["Value"]}
        for tag in answer.get("Tags", ())
        if tag["Key"] in own or not (tag["Key"].startswith("aws:") or job.stack_tags.get(tag["Key"]) == tag["Value"])
    ]


READERS: dict[str, Callable[[Job, str], Properties | None]] = {
    "AWS::EC2::Instance": _instance,
    "AWS::EC2::Route": _route,
    "AWS::EC2::RouteTable": _route_table,
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::EC2::Subnet": _subnet,
    "AWS::EC2::VPC": _vpc,
    "AWS::EC2::Volume": _volume,
    "AWS::Logs::LogGroup": _log_group,
}
