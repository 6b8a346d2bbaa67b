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
    """How many NAT gateways each zone gets, by the name of the parameter that holds the zone's id."""
    subnets = resources(template, "AWS::EC2::Subnet")
    return Counter(
        subnets[_reference(properties["SubnetId"])]["AvailabilityZoneId"]["Ref"]
        for properties in resources(template, "AWS::EC2::NatGateway").values()
    )


def endpoint_services(template: Template, region: str) -> dict[str, tuple[str, ...]]:
    """Each interface endpoint's service, and the parameters that hold the ids of the zones it is wanted in."""
    subnets = resources(template, "AWS::EC2::Subnet")
    return {
        _service_name(properties["ServiceName"], region): tuple(_zones(properties, subnets))
        for properties in resources(template, "AWS::EC2::VPCEndpoint").values()
        if properties.get("VpcEndpointType") == "Interface"
    }


def _zones(endpoint: Mapping[str, Any], subnets: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for subnet in endpoint.get("SubnetIds", ()):
        yield subnets[_reference(subnet)]["AvailabilityZoneId"]["Ref"]


def _service_name(value: Any, region: str) -> str:
    text = value["Fn::Sub"] if isinstance(value, Mapping) else value
    return str(text).replace("${AWS::Region}", region)


def _reference(value: Mapping[str, str]) -> str:
    return value["Ref"]
