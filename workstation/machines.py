"""What AWS says about instances, turned into workstations. Pure: reservations in, machines out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from generator.contract import Tag

Agent = Literal["online", "offline", "unknown"]

GONE = ("terminated",)
"""States nobody wants to see: EC2 goes on listing a terminated instance for about an hour."""
ENDING = ("shutting-down", "terminated")
"""States from which an instance never comes back."""

STOPPED_AT = re.compile(r"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?:GMT|UTC)\)")
"""In `StateTransitionReason`: `User initiated (2026-11-23 18:04:11 GMT)`; moto writes UTC."""


@dataclass(frozen=True)
class Machine:
    """One instance that carries the tag `Workstation`. Texts are AWS's own, unchecked: a tag may hold anything."""

    name: str
    """The tag `Workstation`: the name that its owner types."""
    environment: str
    owner: str
    login_user: str
    instance_id: str
    account: str
    state: str
    since: datetime | None
    """Start of the last run, or of the stop where AWS tells; UTC."""
    agent: Agent
    """Whether the SSM agent answers; without it nobody gets in."""
    instance_type: str
    zone: str
    private_address: str

    @property
    def ending(self) -> bool:
        return self.state in ENDING


def machines(reservations: Iterable[Mapping[str, Any]], online: Collection[str] | None) -> tuple[Machine, ...]:
    """The workstations among DescribeInstances' reservations, by environment and name, without the terminated ones.

    `online` holds the instance ids whose SSM agent answers; None where that could not be asked.
    """
    found = (
        _machine(instance, account=reservation.get("OwnerId", ""), online=online)
        for reservation in reservations
        for instance in reservation.get("Instances", ())
    )
    shown = [machine for machine in found if machine.name and machine.state not in GONE]
    return tuple(sorted(shown, key=lambda machine: (machine.environment, machine.name, machine.instance_id)))


def _machine(instance: Mapping[str, Any], *, account: str, online: Collection[str] | None) -> Machine:
    tags = {tag["Key"]: tag["Value"] for tag in instance.get("Tags", ())}
    instance_id = instance["InstanceId"]
    return Machine(
        name=tags.get(Tag.WORKSTATION, ""),
        environment=tags.get(Tag.ENVIRONMENT, ""),
        owner=tags.get(Tag.OWNER, ""),
        login_user=tags.get(Tag.LOGIN_USER, ""),
        instance_id=instance_id,
        account=account,
        state=instance["State"]["Name"],
        since=_since(instance),
        agent="unknown" if online is None else "online" if instance_id in online else "offline",
        instance_type=instance.get("InstanceType", ""),
        zone=instance.get("Placement", {}).get("AvailabilityZone", ""),
        private_address=instance.get("PrivateIpAddress", ""),
    )


def _since(instance: Mapping[str, Any]) -> datetime | None:
    if instance["State"]["Name"] in ("pending", "running"):
        return instance.get("LaunchTime")
    stopped = STOPPED_AT.search(instance.get("StateTransitionReason", ""))
    return datetime.strptime(stopped[1], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) if stopped else None
