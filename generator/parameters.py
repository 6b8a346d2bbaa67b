"""The CloudFormation Parameters of a workstation: the values that differ between people who deploy the same file.

Each description says the unit and what a change does to a running machine: nothing, a stop and start, or a
replacement (which the deploy step refuses unless it is named).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from troposphere import Parameter

from generator.config import Config
from generator.contract import LOGIN_USERS, WorkstationParameter

MOST_PARAMETERS = 15  # ours, so that the console's form stays readable; CloudFormation's quota is 200

NOTHING = "A change does nothing to a running machine"
STOP = "A change stops and starts the machine"
REPLACEMENT = "A change replaces the machine, and is refused unless named"


class WorkstationParameters(NamedTuple):
    """Parameters of `workstation.yaml`."""

    environment_name: Parameter
    workstation_name: Parameter
    owner: Parameter
    operating_system: Parameter
    image_id: Parameter
    instance_type: Parameter
    key_name: Parameter
    root_volume_gib: Parameter
    home_volume_gib: Parameter
    subnet_id: Parameter
    availability_zone: Parameter
    security_group_id: Parameter
    instance_profile_name: Parameter
    volume_kms_key_arn: Parameter | None


def workstation_parameters(config: Config) -> WorkstationParameters:
    """What tells one workstation from another."""
    key_arn = None
    if config.encryption.key == "customer":
        key_arn = text(
            WorkstationParameter.VOLUME_KMS_KEY_ARN,
            r"arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+",
            "the ARN of a KMS key",
            f"ARN of the key that encrypts the volumes. {REPLACEMENT}",
        )
    return WorkstationParameters(
        **_identity_parameters(), **_machine_parameters(), **_place_parameters(), volume_kms_key_arn=key_arn
    )


def _identity_parameters() -> dict[str, Parameter]:
    name = WorkstationParameter
    return {
        "environment_name": text(
            name.ENVIRONMENT_NAME,
            "[a-zA-Z][a-zA-Z0-9-]{0,127}",
            "a stack name",
            f"Stack name of the environment that the machine belongs to. {NOTHING}",
        ),
        "workstation_name": text(
            name.WORKSTATION_NAME,
            "[a-z]([a-z0-9-]{0,30}[a-z0-9])?",
            "lower-case letters, digits and hyphens, at most 32",
            f"Name of the workstation, as in ssh NAME. {NOTHING}",
        ),
        "owner": text(
            name.OWNER,
            "[A-Za-z0-9+=,.@_-]{1,64}",
            "letters, digits and + = , . @ _ -, at most 64",
            f"IAM user name or Owner tag of the person who may connect. {NOTHING}",
        ),
    }


def _machine_parameters() -> dict[str, Parameter]:
    name = WorkstationParameter
    return {
        "operating_system": Parameter(
            name.OPERATING_SYSTEM,
            Type="String",
            AllowedValues=list(LOGIN_USERS),
            Description=f"Operating system of the image. {REPLACEMENT}",
        ),
        "image_id": Parameter(
            name.IMAGE_ID,
            Type="AWS::EC2::Image::Id",
            Description=f"Id of the AMI: a value, never a moving reference. {REPLACEMENT}",
        ),
        "instance_type": text(
            name.INSTANCE_TYPE,
            r"[a-z][a-z0-9-]*\.[a-z0-9-]+",
            "an instance type such as m7i.xlarge",
            f"EC2 instance type. {STOP}",
        ),
        "key_name": Parameter(
            name.KEY_NAME,
            Type="String",
            Default="",
            MaxLength=255,
            Description=f"Name of an existing EC2 key pair; empty for none. {REPLACEMENT}",
        ),
        "root_volume_gib": _gib(name.ROOT_VOLUME_GIB, 20, f"Size of the root volume in GiB. {REPLACEMENT}"),
        "home_volume_gib": _gib(name.HOME_VOLUME_GIB, 10, f"Size of the home volume in GiB; it only grows. {NOTHING}"),
    }


def _place_parameters() -> dict[str, Parameter]:
    name = WorkstationParameter
    return {
        "subnet_id": Parameter(
            name.SUBNET_ID, Type="AWS::EC2::Subnet::Id", Description=f"Id of the private subnet. {REPLACEMENT}"
        ),
        "availability_zone": Parameter(
            name.AVAILABILITY_ZONE,
            Type="AWS::EC2::AvailabilityZone::Name",
            Description=f"Name of the subnet's zone, where the home volume lives. {REPLACEMENT}, with its volume",
        ),
        "security_group_id": Parameter(
            name.SECURITY_GROUP_ID,
            Type="AWS::EC2::SecurityGroup::Id",
            Description=f"Id of the environment's security group for workstations. {REPLACEMENT}",
        ),
        "instance_profile_name": text(
            name.INSTANCE_PROFILE_NAME,
            r"[A-Za-z0-9+=,.@_-]{1,128}",
            "the name of an instance profile",
            f"Name of the environment's instance profile. {NOTHING}",
        ),
    }


def text(name: str, pattern: str, constraint: str, description: str) -> Parameter:
    """A parameter that is text of one shape; `constraint` says in words what `pattern` allows."""
    return Parameter(
        name, Type="String", AllowedPattern=pattern, ConstraintDescription=constraint, Description=description
    )


def _gib(name: str, least: int, description: str) -> Parameter:
    return Parameter(name, Type="Number", MinValue=least, MaxValue=16384, Description=description)


def interface(groups: dict[str, tuple[Parameter, ...]]) -> dict[str, Any]:
    """`AWS::CloudFormation::Interface`: the order and headings of the console's form."""
    return {
        "AWS::CloudFormation::Interface": {
            "ParameterGroups": [
                {"Label": {"default": label}, "Parameters": [parameter.title for parameter in parameters]}
                for label, parameters in groups.items()
            ]
        }
    }
