"""A resolved template to its network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from analysis.network.addresses import Draft, NoAddressLeftError, deal
from analysis.network.groups import read_groups
from analysis.network.interfaces import read_drafts
from analysis.network.model import Address, Interface, Network, NotModelledError, Subnet
from analysis.network.places import read_acls, read_subnets, read_vpcs
from analysis.network.routes import read_gateways, read_route_tables, regional_gateways
from analysis.network.source import Source
from analysis.resolve import Resolved

BLOCK_MODES = ("off", "block-ingress", "block-bidirectional")


def read(resolved: Resolved) -> Network:
    """The network that the template makes.

    Raises NotModelledError with every finding when something of the network is not covered, or AWS would refuse it.
    """
    source = Source(resolved)
    source.check_types()
    vpcs = read_vpcs(source)
    subnets = (*read_subnets(source, vpcs), *_regional_subnets(source))
    places = {subnet.name: subnet for subnet in subnets}
    drafts = read_drafts(source, places)
    gateways = read_gateways(source)
    homes = {draft.name: places[draft.subnet].vpc for draft in drafts if draft.subnet in places}
    tables = read_route_tables(source, vpcs, gateways, homes)
    network: dict[str, Any] = {
        "vpcs": vpcs,
        "subnets": tuple(sorted(subnets, key=lambda subnet: subnet.name)),
        "route_tables": tables,
        "gateways": gateways,
        "security_groups": read_groups(source, vpcs),
        "acls": read_acls(source, vpcs),
        "block_public_access": _block_mode(source),
    }
    _check_overlaps(source, vpcs, subnets)
    if source.findings:
        raise NotModelledError(tuple(dict.fromkeys(source.findings)))
    return Network(**network, interfaces=_dealt(drafts, places, ()))


def with_probes(network: Network) -> Network:
    """The network with one more interface for every security group in every subnet of its VPC.

    A wrong group or a wrong route is then found even where no machine uses it yet.
    """
    places = {subnet.name: subnet for subnet in network.subnets}
    drafts = [
        Draft(
            name=f"probe:{group.name}:{subnet.name}",
            kind="probe",
            subnet=subnet.name,
            security_groups=(group.name,),
            has_ipv6=True,
            wants_public_address=subnet.gives_public_address,
        )
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


def _regional_subnets(source: Source) -> tuple[Subnet, ...]:
    """A place without a block for each regional NAT gateway, in a zone of its own, which is never switched off."""
    return tuple(
        Subnet(name, vpc, "regional", (), name, f"default:{vpc}")
        for item in regional_gateways(source)
        for vpc in source.attempt(item, lambda item: source.name(item, "VpcId", "VPC"))
        for name in (f"regional:{item.logical_id}",)
    )


def _block_mode(source: Source) -> str:
    found = [item.properties.get("InternetGatewayBlockMode") for item in source.of("VPCBlockPublicAccessOptions")]
    if len(found) > 1 or any(mode not in BLOCK_MODES for mode in found):
        source.findings.append(f"InternetGatewayBlockMode: {found}: wanted one of {', '.join(BLOCK_MODES)}")
    return found[0] if found else "off"


def _check_overlaps(source: Source, vpcs: Iterable[Any], subnets: Iterable[Subnet]) -> None:
    for places in (tuple(vpcs), tuple(subnets)):
        blocks = [(block, place.name, getattr(place, "vpc", "")) for place in places for block in place.blocks]
        for at, (block, name, vpc) in enumerate(blocks):
            source.findings += [
                f"{name}: {block} overlaps {other} of {other_name}"
                for other, other_name, other_vpc in blocks[:at]
                if (vpc == other_vpc or not vpc) and block.version == other.version and block.overlaps(other)
            ]
