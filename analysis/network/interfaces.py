"""Interfaces: NAT gateways, interface endpoints, instances; and the Elastic IP addresses on them."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import Any

from analysis.network.addresses import Draft
from analysis.network.elastic import Elastic
from analysis.network.model import Subnet
from analysis.network.regional import is_regional
from analysis.network.source import RefusedError, Source, listed, mapped, number
from analysis.resolve import Resource

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


def read_drafts(source: Source, subnets: Mapping[str, Subnet], elastic: Elastic) -> tuple[Draft, ...]:
    """All interfaces but those of regional NAT gateways."""
    nats = source.each("NatGateway", lambda item: _nat_gateway(source, item, elastic))
    endpoints = source.each("VPCEndpoint", lambda item: _endpoint(source, item, subnets))
    instances = source.each("Instance", lambda item: _instance(source, item, subnets=subnets, elastic=elastic))
    return (*(nat for nat in nats if nat), *(draft for drafts in endpoints for draft in drafts), *instances)


def _nat_gateway(source: Source, item: Resource, elastic: Elastic) -> Draft | None:
    given, name = item.properties, item.logical_id
    if is_regional(item):
        return None
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


def _endpoint(source: Source, item: Resource, subnets: Mapping[str, Subnet]) -> tuple[Draft, ...]:
    given, name = item.properties, item.logical_id
    kind = given.get("VpcEndpointType", "Gateway")
    if kind == "Gateway":
        return ()
    if kind != "Interface":
        raise RefusedError(f"VpcEndpointType: {kind}: wanted Gateway or Interface")
    vpc = source.name(item, "VpcId", "VPC")
    homes = [source.named(value, "SubnetIds", "Subnet") for value in listed(given.get("SubnetIds", ()), "SubnetIds")]
    zones = [subnets[home].zone for home in homes if home in subnets]
    if len(set(zones)) != len(zones):
        raise RefusedError("SubnetIds: two subnets of one zone")
    service = str(source.value(given.get("ServiceName", ""), "ServiceName")).split(".", 3)[-1]
    groups = _groups(source, given, "SecurityGroupIds", vpc)
    for home in homes:
        _same_vpc(source, home, vpc, "SubnetIds")
    return tuple(Draft(f"{name}:{home}", "endpoint", home, groups, service=service) for home in homes)


def _instance(source: Source, item: Resource, *, subnets: Mapping[str, Subnet], elastic: Elastic) -> Draft:
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
    interfaces = [mapped(item, "NetworkInterfaces") for item in listed(given["NetworkInterfaces"], "NetworkInterfaces")]
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
    value = mapped(item.properties["LaunchTemplate"], "LaunchTemplate")
    template = source.resources[source.name(value, "LaunchTemplateId", "LaunchTemplate")]
    data = mapped(template.properties.get("LaunchTemplateData", {}), "LaunchTemplateData")
    found = sorted({"NetworkInterfaces", "SecurityGroupIds", "SecurityGroups"} & set(data))
    if found:
        raise RefusedError(f"LaunchTemplate: {', '.join(found)} of {template.logical_id}: not modelled there")


def _groups(source: Source, given: dict[str, Any], key: str, vpc: str) -> tuple[str, ...]:
    """The named groups, or the VPC's default one."""
    names = tuple(dict.fromkeys(source.named(value, key, "SecurityGroup") for value in listed(given.get(key, ()), key)))
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
    try:
        return IPv4Address(text)
    except ValueError as error:
        raise RefusedError(f"PrivateIpAddress: {text}: wanted an IPv4 address") from error
