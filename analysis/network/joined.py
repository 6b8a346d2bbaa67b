"""The environment and its workstations as one resolved template, joined as the deploy step joins their stacks.

A workstation's parameters are answered by the environment's outputs; its resources are named `ada/Instance`.
An environment that goes into a VPC that is there is put into one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analysis.partial import resolve_partly
from analysis.resolve import Context, Output, Pending, Reference, Resolved, Resource
from generator.contract import ZONE_LETTERS, EnvironmentOutput, EnvironmentParameter, handed_over

SKELETON = frozenset(
    f"AWS::EC2::{name}"
    for name in (
        "EIP",
        "InternetGateway",
        "NatGateway",
        "Route",
        "RouteTable",
        "Subnet",
        "SubnetRouteTableAssociation",
        "VPC",
        "VPCCidrBlock",
        "VPCGatewayAttachment",
    )
)
"""What an existing VPC is taken to have: none of its groups, endpoints and machines, which are not ours."""


class NoSurroundingsError(ValueError):
    """The environment goes into a VPC that is there, and nobody said what that is like."""


def join(
    stacks: Mapping[str, Any], templates: Mapping[str, Mapping[str, Any]], around: Resolved | None = None
) -> Resolved:
    """All stacks of `stacks.json` together; `templates` holds each template by its file name.

    `around` is a template with the VPC that is there, for an environment that goes into one.
    Raises TemplateError when a template or a given parameter is wrong, and NoSurroundingsError.
    """
    asked = stacks["environment"]
    environment = resolve_partly(templates[asked["template"]], asked["parameters"], Context())
    if EnvironmentParameter.VPC_ID in environment.parameters:
        environment = _put_into(environment, around)
    resources = dict(environment.resources)
    for item in stacks["workstations"]:
        found = resolve_partly(templates[item["template"]], item["parameters"], Context())
        answers = {
            f"${{{parameter}}}": environment.outputs.get(output, Output(f"${{{parameter}}}")).value
            for parameter, output in handed_over(item["zone"]).items()
        }
        for name, resource in found.resources.items():
            own = f"{item['name']}/{name}"
            properties = _moved(resource.properties, f"{item['name']}/", answers)
            depends_on = tuple(f"{item['name']}/{other}" for other in resource.depends_on)
            resources[own] = replace(resource, logical_id=own, properties=properties, depends_on=depends_on)
    return replace(environment, resources=_sorted(resources))


def _put_into(environment: Resolved, around: Resolved | None) -> Resolved:
    """The environment with the VPC around it; parameters are answered by that VPC's outputs of the same names."""
    if around is None:
        raise NoSurroundingsError(
            f"{EnvironmentParameter.VPC_ID} is a parameter: wanted a template of the VPC around it (--around), "
            "with outputs named like the parameters, such as templates/environment.yaml"
        )
    answers = {f"${{{name}}}": output.value for name, output in around.outputs.items()} | _tables(around)
    vpc = around.outputs[EnvironmentOutput.VPC_ID].value
    answers[f"${{{EnvironmentParameter.VPC_CIDR_BLOCK}}}"] = Reference(vpc.logical_id, "CidrBlock")
    own = {
        name: replace(item, properties=_moved(item.properties, "", answers))
        for name, item in environment.resources.items()
    }
    skeleton = {name: item for name, item in around.resources.items() if item.type in SKELETON}
    outputs = {name: replace(item, value=_moved(item.value, "", answers)) for name, item in environment.outputs.items()}
    return replace(environment, resources={**skeleton, **own}, outputs=outputs)


def _tables(around: Resolved) -> dict[str, list[Reference]]:
    """The parameter that names the route tables of the private subnets, and its answer."""
    private = [
        around.outputs[name].value
        for name in map(EnvironmentOutput.private_subnet_id, ZONE_LETTERS)
        if name in around.outputs
    ]
    tables = [
        item.properties["RouteTableId"]
        for item in around.resources.values()
        if item.type == "AWS::EC2::SubnetRouteTableAssociation" and item.properties["SubnetId"] in private
    ]
    return {f"${{{EnvironmentParameter.PRIVATE_ROUTE_TABLE_IDS}}}": list(dict.fromkeys(tables))}


def _moved(value: Any, prefix: str, answers: Mapping[str, Any]) -> Any:
    """`value` with its own stack's references renamed, and parameters answered by another stack."""
    if isinstance(value, Reference):
        return Reference(f"{prefix}{value.logical_id}", value.attribute)
    if isinstance(value, Pending):
        return Pending(value.function, tuple(_moved(item, prefix, answers) for item in value.arguments))
    if isinstance(value, dict):
        return {key: _moved(item, prefix, answers) for key, item in value.items()}
    if isinstance(value, list | tuple):
        moved = [_moved(item, prefix, answers) for item in value]
        return [one for item in moved for one in (item if isinstance(item, list) else [item])]
    return answers.get(value, value) if isinstance(value, str) else value


def _sorted(resources: Mapping[str, Resource]) -> dict[str, Resource]:
    return {name: resources[name] for name in sorted(resources)}
