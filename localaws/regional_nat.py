"""Regional NAT gateways, which moto lacks: one gateway of a whole VPC, in several zones, without a subnet.

With addresses given it is in the zones that they are for.
Without, AWS takes one for each zone in which a machine has an interface: there within the hour, here at once.
https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.utils import add_tag_specification, random_ip, random_nat_gateway_id

from localaws.refuse import refuse

ZoneAddresses = Iterable[dict[str, Any]]


class RegionalNatGateway(TaggedEC2Resource):
    """As `DescribeNatGateways` shows it."""

    availability_mode = "regional"
    connectivity_type = "public"
    subnet_id = None

    def __init__(self, ec2: Any, vpc_id: str, zone_addresses: ZoneAddresses | None, tags: dict[str, str]) -> None:
        self.id = random_nat_gateway_id()
        self.ec2_backend = ec2
        self.vpc_id = vpc_id
        self.state = "available"
        self.create_time = utcnow()
        self.auto_provision_zones = "disabled" if zone_addresses else "enabled"
        self.auto_scaling_ips = self.auto_provision_zones
        self._given: dict[str, list[Any]] = {}
        self._taken: dict[str, str] = {}
        if zone_addresses:
            self.use(zone_addresses)
        self.add_tags(tags)

    @property
    def is_automatic(self) -> bool:
        """Whether AWS takes the addresses."""
        return self.auto_provision_zones == "enabled"

    @property
    def nat_gateway_addresses(self) -> list[dict[str, Any]]:
        """One entry for each address, with the zone whose traffic leaves from it."""
        if self.state == "deleted":
            return []
        return list(self._addresses_given() if self._given else self._addresses_taken())

    def use(self, zone_addresses: ZoneAddresses) -> None:
        """Be in these zones, with these addresses; another is left, its addresses are free again."""
        wanted = _by_zone(self.ec2_backend, zone_addresses, holder=self)
        self.release()
        self._given = wanted
        for addresses in wanted.values():
            for address in addresses:
                address.association_id = f"eipassoc-{self.id.removeprefix('nat-')}"

    def release(self) -> None:
        """Let go of the addresses."""
        for addresses in self._given.values():
            for address in addresses:
                address.association_id = None
        self._given = {}

    def holds(self, address: Any) -> bool:
        return any(address is one for addresses in self._given.values() for one in addresses)

    def _addresses_given(self) -> Iterator[dict[str, Any]]:
        names = {zone.zone_id: zone.name for zone in self.ec2_backend.describe_availability_zones()}
        for zone_id, addresses in self._given.items():
            for address in addresses:
                yield {
                    "AllocationId": address.allocation_id,
                    "AssociationId": address.association_id,
                    "PublicIp": address.public_ip,
                    "AvailabilityZoneId": zone_id,
                    "AvailabilityZone": names[zone_id],
                    "Status": "succeeded",
                }

    def _addresses_taken(self) -> Iterator[dict[str, Any]]:
        zones = {zone.name: zone.zone_id for zone in self.ec2_backend.describe_availability_zones()}
        machines = (eni for eni in self.ec2_backend.enis.values() if eni.instance and eni.subnet.vpc_id == self.vpc_id)
        for name in sorted({eni.subnet.availability_zone for eni in machines}):
            address = self._taken.setdefault(name, random_ip())
            zone = {"AvailabilityZone": name, "AvailabilityZoneId": zones[name]}
            yield {"PublicIp": address, **zone, "Status": "succeeded"}


def _by_zone(ec2: Any, zone_addresses: ZoneAddresses, *, holder: RegionalNatGateway) -> dict[str, list[Any]]:
    """Zone id to the addresses that are meant; refuses what AWS refuses."""
    zones = {zone.zone_id for zone in ec2.describe_availability_zones()}
    wanted: dict[str, list[Any]] = {}
    for entry in zone_addresses:
        zone_id = entry.get("AvailabilityZoneId")
        if zone_id not in zones:
            refuse("InvalidParameterValue", f"Invalid availability zone: {zone_id}")
        if zone_id in wanted:
            refuse("InvalidParameterValue", f"The Availability Zone {zone_id} is specified more than once")
        wanted[zone_id] = [_address(ec2, allocation, holder) for allocation in entry.get("AllocationIds", ())]
        if not wanted[zone_id]:
            refuse("MissingParameter", f"The Availability Zone {zone_id} has no allocation id")
    used = [id(address) for addresses in wanted.values() for address in addresses]
    if len(used) != len(set(used)):
        refuse("InvalidParameterValue", "An allocation id is specified more than once")
    return wanted


def _address(ec2: Any, allocation_id: str, holder: RegionalNatGateway) -> Any:
    address = next((one for one in ec2.addresses if one.allocation_id == allocation_id), None)
    if address is None:
        refuse("InvalidAllocationID.NotFound", f"The allocation ID '{allocation_id}' does not exist")
    if address.association_id and not holder.holds(address):
        refuse("Resource.AlreadyAssociated", f"resource {allocation_id} is already associated with another resource")
    return address


def install() -> None:
    """Let moto's EC2 make them."""
    from moto.ec2.responses import EC2Response
    from moto.ec2.responses.nat_gateways import NatGateways

    NatGateway.availability_mode = "zonal"
    zonal = NatGateways.create_nat_gateway

    def create(response: Any) -> ActionResult:
        if response._get_param("AvailabilityMode") == "regional":
            return ActionResult({"NatGateway": _create(response)})
        for name in ("VpcId", "AvailabilityZoneAddresses"):
            if response._get_param(name):
                refuse("InvalidParameterCombination", f"{name} is only for regional NAT gateways")
        if not response._get_param("SubnetId"):
            refuse("MissingParameter", "The request must contain the parameter SubnetId")
        return zonal(response)

    EC2Response.create_nat_gateway = create


def _create(response: Any) -> RegionalNatGateway:
    ec2 = response.ec2_backend
    for name in ("SubnetId", "AllocationId", "PrivateIpAddress"):
        if response._get_param(name):
            refuse("InvalidParameterCombination", f"{name} is not for regional NAT gateways")
    if response._get_param("ConnectivityType") == "private":
        refuse("InvalidParameterCombination", "A regional NAT gateway has no private connectivity")
    vpc_id = response._get_param("VpcId")
    if not vpc_id:
        refuse("MissingParameter", "The request must contain the parameter VpcId")
    ec2.get_vpc(vpc_id)
    if not any(getattr(item.vpc, "id", None) == vpc_id for item in ec2.internet_gateways.values()):
        refuse("Gateway.NotAttached", f"Network {vpc_id} has no Internet gateway attached")
    tags = add_tag_specification(response._get_param("TagSpecifications", []))
    gateway = RegionalNatGateway(ec2, vpc_id, response._get_param("AvailabilityZoneAddresses"), tags)
    ec2.nat_gateways[gateway.id] = gateway
    return gateway
