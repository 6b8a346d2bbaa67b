"""The names that more than one room shares: outputs, parameters, tag keys, files.

They are API: a rename replaces or orphans what people have deployed, so it goes in the CHANGELOG.
"""

from __future__ import annotations

ENVIRONMENT_TEMPLATE = "environment.yaml"
WORKSTATION_TEMPLATE = "workstation.yaml"
STACKS_FILE = "stacks.json"
"""Beside the templates: which stacks the config asks for, and the parameters it sets (see `stacks.py`)."""

REVIEW_FILE = "review.html"
"""Beside them too, where it is kept: the review page, which analysis writes from them."""

# -- Zones -----------------------------------------------------------------------------------------------------

ZONE_LETTERS = ("A", "B", "C", "D")
"""Zones by position. Which Availability Zone each is, is a parameter of the environment, resolved once."""


class EnvironmentParameter:
    """Parameters of `environment.yaml`; most are resolved by the deploy step at the first deploy and then kept."""

    S3_PREFIX_LIST_ID = "S3PrefixListId"
    IPAM_POOL_ID = "IpamPoolId"
    """Only where the config says `vpc = "ipam"`."""
    # only where the config says `vpc = "existing"`
    VPC_ID = "VpcId"
    VPC_CIDR_BLOCK = "VpcCidrBlock"
    PRIVATE_ROUTE_TABLE_IDS = "PrivateRouteTableIds"

    @staticmethod
    def availability_zone_id(letter: str) -> str:
        """Of a VPC that is made: the id of the zone, from which the rest follows."""
        return f"AvailabilityZoneId{letter}"

    @staticmethod
    def private_subnet_id(letter: str) -> str:
        """Of a VPC that is there: what the zone follows from."""
        return f"PrivateSubnetId{letter}"

    @staticmethod
    def availability_zone(letter: str) -> str:
        """Of a VPC that is there: the name of its subnet's zone."""
        return f"AvailabilityZone{letter}"


class EnvironmentOutput:
    """Outputs of `environment.yaml`; the deploy step hands them to the workstation stacks as parameters."""

    VPC_ID = "VpcId"
    WORKSTATION_SECURITY_GROUP_ID = "WorkstationSecurityGroupId"
    WORKSTATION_INSTANCE_PROFILE_NAME = "WorkstationInstanceProfileName"
    VOLUME_KMS_KEY_ARN = "VolumeKmsKeyArn"
    """Only where the config says `encryption.key = "customer"`."""
    DATA_SCIENTIST_USER_POLICY_ARN = "DataScientistUserPolicyArn"
    DATA_SCIENTIST_SESSION_POLICY_ARN = "DataScientistSessionPolicyArn"

    SHELL_DOCUMENT_NAME = "ShellDocumentName"
    """The session document for `aws ssm start-session --document-name`."""

    @staticmethod
    def private_subnet_id(letter: str) -> str:
        return f"PrivateSubnetId{letter}"

    @staticmethod
    def public_subnet_id(letter: str) -> str:
        return f"PublicSubnetId{letter}"

    @staticmethod
    def availability_zone(letter: str) -> str:
        """The zone's name in this account, as `AWS::EC2::Volume` wants it."""
        return f"AvailabilityZone{letter}"

    @staticmethod
    def nat_public_address(letter: str) -> str:
        """The address that downloads come from; only for zones with a NAT gateway."""
        return f"NatPublicAddress{letter}"


class WorkstationParameter:
    """Parameters of `workstation.yaml`."""

    # set by the config
    WORKSTATION_NAME = "WorkstationName"
    OWNER = "Owner"
    OPERATING_SYSTEM = "OperatingSystem"
    INSTANCE_TYPE = "InstanceType"
    KEY_NAME = "KeyName"
    ROOT_VOLUME_GIB = "RootVolumeGiB"
    HOME_VOLUME_GIB = "HomeVolumeGiB"
    # resolved by the deploy step at the first deploy, then kept
    IMAGE_ID = "ImageId"
    # handed over from the environment
    ENVIRONMENT_NAME = "EnvironmentName"
    SUBNET_ID = "SubnetId"
    AVAILABILITY_ZONE = "AvailabilityZone"
    SECURITY_GROUP_ID = "SecurityGroupId"
    INSTANCE_PROFILE_NAME = "InstanceProfileName"
    VOLUME_KMS_KEY_ARN = "VolumeKmsKeyArn"
    """Only where the config says `encryption.key = "customer"`."""


class WorkstationOutput:
    """Outputs of `workstation.yaml`."""

    INSTANCE_ID = "InstanceId"
    HOME_VOLUME_ID = "HomeVolumeId"


class Tag:
    """Tag keys on every workstation and its volumes.

    Letters only: instance metadata shows tags (`InstanceMetadataTags`), which forbids spaces and `/` in their keys.
    """

    NAME = "Name"
    OWNER = "Owner"
    """Who may connect: the access policies compare it with the caller. Its holder cannot change it."""
    ENVIRONMENT = "Environment"
    """Name of the environment's stack."""
    WORKSTATION = "Workstation"
    """Name of the workstation, unique in its environment."""
    LOGIN_USER = "LoginUser"
    """The operating system's user for SSH."""


LOGIN_USERS = {"amazon-linux-2023": "ec2-user", "ubuntu-24.04": "ubuntu"}
"""The user that each operating system's images create."""

ROOT_DEVICE_NAMES = {"amazon-linux-2023": "/dev/xvda", "ubuntu-24.04": "/dev/sda1"}
"""The root device of each operating system's images; another name would add a second, empty disk."""


def handed_over(zone: str) -> dict[str, str]:
    """Parameter of a workstation in the zone at `zone` (a letter) to the environment's output that it gets."""
    return {
        WorkstationParameter.SUBNET_ID: EnvironmentOutput.private_subnet_id(zone),
        WorkstationParameter.AVAILABILITY_ZONE: EnvironmentOutput.availability_zone(zone),
        WorkstationParameter.SECURITY_GROUP_ID: EnvironmentOutput.WORKSTATION_SECURITY_GROUP_ID,
        WorkstationParameter.INSTANCE_PROFILE_NAME: EnvironmentOutput.WORKSTATION_INSTANCE_PROFILE_NAME,
        WorkstationParameter.VOLUME_KMS_KEY_ARN: EnvironmentOutput.VOLUME_KMS_KEY_ARN,
    }


def workstation_stack_name(environment: str, workstation: str) -> str:
    """The stack of one workstation, `STACK-NAME`."""
    return f"{environment}-{workstation}"
