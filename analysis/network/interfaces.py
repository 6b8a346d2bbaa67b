"""Interfaces: NAT gateways, interface endpoints, instances; and the Elastic IP addresses on them."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, ip_address
from typing import Any

from analysis.network.addresses import PUBLIC_RANGE, RESERVED, Draft
from analysis.network.model import Subnet
from analysis.network.source import RefusedError, Source, number
from analysis.resolve import Reference, Resource

Addresses = Mapping[str, IPv4Address]

INTERFACE_KEYS = frozenset(
    (
        "AssociatePublicIpAddress",
        "DeleteOnTermination",
        "Description",
        "DeviceIndex",
        "GroupSet",
        "Ipv6AddressCount",
        "NetworkInterfaceId",
        "PrivateIpAddress",
        "SubnetId",
    )
)
"""What an instance may say of its interface."""


def read_elastic_addresses(source: Source) -> dict[str, IPv4Address]:
    """Logical id of each EIP to its address."""
    addresses = {item.logical_id: PUBLIC_RANGE[RESERVED + at] for at, item in enumerate(source.of("EIP"))}
    for name, address in addresses.items():
        source.known[Reference(name)] = source.known[Reference(name, "PublicIp")] = str(address)
    return addresses


def read_drafts(source: Source, subnets: Mapping[str, Subnet]) -> tuple[Draft, ...]:
    elastic = _Elastic(source)
    nats = source.each("NatGateway", lambda item: _nat_gateway(source, item, elastic))
    endpoints = source.each("VPCEndpoint", lambda item: _endpoint(source, item, subnets))
    instances = source.each("Instance", lambda item: _instance(source, item, subnets=subnets, elastic=elastic))
    return (*nats, *(draft for drafts in endpoints for draft in drafts), *instances)


class _Elastic:
    """Who has which Elastic IP address."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.addresses = read_elastic_addresses(source)
        self.owners: dict[str, str] = {}
        """Name of an instance to its EIP."""
        self.used: set[str] = set()
        source.each("EIP", self._note_instance)
        source.each("EIPAssociation", self._note_association)

    def _note_instance(self, item: Resource) -> None:
        if "InstanceId" in item.properties:
            self._note(self.source.name(item, "InstanceId", "Instance"), item.logical_id)

    def _note_association(self, item: Resource) -> None:
        address = self.source.name(item, "AllocationId", "EIP")
        keys = [key for key in ("InstanceId", "NetworkInterfaceId") if key in item.properties]
        if len(keys) != 1:
            raise RefusedError("wanted one of InstanceId and NetworkInterfaceId")
        self._note(self.source.name(item, keys[0], keys[0].removesuffix("Id")), address)

    def _note(self, owner: str, address: str) -> None:
        if owner in self.owners:
            raise RefusedError(f"{owner} has the address {self.owners[owner]} already")
        self.owners[owner] = address
        self.use(address)

    def use(self, address: str) -> IPv4Address:
        if address in self.used:
            raise RefusedError(f"{address} has an owner already")
        self.used.add(address)
        return self.addresses[address]

    def of(self, *owners: str) -> IPv4Address | None:
        """The address of the instance or interface with one of these names."""
        found = [self.owners[owner] for owner in owners if owner in self.owners]
        return self.addresses[found[0]] if found else None


def _nat_gateway(source: Source, item: Resource, elastic: _Elastic) -> Draft:
    given, name = item.properties, item.logical_id
    if given.get("AvailabilityMode", "zonal") == "regional":
        return _regional(source, item, elastic)
    public = given.get("ConnectivityType", "public") == "public"
    if public != ("AllocationId" in given):
        raise RefusedError("AllocationId: wanted for a public NAT gateway, and only there")
    return Draft(
        name=name,
        kind="nat-gateway",
        subnet=source.name(item, "SubnetId", "Subnet"),
        source_dest_check=False,
        address=_address(source, given),
        public_address=elastic.use(source.name(item, "AllocationId", "EIP")) if public else None,
    )


def _regional(source: Source, item: Resource, elastic: _Elastic) -> Draft:
    """One gateway in no subnet; the first address that the template gives it stands for all it has."""
    given = item.properties
    if "SubnetId" in given or given.get("ConnectivityType", "public") != "public":
        raise RefusedError("AvailabilityMode: a regional NAT gateway is public and has no SubnetId")
    allocated = [value for zone in given.get("AvailabilityZoneAddresses", ()) for value in zone["AllocationIds"]]
    allocated += [given["AllocationId"]] if "AllocationId" in given else []
    addresses = [elastic.use(source.named(value, "AllocationIds", "EIP")) for value in allocated]
    return Draft(
        name=item.logical_id,
        kind="nat-gateway",
        subnet=f"regional:{item.logical_id}",
        source_dest_check=False,
        public_address=addresses[0] if addresses else None,
        wants_public_address=True,
    )


