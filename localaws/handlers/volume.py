"""Volumes and their attachments."""

from __future__ import annotations

from typing import Any

from localaws.handlers.base import Handler, Job, Made, Old, ignore, retag_ec2
from localaws.moto_objects import ec2_backend

GP3_IOPS, GP3_THROUGHPUT_MIB = 3000, 125
"""What gp3 gives when the template says nothing; https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html"""

FIXED = ("AvailabilityZone", "Encrypted", "KmsKeyId", "SnapshotId")
"""Properties for which the CloudFormation documentation says "Updates are not supported"."""


def create_volume(job: Job) -> Made:
    names = (
        "AvailabilityZone",
        "Encrypted",
        "Iops",
        "KmsKeyId",
        "MultiAttachEnabled",
        "Size",
        "SnapshotId",
        "Throughput",
    )
    ec2 = job.client("ec2")
    kind = job.get("VolumeType", "gp2")
    volume = ec2.create_volume(**job.only(*names), VolumeType=kind, TagSpecifications=job.tag_specifications("volume"))
    if kind == "gp3" and not job.get("Throughput"):
        ec2_backend(job.region).volumes[volume["VolumeId"]].throughput = GP3_THROUGHPUT_MIB  # moto leaves it empty
    return Made(volume["VolumeId"], {"VolumeId": volume["VolumeId"]})


def update_volume(job: Job, old: Old) -> Made:
    defaults = {"Iops": GP3_IOPS, "Throughput": GP3_THROUGHPUT_MIB} if job.get("VolumeType") == "gp3" else {}
    wanted = {**defaults, **job.only("Iops", "Size", "Throughput", "VolumeType")}
    before = {**defaults, **old.properties}
    changes = {name: value for name, value in wanted.items() if value != before.get(name)}
    volume = ec2_backend(job.region).volumes[old.physical_id]
    if changes.get("Size", volume.size) < volume.size:
        del changes["Size"]  # a rollback never makes a volume smaller
    if changes:
        job.client("ec2").modify_volume(VolumeId=old.physical_id, **changes)
    for name, attribute in (("Iops", "iops"), ("Throughput", "throughput")):
        if name in wanted:
            setattr(volume, attribute, wanted[name])  # moto's ModifyVolume forgets the throughput
    retag_ec2(job, old)
    return old.made


def delete_volume(job: Job, volume_id: str) -> None:
    ignore(["InvalidVolume.NotFound"], lambda: job.client("ec2").delete_volume(VolumeId=volume_id))


def snapshot_volume(job: Job, volume_id: str) -> None:
    """What `DeletionPolicy: Snapshot` leaves behind."""
    job.client("ec2").create_snapshot(
        VolumeId=volume_id,
        Description=f"Created by CloudFormation for {job.logical_id} of {job.stack_name}",
        TagSpecifications=job.tag_specifications("snapshot"),
    )


def _volume_change_refused(old: dict[str, Any], new: dict[str, Any]) -> str:
    if any(old.get(name) != new.get(name) for name in FIXED):
        return (
            "Volume properties other than AutoEnableIO, type, size, and IOPS cannot be updated. "
            "Change the properties back to previous values and update the stack again."
        )
    if new.get("Size", 0) < old.get("Size", 0):
        return f"New size cannot be smaller than existing size: {new['Size']} GiB is less than {old['Size']} GiB"
    return ""


def create_attachment(job: Job) -> Made:
    job.client("ec2").attach_volume(**job.only("Device", "InstanceId", "VolumeId"))
    return Made(f"{job.get('VolumeId')}|{job.get('InstanceId')}", {})


def delete_attachment(job: Job, _physical_id: str) -> None:
    ec2 = job.client("ec2")
    codes = ["IncorrectState", "InvalidAttachment.NotFound", "InvalidInstanceID.NotFound", "InvalidVolume.NotFound"]
    ignore(codes, lambda: ec2.detach_volume(**job.only("Device", "InstanceId", "VolumeId")))


HANDLERS = {
    "AWS::EC2::Volume": Handler(
        create=create_volume,
        update=update_volume,
        delete=delete_volume,
        snapshot=snapshot_volume,
        properties=(
            "AvailabilityZone",
            "Encrypted",
            "Iops",
            "KmsKeyId",
            "MultiAttachEnabled",
            "Size",
            "SnapshotId",
            "Tags",
            "Throughput",
            "VolumeType",
        ),
        attributes=("VolumeId",),
        refuses=_volume_change_refused,
    ),
    "AWS::EC2::VolumeAttachment": Handler(
        create=create_attachment,
        delete=delete_attachment,
        properties=("Device", "InstanceId", "VolumeId"),
    ),
}
