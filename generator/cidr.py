"""Where each subnet lies in the VPC: by position, so that a new zone or tier renumbers nothing.

    VPC     |  public  |  spare  |       private       |
             A B C D              A    B    C    D

The upper half is the private tier, the first quarter the public tier; the second quarter is kept for what comes
later. Each tier has room for four zones, whether or not they are used. In a /20 a private subnet has 512 addresses
and a public one 256, of which AWS keeps five.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Literal, NamedTuple

Tier = Literal["public", "private"]

SHORTEST_PREFIX = 16  # https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html: a VPC is /16 to /28
LONGEST_PREFIX = 24  # a public subnet is 1/16 of the VPC, and the smallest subnet of AWS is a /28

PRIVATE_RANGES = (IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16"))
"""RFC 1918. Other ranges are either public or, like 100.64.0.0/10, used inside AWS services."""

DOCKER_BRIDGE = IPv4Network("172.17.0.0/16")
"""Docker's default bridge on a workstation would hide addresses of the VPC that lie in it."""


class Place(NamedTuple):
    """Where a subnet lies when the VPC is cut into `count` equal blocks of `2 ** host_bits` addresses."""

    index: int
    count: int
    host_bits: int


def place_in(prefix: int, tier: Tier, position: int) -> Place:
    """The place of zone `position` (0 to 3) of `tier` in a VPC with that prefix: what `Fn::Cidr` is given."""
    block = subnet_block(IPv4Network((0, prefix)), tier, position)
    count = 2 ** (block.prefixlen - prefix)
    return Place(int(block.network_address) // block.num_addresses, count, 32 - block.prefixlen)


def subnet_block(vpc: IPv4Network, tier: Tier, position: int) -> IPv4Network:
    """The block of zone `position` (0 to 3) in `tier`."""
    if not 0 <= position < 4:
        raise ValueError(f"position {position}: a tier has room for zones 0 to 3")
    half = vpc.num_addresses // 2
    if tier == "private":
        start, size = half + position * (half // 4), half // 4
    else:
        start, size = position * (half // 8), half // 8
    address = IPv4Address(int(vpc.network_address) + start)
    return IPv4Network((address, 32 - size.bit_length() + 1))
