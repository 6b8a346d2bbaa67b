"""NAT gateways: the only way from the private subnets to the internet, and never one back."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import GetAtt, Ref, Tags
from troposphere.ec2 import EIP, AvailabilityZoneAddress, NatGateway, Subnet

from generator.config import NetworkConfig
from generator.contract import ZONE_LETTERS
from generator.network_parameters import EnvironmentParameters
from generator.tags import name_tag
from generator.vpc import Vpc


class NatAddress(NamedTuple):
    """The address that downloads of one zone come from."""

    letter: str
    address: EIP


class Nat(NamedTuple):
    """One NAT gateway and its addresses; a gateway without a letter serves every zone."""

    letter: str
    addresses: tuple[NatAddress, ...]
    gateway: NatGateway


def zonal_nat(vpc: Vpc, subnet: Subnet, letter: str) -> Nat:
    """A gateway in the public subnet of one zone, with one address."""
    address = _address(vpc, letter, regional=False)
    gateway = NatGateway(
        f"NatGateway{letter}",
        AllocationId=GetAtt(address, "AllocationId"),
        ConnectivityType="public",
        SubnetId=Ref(subnet),
        Tags=Tags(name_tag(f"nat-{letter.lower()}")),
    )
    return Nat(letter=letter, addresses=(NatAddress(letter, address),), gateway=gateway)


def regional_nat(config: NetworkConfig, vpc: Vpc, parameters: EnvironmentParameters) -> Nat:
    """One gateway of the whole VPC: it is in every zone, needs no public subnet and brings its own route outwards.

    With addresses of its own it is in the zones that are listed, and each of our zones is.
    Without, AWS follows the machines: it takes an address where the first one of a zone appears, up to an hour later,
    and until then sends that zone's traffic through another.
    https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
    """
    fixed = config.nat_addresses == "fixed"
    letters = ZONE_LETTERS[: config.zones] if fixed else ()
    addresses = tuple(NatAddress(letter, _address(vpc, letter, regional=True)) for letter in letters)
    gateway = NatGateway(
        # Two ids, so that a change between them makes a new gateway: AWS cannot turn one kind into the other.
        "RegionalNatGateway" if fixed else "AutomaticNatGateway",
        AvailabilityMode="regional",
        ConnectivityType="public",
        VpcId=Ref(vpc.vpc),
        **({"AvailabilityZoneAddresses": _zone_addresses(addresses, parameters)} if fixed else {}),
        Tags=Tags(name_tag("nat")),
        DependsOn=vpc.internet_gateway_attachment,
    )
    return Nat(letter="", addresses=addresses, gateway=gateway)


def _zone_addresses(
    addresses: tuple[NatAddress, ...], parameters: EnvironmentParameters
) -> list[AvailabilityZoneAddress]:
    return [
        AvailabilityZoneAddress(AvailabilityZoneId=Ref(zone), AllocationIds=[GetAtt(found.address, "AllocationId")])
        for zone, found in zip(parameters.availability_zone_ids, addresses, strict=True)
    ]


def _address(vpc: Vpc, letter: str, *, regional: bool) -> EIP:
    # A regional gateway's addresses have ids of their own: on a change of `nat` the new gateway is made before the
    # old one goes, and AWS refuses an address that another gateway still holds.
    return EIP(
        f"RegionalNatAddress{letter}" if regional else f"NatAddress{letter}",
        Domain="vpc",
        Tags=Tags(name_tag(f"nat-{letter.lower()}")),
        DependsOn=vpc.internet_gateway_attachment,
    )
