"""IPAM pools, which moto lacks: whole blocks that are cut into those of VPCs, none given twice.

Made with the API (`CreateIpamPool`, `ProvisionIpamPoolCidr`), as on AWS by somebody else than who deploys.
A block is free again as soon as its VPC is gone; on AWS that takes IPAM up to 20 minutes.
https://docs.aws.amazon.com/vpc/latest/ipam/what-it-is-ipam.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.utils import add_tag_specification
from moto.moto_api._internal import mock_random

from localaws.refuse import refuse
from localaws.stacks import ACCOUNT


@dataclass
class Pool:
    """One pool: what it may give, and what it gave."""

    id: str
    locale: str
    address_family: str
    least: int
    most: int
    tags: dict[str, str]
    blocks: list[IPv4Network] = field(default_factory=list)
    allocations: dict[str, IPv4Network] = field(default_factory=dict)
    """VPC to its block."""

    def described(self) -> dict[str, Any]:
        return {
            "OwnerId": ACCOUNT,
            "IpamPoolId": self.id,
            "IpamPoolArn": f"arn:aws:ec2::{ACCOUNT}:ipam-pool/{self.id}",
            "IpamScopeType": "private",
            "Locale": self.locale,
            "AddressFamily": self.address_family,
            "State": "create-complete",
            "AllocationMinNetmaskLength": self.least,
            "AllocationMaxNetmaskLength": self.most,
            "Tags": [{"Key": key, "Value": value} for key, value in self.tags.items()],
        }

    def allocate(self, length: int) -> IPv4Network:
        """The lowest free block of that length; refuses what AWS refuses."""
        if not self.least <= length <= self.most:
            refuse("InvalidParameterValue", f"The netmask length {length} is not within {self.least} and {self.most}")
        wide = [block for block in self.blocks if length >= block.prefixlen]
        every = (found for block in wide for found in block.subnets(new_prefix=length))
        taken = self.allocations.values()
        found = next((found for found in every if not any(found.overlaps(other) for other in taken)), None)
        if found is None:
            refuse("InsufficientCidrBlocks", f"The pool {self.id} has not enough free space for a /{length}")
        return found


def pools(ec2: Any) -> dict[str, Pool]:
    """The pools of a region, kept with the rest of its EC2."""
    return vars(ec2).setdefault("localaws_ipam_pools", {})


def release(ec2: Any, vpc_id: str) -> None:
    """Give the block of a VPC that is gone back to its pool."""
    for pool in pools(ec2).values():
        pool.allocations.pop(vpc_id, None)


def install() -> None:
    """Add the operations to moto's EC2."""
    from moto.ec2.responses import EC2Response
    from moto.ec2.responses.vpcs import VPCs

    plain = VPCs.create_vpc

    def create_vpc(response: Any) -> ActionResult:
        return _create_vpc(response) if response._get_param("Ipv4IpamPoolId") else plain(response)

    EC2Response.create_vpc = create_vpc
    EC2Response.create_ipam_pool = _create_pool
    EC2Response.provision_ipam_pool_cidr = _provision
    EC2Response.describe_ipam_pools = _describe_pools
    EC2Response.get_ipam_pool_cidrs = _get_cidrs
    EC2Response.get_ipam_pool_allocations = _get_allocations


def _create_vpc(response: Any) -> ActionResult:
    ec2, pool = response.ec2_backend, _pool(response, "Ipv4IpamPoolId")
    length = response._get_param("Ipv4NetmaskLength")
    if response._get_param("CidrBlock") or not length:
        refuse("InvalidParameterCombination", "A pool wants a netmask length, and no CIDR block")
    if pool.locale != ec2.region_name:
        refuse("InvalidParameterValue", f"The pool {pool.id} is for VPCs in {pool.locale}, not in {ec2.region_name}")
    block = pool.allocate(int(length))
    tags = [{"Key": key, "Value": value} for key, value in _tags(response).items()]
    vpc = ec2.create_vpc(str(block), response._get_param("InstanceTenancy", "default"), tags=tags)
    pool.allocations[vpc.id] = block
    return ActionResult({"Vpc": vpc})


def _create_pool(response: Any) -> ActionResult:
    pool = Pool(
        id=f"ipam-pool-{mock_random.get_random_hex(17)}",
        locale=response._get_param("Locale") or "None",
        address_family=response._get_param("AddressFamily"),
        least=int(response._get_param("AllocationMinNetmaskLength") or 0),
        most=int(response._get_param("AllocationMaxNetmaskLength") or 32),
        tags=_tags(response),
    )
    pools(response.ec2_backend)[pool.id] = pool
    return ActionResult({"IpamPool": pool.described()})


def _provision(response: Any) -> ActionResult:
    pool, block = _pool(response), IPv4Network(response._get_param("Cidr"))
    if any(block.overlaps(other) for other in pool.blocks):
        refuse("InvalidParameterValue", f"The CIDR {block} overlaps another of the pool {pool.id}")
    pool.blocks.append(block)
    return ActionResult({"IpamPoolCidr": {"Cidr": str(block), "State": "provisioned"}})


def _describe_pools(response: Any) -> ActionResult:
    there, wanted = pools(response.ec2_backend), response._get_param("IpamPoolIds") or []
    for identifier in wanted:
        if identifier not in there:
            refuse("InvalidIpamPoolId.NotFound", f"The ipam-pool ID '{identifier}' does not exist")
    shown = [pool.described() for pool in there.values() if not wanted or pool.id in wanted]
    return ActionResult({"IpamPools": shown})


def _get_cidrs(response: Any) -> ActionResult:
    found = [{"Cidr": str(block), "State": "provisioned"} for block in _pool(response).blocks]
    return ActionResult({"IpamPoolCidrs": found})


def _get_allocations(response: Any) -> ActionResult:
    found = [
        {"Cidr": str(block), "ResourceId": vpc_id, "ResourceType": "vpc", "ResourceOwner": ACCOUNT}
        for vpc_id, block in _pool(response).allocations.items()
    ]
    return ActionResult({"IpamPoolAllocations": found})


def _pool(response: Any, parameter: str = "IpamPoolId") -> Pool:
    identifier = response._get_param(parameter)
    pool = pools(response.ec2_backend).get(identifier)
    if pool is None:
        refuse("InvalidIpamPoolId.NotFound", f"The ipam-pool ID '{identifier}' does not exist")
    return pool


def _tags(response: Any) -> dict[str, str]:
    return add_tag_specification(response._get_param("TagSpecifications", []))
