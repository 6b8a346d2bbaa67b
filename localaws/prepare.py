"""A template made ready: resolved, its types and properties known, its capabilities given. Nothing is created here."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from analysis import schemas
from analysis.resolve import Context, Resolved, Resource, TemplateError, TemplateTextError, load, resolve
from analysis.values import references
from localaws.conform import conform
from localaws.errors import InsufficientCapabilitiesError, ValidationError
from localaws.handlers import HANDLERS
from localaws.moto_objects import ec2_backend
from localaws.stacks import ACCOUNT, Desired

IAM_NAMES = {
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
}
"""Types that need CAPABILITY_IAM, and the property that makes it CAPABILITY_NAMED_IAM."""

POLICIES = ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot")


@dataclass(frozen=True)
class Prepared:
    template: dict[str, Any]
    resolved: Resolved
    resources: dict[str, Resource]
    """With the properties in the schemas' types."""

    @property
    def description(self) -> str:
        return str(self.template.get("Description", ""))


def prepare(desired: Desired, *, region: str, stack_name: str, stack_id: str) -> Prepared:
    """Raises ValidationError or InsufficientCapabilitiesError; the message holds every finding."""
    context = Context(
        region=region,
        account=ACCOUNT,
        stack_name=stack_name,
        stack_id=stack_id,
        notification_arns=desired.notification_arns,
        zones=tuple(zone.name for zone in ec2_backend(region).describe_availability_zones()),
    )
    try:
        template = load(desired.template_body)
        resolved = resolve(template, desired.parameters, context)
    except (TemplateError, TemplateTextError) as error:
        raise ValidationError(str(error)) from error
    _check_types(resolved, region)
    _check_capabilities(resolved, desired.capabilities)
    resources, findings = _conformed(resolved, region)
    findings += [*_bad_attributes(resolved), *_bad_policies(resolved)]
    if "{{resolve:" in json.dumps(template, default=str):
        findings.append("The local AWS does not support dynamic references ({{resolve:…}})")
    if findings:
        raise ValidationError("\n".join(findings))
    return Prepared(template, resolved, resources)


@functools.lru_cache(maxsize=256)
def parsed(template_body: str) -> dict[str, Any]:
    """The template as a dictionary. Raises ValidationError."""
    try:
        return load(template_body)
    except TemplateTextError as error:
        raise ValidationError(str(error)) from error


def _check_types(resolved: Resolved, region: str) -> None:
    unknown, unsupported = [], []
    for resource in resolved.resources.values():
        try:
            schemas.schema(resource.type, region)
        except schemas.UnknownTypeError:
            unknown.append(resource.type)
            continue
        if resource.type not in HANDLERS:
            unsupported.append(resource.type)
    if unknown:
        names = ", ".join(sorted(set(unknown)))
        raise ValidationError(f"Template format error: Unrecognized resource types: [{names}]")
    if unsupported:
        names = ", ".join(sorted(set(unsupported)))
        raise ValidationError(f"The local AWS does not support the resource types: [{names}]")


def _check_capabilities(resolved: Resolved, given: tuple[str, ...]) -> None:
    iam = [resource for resource in resolved.resources.values() if resource.type in IAM_NAMES]
    named = [resource for resource in iam if IAM_NAMES[resource.type] in resource.properties]
    if named and "CAPABILITY_NAMED_IAM" not in given:
        raise InsufficientCapabilitiesError("CAPABILITY_NAMED_IAM")
    if iam and not {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"} & set(given):
        raise InsufficientCapabilitiesError("CAPABILITY_IAM")


def _conformed(resolved: Resolved, region: str) -> tuple[dict[str, Resource], list[str]]:
    resources, findings = {}, []
    for name, resource in resolved.resources.items():
        properties, problems = conform(resource.properties, schemas.schema(resource.type, region))
        resources[name] = replace(resource, properties=properties)
        if problems:
            text = "; ".join(problems)
            findings.append(f"Properties validation failed for resource {name} with message: {text}")
        known = set(HANDLERS[resource.type].properties)
        legal = set(schemas.schema(resource.type, region).get("properties", ()))
        findings += [
            f"The local AWS does not support the property {item} of {resource.type} ({name})"
            for item in sorted((set(properties) & legal) - known)
        ]
    return resources, findings


def _bad_attributes(resolved: Resolved) -> Iterator[str]:
    values = [item.properties for item in resolved.resources.values()]
    values += [item.value for item in resolved.outputs.values()]
    for reference in dict.fromkeys(references(values)):
        kind = resolved.resources[reference.logical_id].type
        if reference.attribute and reference.attribute not in HANDLERS[kind].attributes:
            what = f"resource {reference.logical_id} does not support attribute type {reference.attribute}"
            yield f"Template error: {what} in Fn::GetAtt"


def _bad_policies(resolved: Resolved) -> Iterator[str]:
    for name, resource in resolved.resources.items():
        for key, policy in (
            ("DeletionPolicy", resource.deletion_policy),
            ("UpdateReplacePolicy", resource.update_replace_policy),
        ):
            if policy not in POLICIES or (key == "UpdateReplacePolicy" and policy == "RetainExceptOnCreate"):
                yield f"Template error: {key} {policy} of resource {name} is none of {', '.join(POLICIES)}"
            elif policy == "Snapshot" and HANDLERS[resource.type].snapshot is None:
                yield f"Template error: resource type {resource.type} does not support deletion policy Snapshot"


def missing_parameter_values(resolved: Resolved, template: Mapping[str, Any], region: str) -> str:
    """AWS's words for the first parameter whose value names something that does not exist; empty when none does."""
    ec2 = ec2_backend(region)
    present = {
        "AWS::EC2::AvailabilityZone::Name": lambda: {zone.name for zone in ec2.describe_availability_zones()},
        "AWS::EC2::Image::Id": lambda: set(ec2.amis),
        "AWS::EC2::Instance::Id": lambda: {item.id for item in ec2.all_instances()},
        "AWS::EC2::KeyPair::KeyName": lambda: set(ec2.key_pairs),
        "AWS::EC2::SecurityGroup::Id": lambda: {group for groups in ec2.groups.values() for group in groups},
        "AWS::EC2::Subnet::Id": lambda: {subnet for zone in ec2.subnets.values() for subnet in zone},
        "AWS::EC2::VPC::Id": lambda: set(ec2.vpcs),
        "AWS::EC2::Volume::Id": lambda: set(ec2.volumes),
    }
    for name, declaration in template.get("Parameters", {}).items():
        kind = declaration.get("Type", "String")
        item_kind = kind.removeprefix("List<").removesuffix(">")
        value = resolved.parameters[name]
        for item in (value,) if isinstance(value, str) else value:
            if item_kind in present and item not in present[item_kind]():
                return f"Parameter validation failed: parameter value {item} for parameter name {name} does not exist"
    return ""
