"""Security groups with inline and standalone rules."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from analysis.network.model import Block, Rule, SecurityGroup, Vpc
from analysis.network.protocols import ALL_PORTS, protocol_and_ports
from analysis.network.source import RefusedError, Source, listed, mapped
from analysis.resolve import Resource
from generator.contract import EnvironmentParameter

S3_BLOCK = IPv4Network("192.0.2.0/24")
"""Stands in for the prefix list of S3: a range of the documentation, RFC 5737."""

EVERYWHERE: tuple[Block, ...] = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))

Standalone = dict[str, list[Rule]]
"""Group to its rules that are resources of their own."""


def read_groups(source: Source, vpcs: tuple[Vpc, ...]) -> tuple[SecurityGroup, ...]:
    """The groups of the template, and each VPC's default one, whose members reach each other."""
    ingress, egress = _standalone(source, "Ingress"), _standalone(source, "Egress")
    own = source.each("SecurityGroup", lambda item: _group(source, item, ingress=ingress, egress=egress))
    defaults = (_default_group(vpc.name, ingress) for vpc in vpcs)
    return tuple(sorted((*own, *defaults), key=lambda group: group.name))


def _default_group(vpc: str, ingress: Standalone) -> SecurityGroup:
    name = f"default:{vpc}"
    own = Rule(f"{name} ingress 1", "all", *ALL_PORTS, name)
    return SecurityGroup(name, vpc, (own, *ingress.get(name, ())), tuple(_allow_all(name)))


def _group(source: Source, item: Resource, *, ingress: Standalone, egress: Standalone) -> SecurityGroup:
    name, vpc = item.logical_id, source.name(item, "VpcId", "VPC")
    inward = (*_inline(source, item, "Ingress"), *ingress.get(name, ()))
    outward = (*_inline(source, item, "Egress"), *egress.get(name, ()))
    return SecurityGroup(name, vpc, inward, outward or tuple(_allow_all(name)))


def _allow_all(name: str) -> Iterator[Rule]:
    """What AWS adds to a group that names no egress.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
    """
    for at, block in enumerate(EVERYWHERE, 1):
        yield Rule(f"{name} default egress {at}", "all", *ALL_PORTS, block)


def _inline(source: Source, item: Resource, direction: str) -> tuple[Rule, ...]:
    key = f"SecurityGroup{direction}"
    rules = listed(item.properties.get(key, ()), key)
    return tuple(
        _rule(source, mapped(rule, key), name=f"{item.logical_id} {direction.lower()} {at}", direction=direction)
        for at, rule in enumerate(rules, 1)
    )


def _standalone(source: Source, direction: str) -> Standalone:
    found: Standalone = {}

    def note(item: Resource) -> None:
        group = source.name(item, "GroupId", "SecurityGroup")
        if direction == "Egress" and group.startswith("default:"):
            raise RefusedError("GroupId: AWS does not say whether a default group keeps its own egress then")
        given = {key: value for key, value in item.properties.items() if key not in ("GroupId", "Tags")}
        found.setdefault(group, []).append(_rule(source, given, name=item.logical_id, direction=direction))

    source.each(f"SecurityGroup{direction}", note)
    return found


def _rule(source: Source, given: dict[str, Any], *, name: str, direction: str) -> Rule:
    side = "Source" if direction == "Ingress" else "Destination"
    peers = ("CidrIp", "CidrIpv6", f"{side}PrefixListId", f"{side}SecurityGroupId")
    unknown = sorted(set(given) - {*peers, "Description", "FromPort", "IpProtocol", "ToPort"})
    if unknown:
        raise RefusedError(f"{name}: {', '.join(unknown)}: not modelled")
    named = [key for key in peers if key in given]
    if len(named) != 1:
        raise RefusedError(f"{name}: wanted one of {', '.join(peers)}; got {', '.join(named) or 'none'}")
    protocol, first, last = protocol_and_ports(
        given.get("IpProtocol"), ports=given, icmp=given, keys=("FromPort", "ToPort", "FromPort", "ToPort")
    )
    return Rule(name, protocol, first, last, _peer(source, given[named[0]], named[0]))


def _peer(source: Source, value: Any, key: str) -> Block | str:
    if key.endswith("SecurityGroupId"):
        return source.named(value, key, "SecurityGroup")
    if key.endswith("PrefixListId"):
        if value != source.parameters.get(EnvironmentParameter.S3_PREFIX_LIST_ID):
            raise RefusedError(f"{key}: {value}: only S3's prefix list, the parameter S3PrefixListId, is modelled")
        return S3_BLOCK
    return source.block(value, key)
