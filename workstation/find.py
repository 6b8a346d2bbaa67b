"""Ask AWS for workstations: the calls, nothing else. What the answers mean is in `machines.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cloud.errors import CloudError
from generator.contract import Tag
from workstation.machines import Machine, machines

if TYPE_CHECKING:
    from cloud.session import Cloud

IDS_PER_CALL = 50
"""SSM takes at most 100 values in one filter, and answers at most 50 machines in one page.
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html"""


def reservations(
    cloud: Cloud, *, environment: str | None = None, name: str | None = None
) -> tuple[dict[str, Any], ...]:
    """DescribeInstances' answer for every instance that has the tag `Workstation`. Raises `CloudError`."""
    wanted = ((Tag.ENVIRONMENT, environment), (Tag.WORKSTATION, name))
    filters = [
        {"Name": "tag-key", "Values": [Tag.WORKSTATION]},
        *({"Name": f"tag:{key}", "Values": [_literal(value)]} for key, value in wanted if value is not None),
    ]
    return tuple(cloud.pages("ec2", "DescribeInstances", "Reservations", Filters=filters))


def find(cloud: Cloud, *, environment: str | None = None) -> tuple[tuple[Machine, ...], str | None]:
    """The workstations of the region, and why the SSM agents could not be asked (None when they could).

    Raises `CloudError` when EC2 cannot be asked.
    """
    answer = reservations(cloud, environment=environment)
    running = [found.instance_id for found in machines(answer, ()) if found.state == "running"]
    try:
        online = online_agents(cloud, running)
    except CloudError as error:  # who may see instances may not always ask SSM; the list is worth having without
        return machines(answer, None), str(error)
    return machines(answer, online), None


def online_agents(cloud: Cloud, instance_ids: list[str]) -> frozenset[str]:
    """Those of the instances whose SSM agent answered within the last minutes. Raises `CloudError`."""
    return frozenset(
        answer["InstanceId"]
        for start in range(0, len(instance_ids), IDS_PER_CALL)
        for answer in cloud.pages(
            "ssm",
            "DescribeInstanceInformation",
            "InstanceInformationList",
            Filters=[{"Key": "InstanceIds", "Values": instance_ids[start : start + IDS_PER_CALL]}],
        )
        if answer["PingStatus"] == "Online"
    )


def _literal(value: str) -> str:
    """A filter value that means itself: EC2 takes `*` and `?` for wildcards unless a backslash stands before them."""
    return "".join(f"\\{character}" if character in "*?\\" else character for character in value)
