"""What the templates will need of an account: counted and read from them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any

from deployment.stacks import Stacks, Template
from generator.contract import workstation_stack_name


def resources(template: Template, kind: str) -> dict[str, Mapping[str, Any]]:
    """Logical ID to properties of every resource of a type (`AWS::EC2::EIP`)."""
    found = template.body["Resources"].items()
    return {name: resource.get("Properties", {}) for name, resource in found if resource["Type"] == kind}


def types(stacks: Stacks) -> tuple[str, ...]:
    """Every resource type in the templates, sorted."""
    templates = (stacks.template, *(entry.template for entry in stacks.workstations))
    return tuple(
        sorted({resource["Type"] for template in templates for resource in template.body["Resources"].values()})
    )


def stack_names(environment: str, stacks: Stacks) -> tuple[str, ...]:
    """The stacks that are deployed: the environment's, then one for each workstation."""
    return (environment, *(workstation_stack_name(environment, entry.name) for entry in stacks.workstations))


def block(template: Template) -> IPv4Network | None:
    """The address block of the VPC; None when the template makes none, or does not say it outright."""
    for properties in resources(template, "AWS::EC2::VPC").values():
        if isinstance(properties.get("CidrBlock"), str):
            return IPv4Network(properties["CidrBlock"])
    return None


def nat_gateways(template: Template) -> Counter[str]:
    """How many zonal NAT gateways each zone gets, by the name of the parameter that holds the zone's id.

    A regional one is in no subnet; whether it counts against the quota of a zone, AWS's pages do not say.
    """
    subnets = resources(template, "AWS::EC2::Subnet")
    return Counter(
        subnets[_reference(properties["SubnetId"])]["AvailabilityZoneId"]["Ref"]
        for properties in resources(template, "AWS::EC2::NatGateway").values()
        if "SubnetId" in properties
    )


def endpoint_services(template: Template, region: str) -> dict[str, tuple[str, ...]]:
    """Each interface endpoint's service, and the parameters of the zones, or of the subnets, it is wanted in."""
    subnets = resources(template, "AWS::EC2::Subnet")
    return {
        _service_name(properties["ServiceName"], region): tuple(_zones(properties, subnets))
        for properties in resources(template, "AWS::EC2::VPCEndpoint").values()
        if properties.get("VpcEndpointType") == "Interface"
    }


def _zones(endpoint: Mapping[str, Any], subnets: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for subnet in map(_reference, endpoint.get("SubnetIds", ())):
        yield subnets[subnet]["AvailabilityZoneId"]["Ref"] if subnet in subnets else subnet


def _service_name(value: Any, region: str) -> str:
    text = value["Fn::Sub"] if isinstance(value, Mapping) else value
    return str(text).replace("${AWS::Region}", region)


def _reference(value: Mapping[str, str]) -> str:
    return value["Ref"]


def is_vpc_ours(template: Template) -> bool:
    """Whether the template makes the VPC; else it was there before and belongs to somebody else."""
    return bool(resources(template, "AWS::EC2::VPC"))


def opens_to_anywhere(template: Template) -> bool:
    """Whether workstations may go out to any address, for which their subnets need a way."""
    groups = resources(template, "AWS::EC2::SecurityGroup").values()
    return any(rule.get("CidrIp") == "0.0.0.0/0" for group in groups for rule in group.get("SecurityGroupEgress", ()))
