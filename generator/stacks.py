"""The table of contents of `templates/`: which parts make which file, and what the deploy step is told."""

from __future__ import annotations

from typing import Any

from troposphere import GetAtt, Output, Ref

from generator.assemble import Stack
from generator.config import Config, WorkstationConfig
from generator.contract import (
    ENVIRONMENT_TEMPLATE,
    WORKSTATION_TEMPLATE,
    ZONE_LETTERS,
    EnvironmentOutput,
    WorkstationOutput,
    WorkstationParameter,
)
from generator.ec2 import Workstation, conditions, mappings, workstation
from generator.encryption import Encryption, encryption
from generator.iam import Access, WorkstationIdentity, access, workstation_identity
from generator.network import Network, endpoints, network
from generator.parameters import (
    EnvironmentParameters,
    WorkstationParameters,
    environment_parameters,
    interface,
    workstation_parameters,
)
from generator.security import SecurityGroups, security_groups
from generator.vpc import Vpc, flow_log, vpc


def environment_stack(config: Config) -> Stack:
    """What the team shares and what rarely changes: network, access, the workstations' role."""
    parameters = environment_parameters(config)
    key = encryption(config.encryption)
    network_base = vpc(config.network)
    routes = network(config.network, network_base, parameters)
    groups = security_groups(config.network, network_base, routes, parameters)
    identity, people = workstation_identity(), access()
    return Stack(
        description="Environment for data scientists: network without a way in, access policies, workstation role",
        metadata=_environment_form(parameters),
        parts=(
            parameters,
            key,
            network_base,
            routes,
            groups,
            endpoints(config.network, network_base, routes, groups.endpoint),
            flow_log(config.network, network_base, key.encryption_key),
            identity,
            people,
        ),
        outputs=(
            *_network_outputs(network_base, routes, groups),
            *_identity_outputs(identity, people, key),
        ),
    )


def workstation_stack(config: Config) -> Stack:
    """One person's machine; one stack for each, so that nobody's change touches anybody else's machine."""
    parameters = workstation_parameters(config)
    machine = workstation(config, parameters)
    return Stack(
        description="Workstation of one data scientist: a private instance and a home volume that outlives it",
        metadata=_workstation_form(parameters),
        mappings=mappings(),
        conditions=conditions(parameters),
        parts=(parameters, machine),
        outputs=_workstation_outputs(machine),
    )


def stacks(config: Config) -> dict[str, Any]:
    """What `stacks.json` tells the deploy step: the stacks, and the parameters that the config sets."""
    return {
        "environment": {
            "template": ENVIRONMENT_TEMPLATE,
            "zones": list(ZONE_LETTERS[: config.network.zones]),
            "parameters": {},
        },
        "workstations": [_workstation(workstation) for workstation in config.workstations],
    }


def _workstation(workstation: WorkstationConfig) -> dict[str, Any]:
    return {
        "name": workstation.name,
        "template": WORKSTATION_TEMPLATE,
        "zone": workstation.zone.upper(),
        "architecture": workstation.architecture,
        "image": image(workstation),
        "fallback_instance_types": list(workstation.fallback_instance_types),
        "parameters": {
            WorkstationParameter.WORKSTATION_NAME: workstation.name,
            WorkstationParameter.OWNER: workstation.owner or workstation.name,
            WorkstationParameter.OPERATING_SYSTEM: workstation.operating_system,
            WorkstationParameter.INSTANCE_TYPE: workstation.instance_type,
            WorkstationParameter.KEY_NAME: workstation.key_name,
            WorkstationParameter.ROOT_VOLUME_GIB: str(workstation.root_volume_gib),
            WorkstationParameter.HOME_VOLUME_GIB: str(workstation.home_volume_gib),
        },
    }


