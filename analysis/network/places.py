"""VPCs, subnets and network ACLs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from analysis.network.model import Acl, AclEntry, Block, Subnet, Vpc
from analysis.network.protocols import protocol_and_ports
from analysis.network.source import RefusedError, Source, mapped, number
from analysis.resolve import Reference, Resource

IPV6_RANGE = IPv6Network("2001:db8::/32")
"""Stands in for Amazon's own range: the documentation's, RFC 3849."""

VPC_PREFIXES = {4: (16, 28), 6: (44, 60)}
SUBNET_PREFIXES = {4: (16, 28), 6: (44, 64)}
"""Version to the shortest and longest prefix that AWS takes.

https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
"""

IPAM_RANGE = IPv4Network("10.0.0.0/8")
"""Stands in for what an IPAM pool hands out."""


def read_vpcs(source: Source) -> tuple[Vpc, ...]:
    """The VPCs with all their blocks; what the template calls `${Vpc.CidrBlock}` is known from here on."""
    vpcs = {vpc.name: vpc for vpc in source.each("VPC", lambda item: Vpc(item.logical_id, (_own_block(source, item),)))}
    for name in sorted(vpcs)[1:]:
        source.findings.append(f"{name} (AWS::EC2::VPC): a second VPC in one template is not modelled")
    for position, item in enumerate(source.of("VPCCidrBlock")):
        for vpc, block in source.attempt(item, lambda item, at=position: _further_block(source, item, at)):
            if vpc in vpcs:
                vpcs[vpc] = replace(vpcs[vpc], blocks=(*vpcs[vpc].blocks, block))
    for vpc in vpcs.values():
        source.known[Reference(vpc.name, "CidrBlock")] = str(vpc.blocks[0])
        source.known[Reference(vpc.name, "Ipv6CidrBlocks")] = [str(block) for block in vpc.blocks if block.version == 6]
    return tuple(vpcs.values())


def _own_block(source: Source, item: Resource) -> Block:
    if "CidrBlock" in item.properties:
        return _sized(source.block(item.properties["CidrBlock"], "CidrBlock"), VPC_PREFIXES)
    length = number(item.properties.get("Ipv4NetmaskLength"), "Ipv4NetmaskLength", low=16, high=28)
    return next(IPAM_RANGE.subnets(new_prefix=length))


def _further_block(source: Source, item: Resource, position: int) -> tuple[str, Block]:
    vpc = source.name(item, "VpcId", "VPC")
    for key in ("CidrBlock", "Ipv6CidrBlock"):
        if key in item.properties:
            return vpc, _sized(source.block(item.properties[key], key), VPC_PREFIXES)
    if not source.flag(item.properties.get("AmazonProvidedIpv6CidrBlock", False), "AmazonProvidedIpv6CidrBlock"):
        raise RefusedError("wanted CidrBlock, Ipv6CidrBlock or AmazonProvidedIpv6CidrBlock")
    return vpc, ip_network((int(IPV6_RANGE.network_address) + (position << 72), 56))


def _sized(block: Block, prefixes: Mapping[int, tuple[int, int]]) -> Block:
    shortest, longest = prefixes[block.version]
    if not shortest <= block.prefixlen <= longest:
        raise RefusedError(f"{block}: AWS takes prefixes from /{shortest} to /{longest}")
    return block


def read_subnets(source: Source, vpcs: tuple[Vpc, ...]) -> tuple[Subnet, ...]:
    blocks = {vpc.name: vpc.blocks for vpc in vpcs}
    tables = _associated(source, "SubnetRouteTableAssociation", "RouteTableId", "RouteTable")
    acls = _associated(source, "SubnetNetworkAclAssociation", "NetworkAclId", "NetworkAcl")
    subnets = source.each("Subnet", lambda item: _subnet(source, item, blocks=blocks, tables=tables, acls=acls))
    for subnet in subnets:
        source.known[Reference(subnet.name, "CidrBlock")] = str(subnet.blocks[0])
    return subnets


def _associated(source: Source, short_type: str, key: str, wanted: str) -> dict[str, str]:
    """Subnet to its route table, or ACL."""
    found: dict[str, str] = {}

    def note(item: Resource) -> None:
        subnet, other = source.name(item, "SubnetId", "Subnet"), source.name(item, key, wanted)
        if subnet in found:
            raise RefusedError(f"SubnetId: {subnet} is associated twice")
        if source.resources[subnet].properties.get("VpcId") != source.resources[other].properties.get("VpcId"):
            raise RefusedError(f"{key}: {other} belongs to another VPC than {subnet}")
        found[subnet] = other

    source.each(short_type, note)
    return found


def _subnet(
    source: Source,
    item: Resource,
    *,
    blocks: Mapping[str, tuple[Block, ...]],
    tables: Mapping[str, str],
    acls: Mapping[str, str],
) -> Subnet:
    given = item.properties
    name, vpc = item.logical_id, source.name(item, "VpcId", "VPC")
    keys = [key for key in ("CidrBlock", "Ipv6CidrBlock") if key in given]
    own = tuple(_sized(source.block(given[key], key), SUBNET_PREFIXES) for key in keys)
    for block in own:
        if not any(block.version == outer.version and block.subnet_of(outer) for outer in blocks.get(vpc, ())):
            raise RefusedError(f"{block} is not inside the blocks of {vpc}")
    if not own or own[0].version != 4:
        raise RefusedError("CidrBlock: missing; a subnet without IPv4 is not modelled")
    zone = given.get("AvailabilityZoneId", given.get("AvailabilityZone", f"any of {name}"))
    return Subnet(
        name=name,
        vpc=vpc,
        zone=str(zone),
        blocks=own,
        route_table=tables.get(name, f"main:{vpc}"),
        acl=acls.get(name, f"default:{vpc}"),
        gives_public_address=source.flag(given.get("MapPublicIpOnLaunch", False), "MapPublicIpOnLaunch"),
    )


def read_acls(source: Source, vpcs: tuple[Vpc, ...]) -> tuple[Acl, ...]:
    """The ACLs of the template, and each VPC's default one, which allows everything."""
    names = tuple(source.each("NetworkAcl", lambda item: (item.logical_id, source.name(item, "VpcId", "VPC"))))
    entries: dict[str, list[AclEntry]] = {name: [] for name, _ in names}

    def note(item: Resource) -> None:
        acl, entry = source.name(item, "NetworkAclId", "NetworkAcl"), _entry(source, item)
        if acl.startswith("default:"):
            raise RefusedError("NetworkAclId: entries of a VPC's default ACL are not modelled")
        if any((other.number, other.egress) == (entry.number, entry.egress) for other in entries.get(acl, ())):
            raise RefusedError(f"RuleNumber: {entry.number} is there twice in {acl}")
        entries.setdefault(acl, []).append(entry)

    source.each("NetworkAclEntry", note)
    own = (Acl(name, vpc, tuple(sorted(entries[name], key=_order))) for name, vpc in names)
    return tuple(sorted((*own, *(default_acl(vpc.name) for vpc in vpcs)), key=lambda acl: acl.name))


