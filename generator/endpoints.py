"""Endpoints: doors from the VPC to AWS services that do not pass the internet."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import Ref, Sub, Tags
from troposphere.ec2 import SecurityGroup, VPCEndpoint

from generator.config import NetworkConfig
from generator.place import Place
from generator.tags import name_tag


class Endpoints(NamedTuple):
    """S3's gateway endpoint, and the interface endpoints that the config asks for."""

    s3: VPCEndpoint | None
    interfaces: tuple[VPCEndpoint, ...]


def endpoints(config: NetworkConfig, place: Place, security_group: SecurityGroup | None) -> Endpoints:
    """S3 on every private route table, at no cost; interface endpoints in every private subnet."""
    return Endpoints(
        s3=_s3(place) if config.s3_endpoint else None,
        interfaces=tuple(_interface(service, place, security_group) for service in config.interface_endpoint_services),
    )


def _s3(place: Place) -> VPCEndpoint:
    return VPCEndpoint(
        "S3Endpoint",
        VpcId=place.vpc_id,
        VpcEndpointType="Gateway",
        ServiceName=Sub("com.amazonaws.${AWS::Region}.s3"),
        RouteTableIds=place.route_table_ids,
        Tags=Tags(name_tag("s3")),
    )


def _interface(service: str, place: Place, security_group: SecurityGroup | None) -> VPCEndpoint:
    return VPCEndpoint(
        _title(service),
        VpcId=place.vpc_id,
        VpcEndpointType="Interface",
        ServiceName=Sub(f"com.amazonaws.${{AWS::Region}}.{service}"),
        PrivateDnsEnabled=True,
        SubnetIds=[zone.subnet_id for zone in place.zones],
        SecurityGroupIds=[Ref(security_group)],
        Tags=Tags(name_tag(service)),
    )


def _title(service: str) -> str:
    titles = {"ssmmessages": "SsmMessages", "secretsmanager": "SecretsManager", "sagemaker.api": "SageMakerApi"}
    titles["sagemaker.runtime"] = "SageMakerRuntime"
    return titles.get(service, "".join(part.capitalize() for part in service.split("."))) + "Endpoint"
