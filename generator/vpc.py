"""A VPC that is made, and its gateway to the internet."""

from __future__ import annotations

from typing import Any, NamedTuple

from troposphere import Ref, Tags
from troposphere.ec2 import VPC, InternetGateway, VPCBlockPublicAccessOptions, VPCGatewayAttachment

from generator.config import NetworkConfig
from generator.network_parameters import EnvironmentParameters
from generator.tags import name_tag


class Vpc(NamedTuple):
    """The VPC and, where there is a way to the internet, its gateway."""

    vpc: VPC
    internet_gateway: InternetGateway | None
    internet_gateway_attachment: VPCGatewayAttachment | None


def vpc(config: NetworkConfig, parameters: EnvironmentParameters) -> Vpc:
    """Both DNS attributes are on: private DNS of the endpoints needs them.

    https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
    """
    network = VPC(
        "Vpc",
        **_block(config, parameters),
        EnableDnsSupport=True,
        EnableDnsHostnames=True,
        Tags=Tags(name_tag()),
    )
    gateway, attachment = None, None
    if config.nat != "none":
        gateway = InternetGateway("InternetGateway", Tags=Tags(name_tag()))
        attachment = VPCGatewayAttachment(
            "InternetGatewayAttachment", VpcId=Ref(network), InternetGatewayId=Ref(gateway)
        )
    return Vpc(
        vpc=network,
        internet_gateway=gateway,
        internet_gateway_attachment=attachment,
    )


def _block(config: NetworkConfig, parameters: EnvironmentParameters) -> dict[str, Any]:
    """Its addresses: a block of the config's, or one that an IPAM pool picks so that it is nobody else's.

    https://docs.aws.amazon.com/vpc/latest/ipam/create-vpc-ipam.html
    """
    if parameters.ipam_pool_id:
        return {"Ipv4IpamPoolId": Ref(parameters.ipam_pool_id), "Ipv4NetmaskLength": config.netmask_length}
    return {"CidrBlock": config.cidr}


def block_public_access(config: NetworkConfig) -> VPCBlockPublicAccessOptions | None:
    """The account's switch against ingress from the internet, where the config asks for it."""
    return _block_public_access() if config.block_public_access else None


def _block_public_access() -> VPCBlockPublicAccessOptions:
    # Account- and region-wide, so never on by default. NAT gateways keep working in this mode.
    # https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
    return VPCBlockPublicAccessOptions("BlockPublicAccessOptions", InternetGatewayBlockMode="block-ingress")
