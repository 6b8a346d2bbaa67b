"""The Parameters of `environment.yaml`: the zones of a new VPC, or the places of one that is there."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import Parameter

from generator.config import Config, NetworkConfig
from generator.contract import ZONE_LETTERS, EnvironmentParameter
from generator.network_config import IDENTIFIER
from generator.parameters import NOTHING, REPLACEMENT, text


class ExistingZone(NamedTuple):
    """One zone of an existing VPC: its private subnet, and the zone's name, which no template can read from it."""

    letter: str
    subnet_id: Parameter
    availability_zone: Parameter


class ExistingVpc(NamedTuple):
    """Where to find an existing VPC; what is not used is not asked for."""

    vpc_id: Parameter
    vpc_cidr_block: Parameter | None
    zones: tuple[ExistingZone, ...]
    private_route_table_ids: Parameter | None


class EnvironmentParameters(NamedTuple):
    """Parameters of `environment.yaml`."""

    availability_zone_ids: tuple[Parameter, ...]
    ipam_pool_id: Parameter | None
    existing: ExistingVpc | None
    s3_prefix_list_id: Parameter | None


def environment_parameters(config: Config) -> EnvironmentParameters:
    """For a VPC of ours the id of each zone, for another one where it is; without internet, the prefix list of S3."""
    network = config.network
    letters = ZONE_LETTERS[: network.zones]
    return EnvironmentParameters(
        availability_zone_ids=tuple(_zone_id(letter) for letter in letters) if network.is_ours else (),
        ipam_pool_id=_ipam_pool() if network.vpc == "ipam" else None,
        existing=None if network.is_ours else _existing(network, letters),
        s3_prefix_list_id=_s3_prefix_list() if network.nat == "none" else None,
    )


def _zone_id(letter: str) -> Parameter:
    # An id, not a name: the name `us-east-1a` means another building in each account.
    # https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html
    return text(
        EnvironmentParameter.availability_zone_id(letter),
        "[a-z0-9]+-az[0-9]+",
        "an Availability Zone id such as use1-az1",
        f"Id of the Availability Zone in position {letter}. A change replaces its subnets and machines",
    )


def _ipam_pool() -> Parameter:
    return text(
        EnvironmentParameter.IPAM_POOL_ID,
        f"ipam-pool-{IDENTIFIER}",
        "the id of an IPAM pool such as ipam-pool-0123456789abcdef0",
        "Id of the IPAM pool that gives the VPC its block. A change replaces the VPC and everything in it",
    )


def _existing(network: NetworkConfig, letters: tuple[str, ...]) -> ExistingVpc:
    return ExistingVpc(
        vpc_id=Parameter(
            EnvironmentParameter.VPC_ID,
            Type="AWS::EC2::VPC::Id",
            Description=f"Id of the VPC that the subnets are in. {REPLACEMENT}",
        ),
        vpc_cidr_block=_vpc_block() if network.interface_endpoint_services else None,
        zones=tuple(_existing_zone(letter) for letter in letters),
        private_route_table_ids=_route_tables() if network.s3_endpoint else None,
    )


def _existing_zone(letter: str) -> ExistingZone:
    return ExistingZone(
        letter=letter,
        subnet_id=Parameter(
            EnvironmentParameter.private_subnet_id(letter),
            Type="AWS::EC2::Subnet::Id",
            Description=f"Id of the private subnet in position {letter}. {REPLACEMENT}",
        ),
        availability_zone=Parameter(
            EnvironmentParameter.availability_zone(letter),
            Type="AWS::EC2::AvailabilityZone::Name",
            Description=f"Name of that subnet's zone, where home volumes live. {REPLACEMENT}, with its volume",
        ),
    )


def _vpc_block() -> Parameter:
    return text(
        EnvironmentParameter.VPC_CIDR_BLOCK,
        "[0-9.]+/[0-9]+",
        "an IPv4 block such as 10.38.0.0/20",
        f"Address block of the VPC, from which the interface endpoints take HTTPS. {NOTHING}",
    )


def _route_tables() -> Parameter:
    return Parameter(
        EnvironmentParameter.PRIVATE_ROUTE_TABLE_IDS,
        Type="CommaDelimitedList",
        AllowedPattern=f"rtb-{IDENTIFIER}",
        ConstraintDescription="ids of route tables such as rtb-0123456789abcdef0",
        Description=f"Ids of the subnets' route tables, which get the route to S3's endpoint. {NOTHING}",
    )


def _s3_prefix_list() -> Parameter:
    return text(
        EnvironmentParameter.S3_PREFIX_LIST_ID,
        f"pl-{IDENTIFIER}",
        "a prefix list id such as pl-63a5400a",
        f"Id of the AWS-managed prefix list of S3 in this region. {NOTHING}",
    )
