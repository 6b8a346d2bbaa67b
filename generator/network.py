"""Subnets and routes of a VPC that is made: who can leave it, and how."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import AWSHelperFn, Cidr, GetAtt, Ref, Select, Tags
from troposphere.ec2 import Route, RouteTable, Subnet, SubnetRouteTableAssociation

from generator.cidr import Tier, place_in, subnet_block
from generator.config import NetworkConfig
from generator.contract import ZONE_LETTERS
from generator.nat import Nat, regional_nat, zonal_nat
from generator.network_parameters import EnvironmentParameters
from generator.tags import name_tag
from generator.vpc import Vpc

ANYWHERE = "0.0.0.0/0"


class PrivateZone(NamedTuple):
    """One zone's private subnet with a route table of its own."""

    letter: str
    subnet: Subnet
    route_table: RouteTable
    route_table_association: SubnetRouteTableAssociation


class PublicZone(NamedTuple):
    """One zone's public subnet; nothing but a NAT gateway lives in it."""

    letter: str
    subnet: Subnet
    route_table_association: SubnetRouteTableAssociation


class Network(NamedTuple):
    """The subnets and their ways out; a public side only for the NAT gateways that stand in it."""

    public_route_table: RouteTable | None
    public_default_route: Route | None
    public: tuple[PublicZone, ...]
    private: tuple[PrivateZone, ...]
    nat: tuple[Nat, ...]
    private_default_routes: tuple[Route, ...]


def network(config: NetworkConfig, vpc: Vpc, parameters: EnvironmentParameters) -> Network:
    """Private subnets in every zone and, where the config wants it, the way from them to the internet."""
    letters = ZONE_LETTERS[: config.zones]
    private = tuple(_private_zone(config, vpc, parameters, letter) for letter in letters)
    if config.nat == "none":
        return Network(None, None, (), private, (), ())
    if config.nat == "regional":
        nat = (regional_nat(config, vpc, parameters),)
        return Network(None, None, (), private, nat, _private_default_routes(private, nat))
    table = RouteTable("PublicRouteTable", VpcId=Ref(vpc.vpc), Tags=Tags(name_tag("public")))
    public = tuple(_public_zone(config, vpc, parameters, letter, table) for letter in letters)
    with_nat = public if config.nat == "per-zone" else public[:1]
    nat = tuple(zonal_nat(vpc, zone.subnet, zone.letter) for zone in with_nat)
    return Network(
        public_route_table=table,
        public_default_route=_public_default_route(vpc, table),
        public=public,
        private=private,
        nat=nat,
        private_default_routes=_private_default_routes(private, nat),
    )


def _subnet(config: NetworkConfig, vpc: Vpc, parameters: EnvironmentParameters, tier: Tier, letter: str) -> Subnet:
    position = ZONE_LETTERS.index(letter)
    return Subnet(
        f"{tier.capitalize()}Subnet{letter}",
        VpcId=Ref(vpc.vpc),
        AvailabilityZoneId=Ref(parameters.availability_zone_ids[position]),
        CidrBlock=_block(config, vpc, tier, position),
        MapPublicIpOnLaunch=False,
        Tags=Tags(name_tag(f"{tier}-{letter.lower()}")),
    )


def _block(config: NetworkConfig, vpc: Vpc, tier: Tier, position: int) -> str | AWSHelperFn:
    """A literal block; with an IPAM pool the one in the same place of whatever block the VPC gets."""
    if config.vpc == "new":
        return str(subnet_block(config.block, tier, position))
    place = place_in(config.netmask_length, tier, position)
    return Select(place.index, Cidr(GetAtt(vpc.vpc, "CidrBlock"), place.count, place.host_bits))


def _private_zone(config: NetworkConfig, vpc: Vpc, parameters: EnvironmentParameters, letter: str) -> PrivateZone:
    subnet = _subnet(config, vpc, parameters, "private", letter)
    table = RouteTable(
        f"PrivateRouteTable{letter}", VpcId=Ref(vpc.vpc), Tags=Tags(name_tag(f"private-{letter.lower()}"))
    )
    return PrivateZone(
        letter=letter,
        subnet=subnet,
        route_table=table,
        route_table_association=_association("Private", letter, subnet, table),
    )


def _public_zone(
    config: NetworkConfig, vpc: Vpc, parameters: EnvironmentParameters, letter: str, table: RouteTable
) -> PublicZone:
    subnet = _subnet(config, vpc, parameters, "public", letter)
    return PublicZone(
        letter=letter, subnet=subnet, route_table_association=_association("Public", letter, subnet, table)
    )


def _association(tier: str, letter: str, subnet: Subnet, table: RouteTable) -> SubnetRouteTableAssociation:
    return SubnetRouteTableAssociation(
        f"{tier}RouteTableAssociation{letter}", SubnetId=Ref(subnet), RouteTableId=Ref(table)
    )


def _public_default_route(vpc: Vpc, table: RouteTable) -> Route:
    # The gateway must be attached before a route names it:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-dependson.html
    return Route(
        "PublicDefaultRoute",
        RouteTableId=Ref(table),
        DestinationCidrBlock=ANYWHERE,
        GatewayId=Ref(vpc.internet_gateway),
        DependsOn=vpc.internet_gateway_attachment,
    )


def _private_default_routes(private: tuple[PrivateZone, ...], nat: tuple[Nat, ...]) -> tuple[Route, ...]:
    """Each private subnet's way out: the gateway of its own zone, or the one that there is."""
    of_zone = {gateway.letter: gateway for gateway in nat}
    return tuple(
        Route(
            f"PrivateDefaultRoute{zone.letter}",
            RouteTableId=Ref(zone.route_table),
            DestinationCidrBlock=ANYWHERE,
            NatGatewayId=Ref(of_zone.get(zone.letter, nat[0]).gateway),
        )
        for zone in private
    )
