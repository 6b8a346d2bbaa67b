"""One workstation: launch template, instance, home volume.

What would replace the machine if it were added later is right from the start. Changing any of it is refused by the
deploy step unless it is named.
"""

from __future__ import annotations

from typing import NamedTuple

from troposphere import Base64, Equals, FindInMap, If, Not, NoValue, Ref, Sub, Tags
from troposphere.ec2 import (
    BlockDeviceMapping,
    EbsBlockDevice,
    Instance,
    LaunchTemplate,
    LaunchTemplateData,
    LaunchTemplateSpecification,
    MetadataOptions,
    NetworkInterfaceProperty,
    Volume,
    VolumeAttachment,
)

from generator.config import Config, HomeVolumeConfig, MachineConfig
from generator.contract import LOGIN_USERS, ROOT_DEVICE_NAMES, Tag
from generator.parameters import WorkstationParameters
from generator.userdata import FIRST_BOOT

HAS_KEY_NAME = "HasKeyName"
OPERATING_SYSTEMS = "OperatingSystems"

HOME_DEVICE = "/dev/sdf"  # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html: sdf to sdp for data

RETENTION = {
    # The volume of a failed first deploy has never held anything, so it may go:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
    "keep": {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"},
    "snapshot": {"DeletionPolicy": "Snapshot", "UpdateReplacePolicy": "Snapshot"},
}


class Workstation(NamedTuple):
    """A machine and the volume that outlives it."""

    launch_template: LaunchTemplate
    instance: Instance
    home_volume: Volume
    home_volume_attachment: VolumeAttachment


def workstation(config: Config, parameters: WorkstationParameters) -> Workstation:
    """The machine of one person."""
    template = _launch_template(config.machine)
    instance = _instance(config.machine, parameters, template)
    volume = _home_volume(config.home_volume, parameters)
    return Workstation(
        launch_template=template,
        instance=instance,
        home_volume=volume,
        home_volume_attachment=VolumeAttachment(
            "HomeVolumeAttachment", InstanceId=Ref(instance), VolumeId=Ref(volume), Device=HOME_DEVICE
        ),
    )


def conditions(parameters: WorkstationParameters) -> dict[str, object]:
    """Conditions of `workstation.yaml`."""
    return {HAS_KEY_NAME: Not(Equals(Ref(parameters.key_name), ""))}


def mappings() -> dict[str, dict[str, dict[str, str]]]:
    """Mappings of `workstation.yaml`."""
    return {
        OPERATING_SYSTEMS: {
            system: {"LoginUser": LOGIN_USERS[system], "RootDeviceName": ROOT_DEVICE_NAMES[system]}
            for system in LOGIN_USERS
        }
    }


def _launch_template(config: MachineConfig) -> LaunchTemplate:
    # Only what instance metadata needs: scanners and older regions know IMDSv2 of launch templates only.
    return LaunchTemplate(
        "LaunchTemplate",
        LaunchTemplateData=LaunchTemplateData(
            MetadataOptions=MetadataOptions(
                HttpEndpoint="enabled",
                HttpTokens="required",
                HttpPutResponseHopLimit=2 if config.containers else 1,
                InstanceMetadataTags="enabled",
            )
        ),
    )


def _instance(config: MachineConfig, parameters: WorkstationParameters, template: LaunchTemplate) -> Instance:
    operating_system = Ref(parameters.operating_system)
    return Instance(
        "Instance",
        # The first version, by number: a later one would replace the machine.
        LaunchTemplate=LaunchTemplateSpecification(LaunchTemplateId=Ref(template), Version="1"),
        ImageId=Ref(parameters.image_id),
        InstanceType=Ref(parameters.instance_type),
        KeyName=If(HAS_KEY_NAME, Ref(parameters.key_name), NoValue),
        IamInstanceProfile=Ref(parameters.instance_profile_name),
        NetworkInterfaces=[
            NetworkInterfaceProperty(
                DeviceIndex="0",
                SubnetId=Ref(parameters.subnet_id),
                GroupSet=[Ref(parameters.security_group_id)],
                AssociatePublicIpAddress=False,
                DeleteOnTermination=True,
            )
        ],
        BlockDeviceMappings=[
            BlockDeviceMapping(
                DeviceName=FindInMap(OPERATING_SYSTEMS, operating_system, "RootDeviceName"),
                Ebs=EbsBlockDevice(
                    VolumeType="gp3",
                    VolumeSize=Ref(parameters.root_volume_gib),
                    Encrypted=True,
                    DeleteOnTermination=True,
                    **_key(parameters),
                ),
            )
        ],
        EbsOptimized=True,
        Monitoring=config.detailed_monitoring,
        InstanceInitiatedShutdownBehavior="stop",
        PropagateTagsToVolumeOnCreation=True,
        UserData=Base64(FIRST_BOOT),
        Tags=Tags(
            {
                Tag.NAME: _name(parameters),
                Tag.OWNER: Ref(parameters.owner),
                Tag.ENVIRONMENT: Ref(parameters.environment_name),
                Tag.WORKSTATION: Ref(parameters.workstation_name),
                Tag.LOGIN_USER: FindInMap(OPERATING_SYSTEMS, operating_system, "LoginUser"),
            }
        ),
    )


def _home_volume(config: HomeVolumeConfig, parameters: WorkstationParameters) -> Volume:
    return Volume(
        "HomeVolume",
        AvailabilityZone=Ref(parameters.availability_zone),
        VolumeType="gp3",
        Size=Ref(parameters.home_volume_gib),
        Iops=config.iops,
        Throughput=config.throughput_mibps,
        Encrypted=True,
        **_key(parameters),
        **RETENTION[config.when_removed],
        Tags=Tags(
            {
                Tag.NAME: Sub(
                    "${Environment}-${Workstation}-home",
                    Environment=Ref(parameters.environment_name),
                    Workstation=Ref(parameters.workstation_name),
                ),
                Tag.OWNER: Ref(parameters.owner),
                Tag.ENVIRONMENT: Ref(parameters.environment_name),
                Tag.WORKSTATION: Ref(parameters.workstation_name),
            }
        ),
    )


def _key(parameters: WorkstationParameters) -> dict[str, Ref]:
    return {"KmsKeyId": Ref(parameters.volume_kms_key_arn)} if parameters.volume_kms_key_arn else {}


def _name(parameters: WorkstationParameters) -> Sub:
    return Sub(
        "${Environment}-${Workstation}",
        Environment=Ref(parameters.environment_name),
        Workstation=Ref(parameters.workstation_name),
    )
