"""Subnets, routes, NAT gateways and endpoints: who can leave the VPC, and how."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import GetAtt, Ref, Sub, Tags
from troposphere.ec2 import (
    EIP,
    NatGateway,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    SubnetRouteTableAssociation,
    VPCEndpoint,
)

from generator.cidr import Tier, subnet_block
from generator.config import NetworkConfig
from generator.contract import ZONE_LETTERS
from generator.parameters import EnvironmentParameters
from generator.tags import name_tag
from generator.vpc import Vpc

ANYWHERE = "0.0.0.0/0"

SESSION_MANAGER_ENDPOINTS = ("ssm", "ssmmessages")
"""What the SSM agent needs, from version 3.3.40.0 on without `ec2messages`.

https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
"""


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


class Nat(NamedTuple):
    """One NAT gateway and the address that downloads come from."""

    letter: str
    address: EIP
    gateway: NatGateway


class Network(NamedTuple):
    """The subnets and their ways out; no public side where the config says `nat = "none"`."""

    public_route_table: RouteTable | None
    public_default_route: Route | None
    public: tuple[PublicZone, ...]
    private: tuple[PrivateZone, ...]
    nat: tuple[Nat, ...]
    private_default_routes: tuple[Route, ...]


class Endpoints(NamedTuple):
    """Doors from the VPC to AWS services that do not pass the internet."""

    s3: VPCEndpoint
    interfaces: tuple[VPCEndpoint, ...]


def network(config: NetworkConfig, vpc: Vpc, parameters: EnvironmentParameters) -> Network:
    """Private subnets in every zone; with a NAT gateway also public ones and the routes between them."""
    letters = ZONE_LETTERS[: config.zones]
    private = tuple(_private_zone(config, vpc, parameters, letter) for letter in letters)
    if config.nat == "none":
        return Network(None, None, (), private, (), ())
    table = RouteTable("PublicRouteTable", VpcId=Ref(vpc.vpc), Tags=Tags(name_tag("public")))
    public = tuple(_public_zone(config, vpc, parameters, letter, table) for letter in letters)
    nat = tuple(_nat(vpc, zone) for zone in (public if config.nat == "per-zone" else public[:1]))
    return Network(
        public_route_table=table,
        public_default_route=_public_default_route(vpc, table),
        public=public,
        private=private,
        nat=nat,
        private_default_routes=tuple(_private_default_route(zone, nat) for zone in private),
    )


def _subnet(config: NetworkConfig, vpc: Vpc, parameters: EnvironmentParameters, tier: Tier, letter: str) -> Subnet:
    position = ZONE_LETTERS.index(letter)
    return Subnet(
        f"{tier.capitalize()}Subnet{letter}",
        VpcId=Ref(vpc.vpc),
        AvailabilityZoneId=Ref(parameters.availability_zone_ids[position]),
        CidrBlock=str(subnet_block(config.block, tier, position)),
        MapPublicIpOnLaunch=False,
        Tags=Tags(name_tag(f"{tier}-{letter.lower()}")),
    )


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


def _nat(vpc: Vpc, zone: PublicZone) -> Nat:
    name = name_tag(f"nat-{zone.letter.lower()}")
    address = EIP(f"NatAddress{zone.letter}", Domain="vpc", Tags=Tags(name), DependsOn=vpc.internet_gateway_attachment)
    gateway = NatGateway(
        f"NatGateway{zone.letter}",
        AllocationId=GetAtt(address, "AllocationId"),
        ConnectivityType="public",
        SubnetId=Ref(zone.subnet),
        Tags=Tags(name),
    )
    return Nat(letter=zone.letter, address=address, gateway=gateway)


def _private_default_route(zone: PrivateZone, nat: tuple[Nat, ...]) -> Route:
    own = next((candidate for candidate in nat if candidate.letter == zone.letter), nat[0])
    return Route(
        f"PrivateDefaultRoute{zone.letter}",
        RouteTableId=Ref(zone.route_table),
        DestinationCidrBlock=ANYWHERE,
        NatGatewayId=Ref(own.gateway),
    )


def endpoints(config: NetworkConfig, vpc: Vpc, network: Network, security_group: SecurityGroup | None) -> Endpoints:
    """S3 on every private route table, at no cost; interface endpoints in every private subnet."""
    s3 = VPCEndpoint(
        "S3Endpoint",
        VpcId=Ref(vpc.vpc),
        VpcEndpointType="Gateway",
        ServiceName=Sub("com.amazonaws.${AWS::Region}.s3"),
        RouteTableIds=[Ref(zone.route_table) for zone in network.private],
        Tags=Tags(name_tag("s3")),
    )
    interfaces = tuple(
        VPCEndpoint(
            _endpoint_title(service),
            VpcId=Ref(vpc.vpc),
            VpcEndpointType="Interface",
            ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{service}"),
            PrivateDnsEnabled=True,
            SubnetIds=[Ref(zone.subnet) for zone in network.private],
            SecurityGroupIds=[Ref(security_group)],
            Tags=Tags(name_tag(service)),
        )
        for service in interface_endpoint_services(config)
    )
    return Endpoints(s3=s3, interfaces=interfaces)


def interface_endpoint_services(config: NetworkConfig) -> tuple[str, ...]:
    """The configured services, and without internet also the ones that Session Manager needs."""
    needed = SESSION_MANAGER_ENDPOINTS if config.nat == "none" else ()
    return tuple(sorted({*needed, *config.endpoints}))


def _endpoint_title(service: str) -> str:
    titles = {"ssmmessages": "SsmMessages", "secretsmanager": "SecretsManager", "sagemaker.api": "SageMakerApi"}
    titles["sagemaker.runtime"] = "SageMakerRuntime"
    return titles.get(service, "".join(part.capitalize() for part in service.split("."))) + "Endpoint"
