"""What a template promises by name: which subnets are private, which group is the workstations', which NAT is whose.

Taken once from the template as it is meant. A broken copy of it is then held to the same promise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.network.model import Network, Route
from analysis.reach.intents import Mode
from analysis.resolve import Reference, Resolved
from generator.contract import ZONE_LETTERS, EnvironmentOutput


class NoPromiseError(ValueError):
    """The template lacks the outputs that say what is what; the message names them."""


@dataclass(frozen=True)
class Promise:
    mode: Mode
    group: str
    """The workstations' security group."""
    private_subnets: tuple[str, ...]
    egress_ports: tuple[int, ...]
    """TCP ports that the group lets out to the internet."""
    nat: Mapping[str, str]
    """Private subnet to the interface of its NAT gateway; empty in mode `none`."""
    endpoints: Mapping[str, str]
    """Interface endpoint to its subnet."""
    endpoint_groups: tuple[str, ...]
    """The endpoints' security groups."""
    s3_endpoint: str
    """The gateway endpoint; empty where there is none."""


def promised(resolved: Resolved, network: Network) -> Promise:
    """The promise of a template and its network.

    Raises NoPromiseError for a template without our outputs.
    """
    private = [_target(resolved, EnvironmentOutput.private_subnet_id(letter)) for letter in ZONE_LETTERS]
    subnets = tuple(name for name in private if name)
    group = _target(resolved, EnvironmentOutput.WORKSTATION_SECURITY_GROUP_ID)
    if not subnets or not group:
        wanted = f"{EnvironmentOutput.private_subnet_id('A')} and {EnvironmentOutput.WORKSTATION_SECURITY_GROUP_ID}"
        raise NoPromiseError(f"outputs: wanted {wanted}, which say what is to be proved")
    endpoints = [item for item in network.interfaces if item.kind == "endpoint"]
    nats = {subnet: nat for subnet in subnets if (nat := _nat(network, subnet))}
    return Promise(
        mode=_mode(network, nats),
        group=group,
        private_subnets=subnets,
        egress_ports=_egress_ports(network, group),
        nat=nats,
        endpoints={item.name: item.subnet for item in endpoints},
        endpoint_groups=tuple(sorted({name for item in endpoints for name in item.security_groups})),
        s3_endpoint=next((route.target.name for route in _routes(network, subnets[0], "gateway-endpoint")), ""),
    )


def _target(resolved: Resolved, output: str) -> str:
    value = resolved.outputs[output].value if output in resolved.outputs else None
    return value.logical_id if isinstance(value, Reference) else ""


def _routes(network: Network, subnet: str, kind: str) -> tuple[Route, ...]:
    tables = {table.name: table for table in network.route_tables}
    place = next(item for item in network.subnets if item.name == subnet)
    return tuple(route for route in tables[place.route_table].routes if route.target.kind == kind)


def _nat(network: Network, subnet: str) -> str:
    return next((route.target.name for route in _routes(network, subnet, "nat-gateway")), "")


def _mode(network: Network, nats: Mapping[str, str]) -> Mode:
    if not nats:
        return "none"
    homes = {item.name: item.subnet for item in network.interfaces}
    if any(homes[nat].startswith("regional:") for nat in nats.values()):
        return "regional"
    return "per-zone" if len(set(nats.values())) == len(nats) and len(nats) > 1 else "single"


def _egress_ports(network: Network, name: str) -> tuple[int, ...]:
    group = next(item for item in network.security_groups if item.name == name)
    open_ = [rule for rule in group.egress if not isinstance(rule.peer, str) and not rule.peer.prefixlen]
    return tuple(sorted({port for rule in open_ if rule.protocol == "tcp" for port in _ends(rule)}))


def _ends(rule: object) -> tuple[int, int]:
    return rule.first_port, rule.last_port  # type: ignore[attr-defined]