def _endpoint(source: Source, item: Resource, subnets: Mapping[str, Subnet]) -> tuple[Draft, ...]:
    given, name = item.properties, item.logical_id
    kind = given.get("VpcEndpointType", "Gateway")
    if kind == "Gateway":
        return ()
    if kind != "Interface":
        raise RefusedError(f"VpcEndpointType: {kind}: wanted Gateway or Interface")
    vpc = source.name(item, "VpcId", "VPC")
    homes = [source.named(value, "SubnetIds", "Subnet") for value in given.get("SubnetIds", ())]
    zones = [subnets[home].zone for home in homes if home in subnets]
    if len(set(zones)) != len(zones):
        raise RefusedError("SubnetIds: two subnets of one zone")
    service = str(source.value(given.get("ServiceName", ""), "ServiceName")).split(".", 3)[-1]
    groups = _groups(source, given, "SecurityGroupIds", vpc)
    for home in homes:
        _same_vpc(source, home, vpc, "SubnetIds")
    return tuple(Draft(f"{name}:{home}", "endpoint", home, groups, service=service) for home in homes)


def _instance(source: Source, item: Resource, *, subnets: Mapping[str, Subnet], elastic: _Elastic) -> Draft:
    _check_launch_template(source, item)
    names, given = _interface(source, item)
    home = source.named(given.get("SubnetId"), "SubnetId", "Subnet")
    check = given.get("SourceDestCheck", item.properties.get("SourceDestCheck", True))
    subnet = subnets.get(home)
    gives = subnet is not None and subnet.gives_public_address and names == (item.logical_id,)
    in_subnet = source.resources[home].properties
    ipv6 = number(given.get("Ipv6AddressCount", 0), "Ipv6AddressCount", low=0, high=1)
    if in_subnet.get("AssignIpv6AddressOnCreation") in (True, "true"):
        ipv6 = 1
    if ipv6 and "Ipv6CidrBlock" not in in_subnet:
        raise RefusedError(f"Ipv6AddressCount: {home} has no IPv6 block")
    return Draft(
        name=item.logical_id,
        kind="instance",
        subnet=home,
        security_groups=_groups(source, given, given["key of groups"], subnet.vpc if subnet else ""),
        source_dest_check=source.flag(check, "SourceDestCheck"),
        address=_address(source, given),
        has_ipv6=bool(ipv6),
        public_address=elastic.of(*names),
        wants_public_address=source.flag(given.get("AssociatePublicIpAddress", gives), "AssociatePublicIpAddress"),
    )


def _interface(source: Source, item: Resource) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Names of an instance's one interface, and its properties, wherever the template has them."""
    given = item.properties
    if "NetworkInterfaces" not in given:
        return (item.logical_id,), {**given, "key of groups": "SecurityGroupIds"}
    interfaces = given["NetworkInterfaces"]
    if len(interfaces) != 1 or str(interfaces[0].get("DeviceIndex")) != "0":
        raise RefusedError("NetworkInterfaces: only one interface, DeviceIndex 0, is modelled")
    both = sorted({"SubnetId", "SecurityGroupIds", "PrivateIpAddress"} & set(given))
    unknown = sorted(set(interfaces[0]) - INTERFACE_KEYS)
    if both or unknown:
        raise RefusedError(f"NetworkInterfaces with {', '.join(both + unknown)}: not modelled")
    if "NetworkInterfaceId" not in interfaces[0]:
        return (item.logical_id,), {**interfaces[0], "key of groups": "GroupSet"}
    name = source.name(interfaces[0], "NetworkInterfaceId", "NetworkInterface")
    if "SourceDestCheck" in given:
        raise RefusedError("SourceDestCheck: wanted at the NetworkInterface")
    return (item.logical_id, name), {**source.resources[name].properties, "key of groups": "GroupSet"}


def _check_launch_template(source: Source, item: Resource) -> None:
    if "LaunchTemplate" not in item.properties:
        return
    value = item.properties["LaunchTemplate"]
    template = source.resources[source.name(value, "LaunchTemplateId", "LaunchTemplate")]
    data = template.properties.get("LaunchTemplateData", {})
    found = sorted({"NetworkInterfaces", "SecurityGroupIds", "SecurityGroups"} & set(data))
    if found:
        raise RefusedError(f"LaunchTemplate: {', '.join(found)} of {template.logical_id}: not modelled there")


def _groups(source: Source, given: dict[str, Any], key: str, vpc: str) -> tuple[str, ...]:
    """The named groups, or the VPC's default one."""
    names = tuple(dict.fromkeys(source.named(value, key, "SecurityGroup") for value in given.get(key, ())))
    for name in names:
        _same_vpc(source, name, vpc, key)
    return names or (f"default:{vpc}",)


def _same_vpc(source: Source, name: str, vpc: str, key: str) -> None:
    home = name.removeprefix("default:")
    if home == name:
        home = getattr(source.resources[name].properties.get("VpcId"), "logical_id", "")
    if home != vpc:
        raise RefusedError(f"{key}: {name} belongs to another VPC")


def _address(source: Source, given: dict[str, Any]) -> IPv4Address | None:
    if "PrivateIpAddress" not in given:
        return None
    text = str(source.value(given["PrivateIpAddress"], "PrivateIpAddress"))
    address = ip_address(text)
    if not isinstance(address, IPv4Address):
        raise RefusedError(f"PrivateIpAddress: {text}: wanted an IPv4 address")
    return address
