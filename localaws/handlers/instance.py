"""Instances, with their launch template merged in."""

from __future__ import annotations

from typing import Any

from localaws.handlers.base import Handler, HandlerError, Job, Made, Old, ignore, retag_ec2
from localaws.handlers.volume import GP3_IOPS, GP3_THROUGHPUT_MIB
from localaws.moto_objects import ec2_backend

PASSED = (
    "EbsOptimized",
    "ImageId",
    "InstanceInitiatedShutdownBehavior",
    "InstanceType",
    "KeyName",
    "PrivateIpAddress",
    "SecurityGroupIds",
    "SubnetId",
)
"""Properties that RunInstances takes as they are, from the template or its launch template."""


def create_instance(job: Job) -> Made:
    ec2 = job.client("ec2")
    template, data = _launch_template(job)
    arguments = {**{key: value for key, value in data.items() if key in PASSED}, **job.only(*PASSED)}
    for name, value in (("LaunchTemplate", template), ("MetadataOptions", _metadata(job, data))):
        if value:
            arguments[name] = value
    if job.get("IamInstanceProfile"):
        arguments["IamInstanceProfile"] = {"Name": job.get("IamInstanceProfile")}
    if job.get("NetworkInterfaces"):
        arguments["NetworkInterfaces"] = [_interface(item) for item in job.get("NetworkInterfaces")]
    devices = _devices(job, arguments.get("ImageId", ""))
    answer = ec2.run_instances(
        MinCount=1,
        MaxCount=1,
        Monitoring={"Enabled": job.get("Monitoring", False)},
        BlockDeviceMappings=devices,
        TagSpecifications=_instance_tags(job),
        UserData=_decoded(job.get("UserData") or data.get("UserData", "")),
        **arguments,
    )
    instance_id = answer["Instances"][0]["InstanceId"]
    job.identify(instance_id)
    _show_groups(job, instance_id)
    _set_volumes(job, instance_id, devices)
    _set_attributes(job, instance_id)
    return Made(instance_id, _instance_attributes(job, instance_id))


def _launch_template(job: Job) -> tuple[dict[str, str], dict[str, Any]]:
    """The template's specification and the data of the version that it names."""
    given = job.get("LaunchTemplate")
    if not given:
        return {}, {}
    specification = {
        key: str(given[key]) for key in ("LaunchTemplateId", "LaunchTemplateName", "Version") if key in given
    }
    named = {key: value for key, value in specification.items() if key != "Version"}
    versions = job.client("ec2").describe_launch_template_versions(**named, Versions=[specification["Version"]])
    found = versions["LaunchTemplateVersions"]
    if not found:
        raise HandlerError(f"Could not find launch template version {specification['Version']}")
    return specification, found[0]["LaunchTemplateData"]


def _metadata(job: Job, data: dict[str, Any]) -> dict[str, Any]:
    return {**data.get("MetadataOptions", {}), **job.get("MetadataOptions", {})}


def _interface(item: dict[str, Any]) -> dict[str, Any]:
    """A template's network interface as the call wants it."""
    renamed = {"GroupSet": "Groups"}
    made = {renamed.get(key, key): value for key, value in item.items()}
    made["DeviceIndex"] = int(made["DeviceIndex"])
    return made


def _devices(job: Job, image_id: str) -> list[dict[str, Any]]:
    """The template's devices, with the root device that every image brings, and its size where none is given."""
    devices = [{**item, "Ebs": dict(item.get("Ebs", {}))} for item in job.get("BlockDeviceMappings", ())]
    image = ec2_backend(job.region).amis.get(image_id)
    root = image.root_device_name if image else "/dev/xvda"
    if root not in [item["DeviceName"] for item in devices]:
        devices.insert(0, {"DeviceName": root, "Ebs": {"DeleteOnTermination": True}})
    for item in devices:
        item["Ebs"].setdefault("VolumeSize", 8)
        item["Ebs"].setdefault("VolumeType", "gp2")
        item["Ebs"].setdefault("DeleteOnTermination", True)
    return devices


def _instance_tags(job: Job) -> list[dict[str, Any]]:
    tags = job.tag_specifications("instance")
    return [*tags, *job.tag_specifications("volume")] if job.get("PropagateTagsToVolumeOnCreation") else tags


def _decoded(user_data: str) -> str:
    import base64

    return base64.b64decode(user_data).decode() if user_data else ""


def _show_groups(job: Job, instance_id: str) -> None:
    """An instance shows the groups of its first interface; moto shows only those given without an interface."""
    backend = ec2_backend(job.region)
    instance = backend.get_instance(instance_id)
    instance.security_groups = list(instance.nics[0].group_set)


def _set_volumes(job: Job, instance_id: str, devices: list[dict[str, Any]]) -> None:
    """IOPS and throughput of volumes made with the instance, which moto's RunInstances drops."""
    backend = ec2_backend(job.region)
    mapped = backend.get_instance(instance_id).block_device_mapping
    for item in devices:
        ebs, volume = item["Ebs"], backend.volumes[mapped[item["DeviceName"]].volume_id]
        if ebs["VolumeType"] == "gp3":
            volume.iops, volume.throughput = ebs.get("Iops", GP3_IOPS), ebs.get("Throughput", GP3_THROUGHPUT_MIB)


def _set_attributes(job: Job, instance_id: str) -> None:
    ec2 = job.client("ec2")
    protect = {"Value": job.get("DisableApiTermination", False)}
    ec2.modify_instance_attribute(InstanceId=instance_id, DisableApiTermination=protect)
    if "SourceDestCheck" in job.properties:
        ec2.modify_instance_attribute(InstanceId=instance_id, SourceDestCheck={"Value": job.get("SourceDestCheck")})


def _instance_attributes(job: Job, instance_id: str) -> dict[str, Any]:
    found = job.client("ec2").describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]
    return {
        "AvailabilityZone": found["Placement"]["AvailabilityZone"],
        "InstanceId": instance_id,
        "PrivateDnsName": found.get("PrivateDnsName", ""),
        "PrivateIp": found.get("PrivateIpAddress", ""),
        "PublicDnsName": found.get("PublicDnsName", ""),
        "PublicIp": found.get("PublicIpAddress", ""),
        "VpcId": found.get("VpcId", ""),
    }


def update_instance(job: Job, old: Old) -> Made:
    ec2, instance_id = job.client("ec2"), old.physical_id
    stopped = [name for name in ("InstanceType", "UserData", "EbsOptimized") if _changed(job, old, name)]
    running = ec2_backend(job.region).get_instance(instance_id).state == "running"
    if stopped and running:
        ec2.stop_instances(InstanceIds=[instance_id])
    if "InstanceType" in stopped:
        ec2.modify_instance_attribute(InstanceId=instance_id, InstanceType={"Value": job.get("InstanceType")})
    if "UserData" in stopped:
        # moto wants the text encoded here too, beside the encoding that boto3 does
        ec2.modify_instance_attribute(InstanceId=instance_id, UserData={"Value": job.get("UserData", "")})
    if "EbsOptimized" in stopped:
        wanted = {"Value": job.get("EbsOptimized", False)}
        ec2.modify_instance_attribute(InstanceId=instance_id, EbsOptimized=wanted)
    if stopped and running:
        ec2.start_instances(InstanceIds=[instance_id])
    _update_running(job, old)
    _set_attributes(job, instance_id)
    retag_ec2(job, old)
    return Made(instance_id, _instance_attributes(job, instance_id))


def _update_running(job: Job, old: Old) -> None:
    """Changes that need no stop."""
    ec2, instance_id = job.client("ec2"), old.physical_id
    if _changed(job, old, "SecurityGroupIds"):
        ec2.modify_instance_attribute(InstanceId=instance_id, Groups=job.get("SecurityGroupIds", []))
    # moto has no MonitorInstances, and its ModifyInstanceAttribute forgets the shutdown behaviour
    instance = ec2_backend(job.region).get_instance(instance_id)
    instance.monitoring_state = "enabled" if job.get("Monitoring") else "disabled"
    instance.instance_initiated_shutdown_behavior = job.get("InstanceInitiatedShutdownBehavior", "stop")
    if _changed(job, old, "MetadataOptions"):
        ec2.modify_instance_metadata_options(InstanceId=instance_id, **job.get("MetadataOptions", {}))
    if _changed(job, old, "IamInstanceProfile"):
        of_instance = [{"Name": "instance-id", "Values": [instance_id]}]
        for item in ec2.describe_iam_instance_profile_associations(Filters=of_instance)[
            "IamInstanceProfileAssociations"
        ]:
            ec2.disassociate_iam_instance_profile(AssociationId=item["AssociationId"])
        if job.get("IamInstanceProfile"):
            profile = {"Name": job.get("IamInstanceProfile")}
            ec2.associate_iam_instance_profile(InstanceId=instance_id, IamInstanceProfile=profile)


def _changed(job: Job, old: Old, name: str) -> bool:
    return job.get(name) != old.properties.get(name)


def delete_instance(job: Job, instance_id: str) -> None:
    ignore(["InvalidInstanceID.NotFound"], lambda: job.client("ec2").terminate_instances(InstanceIds=[instance_id]))


def _replaces(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Devices, other than their DeleteOnTermination, and tenancy make a new machine; the rest is changed in place."""

    def devices(properties: dict[str, Any]) -> list[Any]:
        kept = []
        for item in properties.get("BlockDeviceMappings", ()):
            ebs = {key: value for key, value in item.get("Ebs", {}).items() if key != "DeleteOnTermination"}
            kept.append({**item, "Ebs": ebs})
        return kept

    return devices(old) != devices(new)


HANDLERS = {
    "AWS::EC2::Instance": Handler(
        create=create_instance,
        update=update_instance,
        delete=delete_instance,
        properties=(
            "BlockDeviceMappings",
            "DisableApiTermination",
            "EbsOptimized",
            "IamInstanceProfile",
            "ImageId",
            "InstanceInitiatedShutdownBehavior",
            "InstanceType",
            "KeyName",
            "LaunchTemplate",
            "MetadataOptions",
            "Monitoring",
            "NetworkInterfaces",
            "PrivateIpAddress",
            "PropagateTagsToVolumeOnCreation",
            "SecurityGroupIds",
            "SourceDestCheck",
            "SubnetId",
            "Tags",
            "UserData",
        ),
        attributes=(
            "AvailabilityZone",
            "InstanceId",
            "PrivateDnsName",
            "PrivateIp",
            "PublicDnsName",
            "PublicIp",
            "VpcId",
        ),
        replaces=_replaces,
    ),
}
