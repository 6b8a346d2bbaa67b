"""Where machines stand: what other parts refer to, whether the VPC is made or was there before."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import AWSHelperFn, GetAtt, Ref
from troposphere.ec2 import Subnet

from generator.network import Network
from generator.network_parameters import ExistingVpc
from generator.vpc import Vpc


class PlaceZone(NamedTuple):
    """One zone: the id of its private subnet, and the name of the zone in this account."""

    letter: str
    subnet_id: AWSHelperFn
    availability_zone: AWSHelperFn


class Source(NamedTuple):
    """Addresses that may use the interface endpoints, and in words whose they are."""

    block: str | AWSHelperFn
    name: str


class Place(NamedTuple):
    """A VPC, its private subnets and their route tables, by reference; no part of a template itself."""

    vpc_id: AWSHelperFn
    zones: tuple[PlaceZone, ...]
    route_table_ids: list[AWSHelperFn] | AWSHelperFn | None
    """For the gateway endpoint of S3; None where there is none of ours."""
    endpoint_users: str
    """In words, who may use the interface endpoints."""
    endpoint_sources: tuple[Source, ...]


def made_place(vpc: Vpc, network: Network) -> Place:
    """The VPC that this template makes."""
    return Place(
        vpc_id=Ref(vpc.vpc),
        zones=tuple(
            PlaceZone(zone.letter, Ref(zone.subnet), GetAtt(zone.subnet, "AvailabilityZone"))
            for zone in network.private
        ),
        route_table_ids=[Ref(zone.route_table) for zone in network.private],
        endpoint_users="the private subnets",
        endpoint_sources=tuple(
            Source(_block(zone.subnet), f"private subnet {zone.letter}") for zone in network.private
        ),
    )


def _block(subnet: Subnet) -> str | AWSHelperFn:
    """Its block where the template says it outright; else CloudFormation is asked for it."""
    return subnet.CidrBlock if isinstance(subnet.CidrBlock, str) else GetAtt(subnet, "CidrBlock")


def existing_place(existing: ExistingVpc) -> Place:
    """A VPC that was there before.

    Private DNS lets an endpoint answer for the whole VPC, so the whole VPC has to be let in: else whoever else is
    there would lose the service that he reached until now.
    https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
    """
    tables, block = existing.private_route_table_ids, existing.vpc_cidr_block
    return Place(
        vpc_id=Ref(existing.vpc_id),
        zones=tuple(
            PlaceZone(zone.letter, Ref(zone.subnet_id), Ref(zone.availability_zone)) for zone in existing.zones
        ),
        route_table_ids=Ref(tables) if tables else None,
        endpoint_users="the VPC",
        endpoint_sources=(Source(Ref(block), "the VPC"),) if block else (),
    )
