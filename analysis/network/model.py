"""A VPC's network as values: what a template makes, by logical id, and nothing of AWS's spelling left.

Both judges read it: `analysis.reach` works out who can reach whom, `netlab` builds it and sends packets.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Literal

Block = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
Protocol = Literal["tcp", "udp", "icmp", "icmpv6"]


@dataclass(frozen=True)
class Vpc:
    name: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Subnet:
    name: str
    vpc: str
    zone: str
    """A zone's id or name as the template gives it; only equality counts."""
    blocks: tuple[Block, ...]
    route_table: str
    """Logical id of the associated table, or `main:VPC` (the VPC's main table, which has only the local route)."""
    acl: str
    """Logical id, or `default:VPC` (allows everything)."""
    gives_public_address: bool = False


@dataclass(frozen=True)
class Target:
    """Where a route or rule leads."""

    kind: Literal[
        "local",
        "internet-gateway",
        "egress-only-gateway",
        "nat-gateway",
        "gateway-endpoint",
        "interface",
        "blackhole",
    ]
    name: str
    """Logical id of the gateway, endpoint or interface; the VPC's for `local`."""


@dataclass(frozen=True)
class Route:
    name: str
    """Logical id of the route resource, of the endpoint, or `local`: what a reason points to."""
    destinations: tuple[Block, ...]
    target: Target


@dataclass(frozen=True)
class RouteTable:
    name: str
    vpc: str
    routes: tuple[Route, ...]
    """The local routes first."""


@dataclass(frozen=True)
class InternetGateway:
    name: str
    vpc: str | None
    """None: attached to no VPC, so its routes are black holes."""
    egress_only: bool = False


@dataclass(frozen=True)
class Rule:
    """One permission of a security group."""

    name: str
    """Logical id of the group or rule resource, with the rule's place: `WorkstationSecurityGroup ingress 1`."""
    protocol: Protocol | Literal["all"]
    first_port: int
    last_port: int
    """0 to 65535 for every port; for icmp the type and code are not modelled: 0 to 65535 or refused."""
    peer: Block | str
    """Addresses, or the logical id of a security group, whose members are meant."""


@dataclass(frozen=True)
class SecurityGroup:
    name: str
    """Logical id, or `default:VPC`."""
    vpc: str
    ingress: tuple[Rule, ...]
    egress: tuple[Rule, ...]


@dataclass(frozen=True)
class AclEntry:
    name: str
    number: int
    allows: bool
    egress: bool
    protocol: Protocol | Literal["all"]
    first_port: int
    last_port: int
    block: Block


@dataclass(frozen=True)
class Acl:
    """Stateless; entries by number, the first that fits decides, none that fits refuses."""

    name: str
    vpc: str
    entries: tuple[AclEntry, ...]


@dataclass(frozen=True)
class Interface:
    """An elastic network interface: a workstation's, a NAT gateway's, an endpoint's, or a probe's."""

    name: str
    """Logical id of its owner (with `:SUBNET` for endpoints), or `probe:GROUP:SUBNET`."""
    kind: Literal["instance", "nat-gateway", "endpoint", "probe"]
    subnet: str
    addresses: tuple[Address, ...]
    """Private addresses: one IPv4, and one IPv6 in a subnet with an IPv6 block where it is wanted."""
    public_address: IPv4Address | None
    security_groups: tuple[str, ...]
    source_dest_check: bool = True
    service: str = ""
    """Of an endpoint: `ssm`."""


@dataclass(frozen=True)
class Network:
    """Everything, in the order of names; addresses are dealt out by rule, so two readings are equal."""

    vpcs: tuple[Vpc, ...]
    subnets: tuple[Subnet, ...]
    route_tables: tuple[RouteTable, ...]
    gateways: tuple[InternetGateway, ...]
    security_groups: tuple[SecurityGroup, ...]
    acls: tuple[Acl, ...]
    interfaces: tuple[Interface, ...]
    block_public_access: Literal["off", "block-ingress", "block-bidirectional"] = "off"
    """At every internet gateway: `block-ingress` lets only NAT and egress-only gateways through, the other nobody.

    https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
    """


class NotModelledError(ValueError):
    """A template uses something that is not modelled; `findings` names each, and nothing is guessed."""

    def __init__(self, findings: tuple[str, ...]) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings
