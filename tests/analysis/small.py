"""A VPC small enough to answer for by hand, and questions to it.

Client 10.0.1.4 is in the private subnet, lets nothing in and everything out; Server 10.0.0.4 is in the public one,
lets everything in, and is 203.0.113.4 on the internet. Each subnet has its own table; only the public one leads out.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from analysis.network import Network, read
from analysis.network.probe import INTERNET, INTERNET_ADDRESSES, Probe
from analysis.reach import Judge, Verdict
from analysis.resolve import Context, resolve
from tests.analysis.networks import association, get_att, ref, resource

CLIENT, SERVER, SERVER_PUBLIC = "10.0.1.4", "10.0.0.4", "203.0.113.4"
OUTSIDE, OUTSIDE_IPV6 = map(str, INTERNET_ADDRESSES)
EVERYTHING = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}


def template(**changes: dict[str, Any] | None) -> dict[str, Any]:
    """The small VPC with resources added or replaced; None deletes."""
    resources: dict[str, Any] = {
        "Vpc": resource("EC2::VPC", CidrBlock="10.0.0.0/16"),
        "Gateway": resource("EC2::InternetGateway"),
        "Attachment": resource("EC2::VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=ref("Gateway")),
        "Public": subnet("10.0.0.0/24"),
        "Private": subnet("10.0.1.0/24"),
        "PublicTable": resource("EC2::RouteTable", VpcId=ref("Vpc")),
        "PrivateTable": resource("EC2::RouteTable", VpcId=ref("Vpc")),
        "PublicUses": association("Public", "PublicTable"),
        "PrivateUses": association("Private", "PrivateTable"),
        "WayOut": route("PublicTable", GatewayId=ref("Gateway")),
        "Open": group(SecurityGroupIngress=[EVERYTHING]),
        "Closed": group(),
        "Server": machine("Public", "Open"),
        "ServerAddress": resource("EC2::EIP", InstanceId=ref("Server")),
        "Client": machine("Private", "Closed"),
    }
    return {"Resources": {name: item for name, item in (resources | changes).items() if item is not None}}


def subnet(block: str, **more: Any) -> dict[str, Any]:
    return resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock=block, **more)


def route(table: str, block: str = "0.0.0.0/0", **target: Any) -> dict[str, Any]:
    key = "DestinationIpv6CidrBlock" if ":" in block else "DestinationCidrBlock"
    return resource("EC2::Route", RouteTableId=ref(table), **{key: block}, **target)


def group(**rules: Any) -> dict[str, Any]:
    return resource("EC2::SecurityGroup", VpcId=ref("Vpc"), GroupDescription="small", **rules)


def machine(home: str, *groups: str, **more: Any) -> dict[str, Any]:
    given = {"SecurityGroupIds": [get_att(name, "GroupId") for name in groups]} if groups else {}
    return resource("EC2::Instance", ImageId="ami-00000000", SubnetId=ref(home), **given, **more)


def nat(home: str = "Public") -> dict[str, Any]:
    """A public NAT gateway, the private subnet's way to it, and its address: 10.0.0.4, seen as 203.0.113.4."""
    return {
        "Nat": resource("EC2::NatGateway", SubnetId=ref(home), AllocationId=get_att("NatAddress", "AllocationId")),
        "NatAddress": resource("EC2::EIP", Domain="vpc"),
        "PrivateWayOut": route("PrivateTable", NatGatewayId=ref("Nat")),
    }


def acl(*entries: tuple[bool, str, int, tuple[int, int]]) -> dict[str, Any]:
    """An ACL on the public subnet; entries of (egress, action, protocol, ports), by number."""
    made: dict[str, Any] = {
        "Acl": resource("EC2::NetworkAcl", VpcId=ref("Vpc")),
        "Guards": resource("EC2::SubnetNetworkAclAssociation", SubnetId=ref("Public"), NetworkAclId=ref("Acl")),
    }
    for at, (egress, action, protocol, (first, last)) in enumerate(entries, 1):
        ports = {"PortRange": {"From": first, "To": last}} if protocol in (6, 17) else {}
        made[f"Entry{at}"] = resource(
            "EC2::NetworkAclEntry",
            NetworkAclId=ref("Acl"),
            RuleNumber=at,
            Egress=egress,
            RuleAction=action,
            Protocol=protocol,
            CidrBlock="0.0.0.0/0",
            **ports,
        )
    return made


def ipv6() -> dict[str, Any]:
    """IPv6 for the VPC and both subnets; Server is 2001:db8::4, Client 2001:db8:0:1::4."""
    blocks = {"Fn::Select": [0, get_att("Vpc", "Ipv6CidrBlocks")]}
    own = [{"Fn::Select": [at, {"Fn::Cidr": [blocks, 2, 64]}]} for at in range(2)]
    everything = {"IpProtocol": "-1", "CidrIpv6": "::/0"}
    return {
        "Ipv6": resource("EC2::VPCCidrBlock", VpcId=ref("Vpc"), AmazonProvidedIpv6CidrBlock=True),
        "Public": subnet("10.0.0.0/24", Ipv6CidrBlock=own[0], AssignIpv6AddressOnCreation=True),
        "Private": subnet("10.0.1.0/24", Ipv6CidrBlock=own[1], AssignIpv6AddressOnCreation=True),
        "Open": group(SecurityGroupIngress=[EVERYTHING, everything]),
        "WayOut6": route("PublicTable", "::/0", GatewayId=ref("Gateway")),
    }


def network(**changes: dict[str, Any] | None) -> Network:
    return read(resolve(template(**changes), {}, Context()))


def explain(
    asked: Network, sender: str, destination: str, *, kind: Any = "syn", port: int = 443, claims: str = ""
) -> Verdict:
    """The verdict about a packet with the sender's own address, unless it claims another."""
    target = ip_address(destination)
    if sender == INTERNET:
        own = INTERNET_ADDRESSES
    else:
        own = next(item.addresses for item in asked.interfaces if item.name == sender)
    source = ip_address(claims) if claims else next(address for address in own if address.version == target.version)
    return Judge(asked).explain(Probe(sender, source, target, kind, 0 if kind == "echo" else port))


def ask(asked: Network, sender: str, destination: str, **how: Any) -> tuple[str | None, str, bool]:
    """(who gets it, the source they see, whether the sender is answered)."""
    got = explain(asked, sender, destination, **how).outcome
    return got.delivered_to, str(got.source_seen or ""), got.answered
