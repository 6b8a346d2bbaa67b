"""A resolved template to its network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from analysis.network.addresses import Draft, NoAddressLeftError, deal
from analysis.network.elastic import Elastic
from analysis.network.groups import read_groups
from analysis.network.interfaces import read_drafts
from analysis.network.model import Address, Interface, Network, NotModelledError, RouteTable, Subnet, Vpc
from analysis.network.places import read_acls, read_subnets, read_vpcs
from analysis.network.regional import Regional, read_regional, split_by_zone
from analysis.network.routes import read_gateways, read_route_tables
from analysis.network.source import Source
from analysis.resolve import Resolved

Named = TypeVar("Named", Subnet, RouteTable)

BLOCK_MODES = ("off", "block-ingress", "block-bidirectional")


def read(resolved: Resolved) -> Network:
    """The network that the template makes.

    Raises NotModelledError with every finding when something of the network is not covered, or AWS would refuse it.
    """
    source = Source(resolved)
    source.check_types()
    vpcs = read_vpcs(source)
    subnets = read_subnets(source, vpcs)
    elastic = Elastic(source)
    regional = read_regional(source, subnets, elastic)
    drafts = (*read_drafts(source, {subnet.name: subnet for subnet in subnets}, elastic), *regional.drafts)
    network = _network(source, vpcs, subnets, regional=regional, drafts=drafts)
    _check_overlaps(source, network)
    _check_addresses(source, network, drafts)
    if source.findings:
        raise NotModelledError(tuple(dict.fromkeys(source.findings)))
    places = {subnet.name: subnet for subnet in network.subnets}
    return replace(network, interfaces=_dealt(drafts, places, ()))


def _network(
    source: Source, vpcs: tuple[Vpc, ...], subnets: tuple[Subnet, ...], *, regional: Regional, drafts: tuple[Draft, ...]
) -> Network:
    """Everything but the interfaces."""
    gateways = read_gateways(source)
    homes = {subnet.name: subnet.vpc for subnet in subnets}
    interface_vpcs = {draft.name: homes[draft.subnet] for draft in drafts if draft.subnet in homes}
    tables = read_route_tables(source, vpcs, gateways, {**interface_vpcs, **regional.vpcs})
    tables, subnets = split_by_zone(source, tables, subnets, regional)
    return Network(
        vpcs=vpcs,
        subnets=_by_name((*subnets, *regional.subnets)),
        route_tables=_by_name((*tables, *regional.tables(vpcs, gateways))),
        gateways=gateways,
        security_groups=read_groups(source, vpcs),
        acls=read_acls(source, vpcs),
        interfaces=(),
        block_public_access=_block_mode(source),
    )


def _by_name(items: Iterable[Named]) -> tuple[Named, ...]:
    return tuple(sorted(items, key=lambda item: item.name))


def with_probes(network: Network, *, each: int = 1) -> Network:
    """The network with one more interface (or `each`) for every security group in every subnet of its VPC.

    A wrong group or a wrong route is then found even where no machine uses it yet.
    """
    places = {subnet.name: subnet for subnet in network.subnets}
    drafts = [
        Draft(
            name=f"probe:{group.name}:{subnet.name}" + (f":{copy}" if copy else ""),
            kind="probe",
            subnet=subnet.name,
            security_groups=(group.name,),
            has_ipv6=True,
            wants_public_address=subnet.gives_public_address,
        )
        for copy in range(each)
        for group in network.security_groups
        for subnet in network.subnets
        if subnet.vpc == group.vpc and subnet.blocks
    ]
    taken = [address for interface in network.interfaces for address in interface.addresses]
    taken += [interface.public_address for interface in network.interfaces if interface.public_address]
    interfaces = (*network.interfaces, *_dealt(drafts, places, taken))
    return replace(network, interfaces=tuple(sorted(interfaces, key=lambda interface: interface.name)))


def _dealt(drafts: Iterable[Draft], places: dict[str, Subnet], taken: Iterable[Address]) -> tuple[Interface, ...]:
    try:
        return deal(drafts, places, taken)
    except NoAddressLeftError as error:
        raise NotModelledError((str(error),)) from error


def _block_mode(source: Source) -> Any:
    found = [item.properties.get("InternetGatewayBlockMode") for item in source.of("VPCBlockPublicAccessOptions")]
    if len(found) > 1 or any(mode not in BLOCK_MODES for mode in found):
        source.findings.append(f"InternetGatewayBlockMode: {found}: wanted one of {', '.join(BLOCK_MODES)}")
    return found[0] if found else "off"


def _check_addresses(source: Source, network: Network, drafts: Iterable[Draft]) -> None:
    blocks = {subnet.name: subnet.blocks for subnet in network.subnets}
    owners: dict[Address, str] = {}
    for draft in drafts:
        if draft.address is None:
            continue
        if draft.subnet in blocks and draft.address not in blocks[draft.subnet][0]:
            source.findings.append(f"{draft.name}: PrivateIpAddress: {draft.address} is not in {draft.subnet}")
        if draft.address in owners:
            source.findings.append(f"{draft.name}: PrivateIpAddress: {owners[draft.address]} has {draft.address} too")
        owners[draft.address] = draft.name


def _check_overlaps(source: Source, network: Network) -> None:
    for places in (network.vpcs, network.subnets):
        blocks = [(block, place.name) for place in places for block in place.blocks]
        for at, (block, name) in enumerate(blocks):
            source.findings += [
                f"{name}: {block} overlaps {other} of {other_name}"
                for other, other_name in blocks[:at]
                if block.version == other.version and block.overlaps(other)
            ]
