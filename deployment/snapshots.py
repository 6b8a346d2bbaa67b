"""Whether a volume that is gone left a snapshot that can be used."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from cloud.session import Cloud

POLL_SECONDS = 10.0
WAIT_SECONDS = 3_600
"""A first snapshot copies all blocks in use; 100 GiB take some ten minutes."""


@dataclass(frozen=True)
class Snapshot:
    """A snapshot as EC2 describes it."""

    identifier: str
    volume: str
    state: str
    """`pending`, `completed` or `error`."""
    progress: str
    """`37%`."""
    started: Any


def of_volumes(cloud: Cloud, volumes: Collection[str]) -> dict[str, tuple[Snapshot, ...]]:
    """Volume to the account's own snapshots of it, newest first. Raises `CloudError`."""
    if not volumes:
        return {}
    filters = [{"Name": "volume-id", "Values": sorted(volumes)}]
    answers = cloud.pages("ec2", "DescribeSnapshots", "Snapshots", OwnerIds=["self"], Filters=filters)
    found = sorted(map(_snapshot, answers), key=lambda one: one.started, reverse=True)
    return {volume: tuple(one for one in found if one.volume == volume) for volume in volumes}


def wait_for(
    cloud: Cloud,
    volumes: Collection[str],
    *,
    before: Collection[str],
    say: Callable[[str], None],
    sleep: Callable[[float], None],
) -> Mapping[str, Snapshot | None]:
    """Volume to its newest snapshot that was not there `before`, once it is complete; None where there is none.

    After an hour a snapshot is returned as it is. Raises `CloudError`.
    """
    waited, told = 0.0, ""
    while True:
        found = {
            volume: next((one for one in snapshots if one.identifier not in before), None)
            for volume, snapshots in of_volumes(cloud, volumes).items()
        }
        pending = [one for one in found.values() if one and one.state == "pending"]
        if not pending or waited >= WAIT_SECONDS:
            return found
        words = ", ".join(f"{one.identifier} {one.progress or 'begun'}" for one in pending)
        if words != told:
            say(f"snapshots: {words}")
            told = words
        sleep(POLL_SECONDS)
        waited += POLL_SECONDS


def _snapshot(answer: Mapping[str, Any]) -> Snapshot:
    names = ("SnapshotId", "VolumeId", "State", "Progress", "StartTime")
    return Snapshot(*(answer.get(name, "") for name in names))