def default_acl(vpc: str) -> Acl:
    blocks: tuple[Block, ...] = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))
    entries = tuple(
        AclEntry(f"default:{vpc}", 100 + at, True, egress, "all", 0, 65535, block)  # noqa: FBT003
        for egress in (False, True)
        for at, block in enumerate(blocks)
    )
    return Acl(f"default:{vpc}", vpc, entries)


def _order(entry: AclEntry) -> tuple[bool, int]:
    return entry.egress, entry.number


def _entry(source: Source, item: Resource) -> AclEntry:
    given: dict[str, Any] = item.properties
    keys = [key for key in ("CidrBlock", "Ipv6CidrBlock") if key in given]
    if len(keys) != 1:
        raise RefusedError("wanted one of CidrBlock and Ipv6CidrBlock")
    action = str(given.get("RuleAction")).lower()
    if action not in ("allow", "deny"):
        raise RefusedError(f"RuleAction: {action}: wanted allow or deny")
    protocol, first, last = protocol_and_ports(
        given.get("Protocol"),
        ports=mapped(given.get("PortRange", {}), "PortRange"),
        icmp=mapped(given.get("Icmp", {}), "Icmp"),
        keys=("From", "To", "Type", "Code"),
    )
    return AclEntry(
        name=item.logical_id,
        number=number(given.get("RuleNumber"), "RuleNumber", low=1, high=32766),
        allows=action == "allow",
        egress=source.flag(given.get("Egress", False), "Egress"),
        protocol=protocol,
        first_port=first,
        last_port=last,
        block=source.block(given[keys[0]], keys[0]),
    )
