"""What stands under the bill: what is paid by the gigabyte, and what is not in the figures."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.cost_lines import is_regional
from analysis.prices import Prices
from analysis.resolve import Resource


def traffic_notes(resources: Iterable[Resource], prices: Prices) -> tuple[str, ...]:
    """What is paid by the gigabyte, for the resources that are there."""
    types = {resource.type for resource in resources}
    interface = any(_is_interface(item) for item in resources if item.type == "AWS::EC2::VPCEndpoint")
    unit = prices.unit
    notes = []
    if "AWS::EC2::NatGateway" in types:
        notes.append(f"On top, per GB through a NAT gateway: ${unit['nat_gateway_gb']}")
    if interface:
        notes.append(f"On top, per GB through an interface endpoint: ${unit['interface_endpoint_gb']}")
    if "AWS::EC2::FlowLog" in types:
        ingest, kept = unit["flow_log_ingest_gb"], unit["log_storage_gib_month"]
        notes.append(f"On top, per GB of flow log: ${ingest} to write, ${kept} a month to keep")
    return tuple(notes)


def left_out_notes(resources: Iterable[Resource]) -> tuple[str, ...]:
    """What somebody else pays for, and where AWS may take less than the lines say."""
    resources = tuple(resources)
    types = {resource.type for resource in resources}
    notes = []
    if "AWS::EC2::SecurityGroup" in types and "AWS::EC2::VPC" not in types:
        notes.append("Without what the VPC that is there costs by itself, such as its own NAT gateways")
    if any("Ipv4IpamPoolId" in resource.properties for resource in resources):
        notes.append("Without IPAM itself, which the account that owns the pool pays for")
    if any(is_regional(item) and not item.properties.get("AvailabilityZoneAddresses") for item in resources):
        notes.append("A NAT gateway that follows the machines is paid only for zones that have some, at most for these")
    return tuple(notes)


def _is_interface(resource: Resource) -> bool:
    return resource.properties.get("VpcEndpointType") == "Interface"