def image(workstation: WorkstationConfig) -> str:
    """An AMI id, or the public SSM parameter that holds the newest one of its kind.

    https://docs.aws.amazon.com/linux/al2023/ug/ec2.html#launch-via-aws-cli
    https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/
    https://docs.aws.amazon.com/dlami/latest/devguide/find-dlami-id.html
    """
    if workstation.image.startswith("ami-"):
        return workstation.image
    ubuntu = workstation.operating_system == "ubuntu-24.04"
    if workstation.image == "deep-learning":
        system = "ubuntu-24.04" if ubuntu else "al2023"
        kind = f"{workstation.architecture}/base-oss-nvidia-driver-gpu-{system}"
        return f"/aws/service/deeplearning/ami/{kind}/latest/ami-id"
    if ubuntu:
        machine = "arm64" if workstation.architecture == "arm64" else "amd64"
        return f"/aws/service/canonical/ubuntu/server/24.04/stable/current/{machine}/hvm/ebs-gp3/ami-id"
    return f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{workstation.architecture}"


def _environment_form(parameters: EnvironmentParameters) -> dict[str, Any]:
    groups = {"Availability Zones (resolved by the first deploy, then kept)": parameters.availability_zone_ids}
    if parameters.s3_prefix_list_id:
        groups["Region (resolved by the first deploy, then kept)"] = (parameters.s3_prefix_list_id,)
    return interface(groups)


def _workstation_form(parameters: WorkstationParameters) -> dict[str, Any]:
    key = (parameters.volume_kms_key_arn,) if parameters.volume_kms_key_arn else ()
    return interface(
        {
            "Whose": (parameters.environment_name, parameters.workstation_name, parameters.owner),
            "Machine": (
                parameters.operating_system,
                parameters.image_id,
                parameters.instance_type,
                parameters.key_name,
                parameters.root_volume_gib,
                parameters.home_volume_gib,
            ),
            "Place (handed over from the environment)": (
                parameters.subnet_id,
                parameters.availability_zone,
                parameters.security_group_id,
                parameters.instance_profile_name,
                *key,
            ),
        }
    )


def _network_outputs(vpc: Vpc, network: Network, groups: SecurityGroups) -> tuple[Output, ...]:
    output = EnvironmentOutput
    zones = []
    for zone in network.private:
        zones += [
            Output(output.private_subnet_id(zone.letter), Value=Ref(zone.subnet)),
            Output(output.availability_zone(zone.letter), Value=GetAtt(zone.subnet, "AvailabilityZone")),
        ]
    return (
        Output(output.VPC_ID, Value=Ref(vpc.vpc)),
        *zones,
        *(Output(output.public_subnet_id(zone.letter), Value=Ref(zone.subnet)) for zone in network.public),
        *(
            Output(
                output.nat_public_address(nat.letter),
                Description="Where downloads come from",
                Value=GetAtt(nat.address, "PublicIp"),
            )
            for nat in network.nat
        ),
        Output(output.WORKSTATION_SECURITY_GROUP_ID, Value=GetAtt(groups.workstation, "GroupId")),
    )


def _identity_outputs(identity: WorkstationIdentity, people: Access, key: Encryption) -> tuple[Output, ...]:
    output = EnvironmentOutput
    key_output = ()
    if key.encryption_key:
        key_output = (Output(output.VOLUME_KMS_KEY_ARN, Value=GetAtt(key.encryption_key, "Arn")),)
    return (
        Output(output.WORKSTATION_INSTANCE_PROFILE_NAME, Value=Ref(identity.workstation_instance_profile)),
        Output(
            output.DATA_SCIENTIST_USER_POLICY_ARN,
            Description="Attach to the group of IAM users who have a workstation",
            Value=Ref(people.data_scientist_user_policy),
        ),
        Output(
            output.DATA_SCIENTIST_SESSION_POLICY_ARN,
            Description="Attach to the role or permission set whose sessions carry an Owner tag",
            Value=Ref(people.data_scientist_session_policy),
        ),
        Output(
            output.SHELL_DOCUMENT_NAME,
            Description="For a shell: aws ssm start-session --document-name",
            Value=Ref(people.shell_document),
        ),
        *key_output,
    )


def _workstation_outputs(machine: Workstation) -> tuple[Output, ...]:
    return (
        Output(WorkstationOutput.INSTANCE_ID, Value=Ref(machine.instance)),
        Output(WorkstationOutput.HOME_VOLUME_ID, Value=Ref(machine.home_volume)),
    )
