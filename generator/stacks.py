"""The table of contents of `templates/`: which parts make which file, and what the deploy step is told."""

from __future__ import annotations

from typing import Any

from troposphere import GetAtt, Output, Ref

from generator.assemble import Stack
from generator.config import Config, NetworkConfig, WorkstationConfig
from generator.contract import (
    ENVIRONMENT_TEMPLATE,
    WORKSTATION_TEMPLATE,
    ZONE_LETTERS,
    EnvironmentOutput,
    EnvironmentParameter,
    WorkstationOutput,
    WorkstationParameter,
)
from generator.ec2 import Workstation, conditions, mappings, workstation
from generator.encryption import Encryption, encryption
from generator.endpoints import endpoints
from generator.flow_log import flow_logs
from generator.iam import Access, WorkstationIdentity, access, workstation_identity
from generator.network import Network, network
from generator.network_parameters import EnvironmentParameters, environment_parameters
from generator.parameters import WorkstationParameters, interface, workstation_parameters
from generator.place import Place, existing_place, made_place
from generator.security import SecurityGroups, security_groups
from generator.vpc import Vpc, block_public_access, vpc


def environment_stack(config: Config) -> Stack:
    """What the team shares and what rarely changes: network, access, the workstations' role."""
    parameters = environment_parameters(config)
    key = encryption(config.encryption)
    network_base, routes, place = _place(config.network, parameters)
    groups = security_groups(config.network, place, parameters)
    identity, people = workstation_identity(), access()
    return Stack(
        description="Environment for data scientists: network without a way in, access policies, workstation role",
        metadata=_environment_form(parameters),
        parts=(
            parameters,
            key,
            network_base,
            block_public_access(config.network),
            routes,
            groups,
            endpoints(config.network, place, groups.endpoint),
            flow_logs(config.network, place, key.encryption_key),
            identity,
            people,
        ),
        outputs=(
            *_network_outputs(place, routes, groups),
            *_identity_outputs(identity, people, key),
        ),
    )


def _place(config: NetworkConfig, parameters: EnvironmentParameters) -> tuple[Vpc | None, Network | None, Place]:
    """The VPC and its network where they are made, and in any case where machines stand."""
    if parameters.existing:
        return None, None, existing_place(parameters.existing)
    base = vpc(config, parameters)
    routes = network(config, base, parameters)
    return base, routes, made_place(base, routes)


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
            "parameters": _environment_values(config.network),
        },
        "workstations": [_workstation(workstation) for workstation in config.workstations],
    }


def _environment_values(network: NetworkConfig) -> dict[str, str]:
    """What the config says of a VPC that is there, or of a pool; the rest is passed or resolved at the deploy."""
    parameter = EnvironmentParameter
    subnets = zip(ZONE_LETTERS, network.subnet_ids, strict=False)
    values = {
        parameter.IPAM_POOL_ID: network.ipam_pool_id,
        parameter.VPC_ID: network.vpc_id,
        **{parameter.private_subnet_id(letter): subnet for letter, subnet in subnets},
    }
    return {name: value for name, value in values.items() if value}


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
    existing = parameters.existing
    groups = {}
    if existing:
        optional = (existing.vpc_cidr_block, existing.private_route_table_ids)
        zones = tuple(parameter for zone in existing.zones for parameter in (zone.subnet_id, zone.availability_zone))
        groups["Network that is there"] = (existing.vpc_id, *zones, *filter(None, optional))
    if parameters.ipam_pool_id:
        groups["Addresses"] = (parameters.ipam_pool_id,)
    if parameters.availability_zone_ids:
        groups["Availability Zones (resolved by the first deploy, then kept)"] = parameters.availability_zone_ids
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


def _network_outputs(place: Place, network: Network | None, groups: SecurityGroups) -> tuple[Output, ...]:
    output = EnvironmentOutput
    zones = []
    for zone in place.zones:
        zones += [
            Output(output.private_subnet_id(zone.letter), Value=zone.subnet_id),
            Output(output.availability_zone(zone.letter), Value=zone.availability_zone),
        ]
    public, nat = (network.public, network.nat) if network else ((), ())
    return (
        Output(output.VPC_ID, Value=place.vpc_id),
        *zones,
        *(Output(output.public_subnet_id(zone.letter), Value=Ref(zone.subnet)) for zone in public),
        *(
            Output(
                output.nat_public_address(found.letter),
                Description="Where downloads come from",
                Value=GetAtt(found.address, "PublicIp"),
            )
            for gateway in nat
            for found in gateway.addresses
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
