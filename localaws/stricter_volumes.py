"""What AWS refuses for volumes, checked before moto's own methods."""

from __future__ import annotations

from typing import Any

from localaws.moto_objects import backend
from localaws.refuse import refuse

GP3 = {"size": (1, 65_536), "iops": (3_000, 80_000), "throughput": (125, 2_000)}
"""GiB, IOPS and MiB/s that gp3 allows; https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html"""
GP3_IOPS_PER_GIB = 500
GP3_MIB_PER_IOPS = 0.25


def check_attach_volume(ec2: Any, volume_id: str, instance_id: str, device_path: str) -> None:
    volume, instance = ec2.get_volume(volume_id), ec2.get_instance(instance_id)
    zone = getattr(volume.zone, "name", volume.zone)
    if volume.attachment:
        refuse("VolumeInUse", f"{volume_id} is already attached to an instance")
    if zone != instance.availability_zone:
        refuse(
            "InvalidVolume.ZoneMismatch",
            f"The volume '{volume_id}' is not in the same availability zone as instance '{instance_id}'",
        )
    if instance.state not in ("running", "stopped"):
        refuse("IncorrectState", f"Instance '{instance_id}' is not 'running'.")
    if device_path in instance.block_device_mapping:
        refuse(
            "InvalidParameterValue",
            f"Invalid value '{device_path}' for unixDevice. Attachment point {device_path} is already in use",
        )


def check_volume(
    ec2: Any, zone_name: str, volume_type: str, size: int, iops: int, throughput: int, kms_key_id: str
) -> None:
    # without a type it is moto itself, which puts the volumes behind its images into us-east-1a of every region
    if volume_type and zone_name not in [zone.name for zone in ec2.describe_availability_zones()]:
        refuse("InvalidZone.NotFound", f"The zone '{zone_name}' does not exist.")
    _check_gp3(volume_type, size=size, iops=iops, throughput=throughput)
    if kms_key_id:
        _check_key(ec2, kms_key_id)


def check_modify_volume(
    ec2: Any, volume_id: str, target_volume_type: str, target_size: int, target_iops: int, target_throughput: int
) -> None:
    volume = ec2.get_volume(volume_id)
    if target_size and int(target_size) < int(volume.size):
        refuse("InvalidParameterValue", f"New size cannot be smaller than existing size: {volume.size} GiB")
    _check_gp3(
        target_volume_type or volume.volume_type,
        size=target_size or volume.size,
        iops=target_iops or volume.iops,
        throughput=target_throughput or volume.throughput,
    )


def _check_gp3(volume_type: str, *, size: int | None, iops: int | None, throughput: int | None) -> None:
    if volume_type != "gp3":
        return
    given = {"size": size, "iops": iops, "throughput": throughput}
    for name, value in given.items():
        low, high = GP3[name]
        if value and not low <= int(value) <= high:
            refuse("InvalidParameterValue", f"Volume {name} of {value} is outside {low} to {high} for volume type gp3")
    rate = int(iops or GP3["iops"][0])
    if size and iops and rate > max(GP3["iops"][0], GP3_IOPS_PER_GIB * int(size)):
        refuse(
            "InvalidParameterCombination",
            f"Iops to volume size ratio of {rate / int(size):.6f} is too high; maximum is {GP3_IOPS_PER_GIB}",
        )
    if throughput and int(throughput) > GP3_MIB_PER_IOPS * rate:
        refuse(
            "InvalidParameterCombination",
            f"Throughput (MiBps) to iops ratio of {int(throughput) / rate:.6f} is too high; "
            f"maximum is {GP3_MIB_PER_IOPS} MiBps per iops",
        )


def _check_key(ec2: Any, key: str) -> None:
    keys = backend("kms", ec2.region_name).keys
    names = {one for item in keys.values() for one in (item.id, item.arn)}
    if key not in names and not key.startswith("alias/") and ":alias/" not in key:
        refuse("InvalidParameterValue", f"The KMS key '{key}' does not exist")
