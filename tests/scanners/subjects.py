"""What is scanned: each committed template as it is, and with its parameters' values put in.

Some rules cannot read a parameter and pass, or give up; others read only what is written in the file. So both.
A reference to a resource of the same template stays one in both, since rules follow it to that resource; within a
text or a function it becomes a name such as AWS gives.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.committed import Committed, read_committed
from analysis.resolve import Context, Pending, Reference, Resolved, finish, resolve
from generator.contract import STACKS_FILE, ZONE_LETTERS, EnvironmentParameter, WorkstationParameter
from tests.conftest import ROOT

TEMPLATES = ROOT / "templates"

BY_TYPE = {
    "AWS::EC2::AvailabilityZone::Name": "us-east-1a",
    "AWS::EC2::Image::Id": "ami-0123456789abcdef0",
    "AWS::EC2::SecurityGroup::Id": "sg-0123456789abcdef0",
    "AWS::EC2::Subnet::Id": "subnet-0123456789abcdef0",
    "AWS::EC2::VPC::Id": "vpc-0123456789abcdef0",
}
"""Parameter type: a value such as the deploy step hands over."""

BY_NAME = {
    **{EnvironmentParameter.availability_zone_id(letter): f"use1-az{at}" for at, letter in enumerate(ZONE_LETTERS, 1)},
    **{EnvironmentParameter.private_subnet_id(name): f"subnet-0123456789abcde{at}0" for at, name in enumerate("ABCD")},
    EnvironmentParameter.S3_PREFIX_LIST_ID: "pl-63a5400a",
    EnvironmentParameter.IPAM_POOL_ID: "ipam-pool-0123456789abcdef0",
    EnvironmentParameter.VPC_CIDR_BLOCK: "10.38.0.0/20",
    EnvironmentParameter.PRIVATE_ROUTE_TABLE_IDS: "rtb-0123456789abcdef0",
    WorkstationParameter.ENVIRONMENT_NAME: "demo",
    WorkstationParameter.INSTANCE_PROFILE_NAME: "demo-WorkstationInstanceProfile-0123456789AB",
    WorkstationParameter.VOLUME_KMS_KEY_ARN: (
        "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
    ),
}
"""Parameter name: the same for parameters whose type says nothing."""

BY_ATTRIBUTE = {"CidrBlock": "10.38.0.0/20"}
"""Attribute, within a function or by itself: the same. No rule follows a rule's block to the subnet that it is of."""

VARIANTS = {"with-key": "laptop", "without-key": ""}
"""The condition of `workstation.yaml` both ways: key pairs for a config that asks for one way only."""


@dataclass(frozen=True)
class Subject:
    """A template to scan."""

    name: str
    """A file name without its ending: `default-workstation-raw`."""
    config: str
    form: str
    """`raw` or `resolved`."""
    text: str
    is_listed: bool = True
    """Whether stacks.json asks for it; the others are there for their conditions."""
    conditions: tuple[tuple[str, bool], ...] = ()

    @property
    def file_name(self) -> str:
        return f"{self.name}.yaml" if self.form == "raw" else f"{self.name}.json"


def subjects(directory: Path = TEMPLATES) -> tuple[Subject, ...]:
    """All subjects of all configs."""
    found = sorted(directory.rglob(STACKS_FILE))
    return tuple(subject for file in found for subject in _of_config(file.parent, _config_name(directory, file)))


def resources(directory: Path = TEMPLATES) -> dict[str, frozenset[str]]:
    """The logical ids of each config's templates."""
    return {
        _config_name(directory, file): frozenset(
            name for template in read_committed(file.parent).templates.values() for name in template["Resources"]
        )
        for file in sorted(directory.rglob(STACKS_FILE))
    }


def _config_name(directory: Path, file: Path) -> str:
    return "default" if file.parent == directory else file.parent.name


def _of_config(directory: Path, config: str) -> Iterator[Subject]:
    committed = read_committed(directory)
    for file, template in committed.templates.items():
        stem = f"{config}-{Path(file).stem}"
        yield Subject(f"{stem}-raw", config, "raw", (directory / file).read_text("utf-8"))
        for name, parameters, is_listed in _deployments(committed, file):
            resolved = resolve(template, _with_values(template, parameters), Context(stack_name="demo"))
            yield Subject(
                name=f"{stem}-{name}",
                config=config,
                form="resolved",
                text=json.dumps(_written(template, resolved), indent=1) + "\n",
                is_listed=is_listed,
                conditions=tuple(resolved.conditions.items()),
            )


def _deployments(committed: Committed, file: str) -> Iterator[tuple[str, Mapping[str, str], bool]]:
    """(name, parameters that stacks.json sets, whether it asks for it) for each way to deploy the template."""
    if file == committed.stacks["environment"]["template"]:
        yield "resolved", committed.stacks["environment"]["parameters"], True
        return
    listed = [item for item in committed.stacks["workstations"] if item["template"] == file]
    for item in listed:
        yield item["name"], item["parameters"], True
    seen = {bool(item["parameters"][WorkstationParameter.KEY_NAME]) for item in listed}
    for name, key in VARIANTS.items():
        if seen == {not key}:
            yield name, {**listed[0]["parameters"], WorkstationParameter.KEY_NAME: key}, False


def _with_values(template: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    values = dict(given)
    for name, declaration in template.get("Parameters", {}).items():
        if name not in values and "Default" not in declaration:
            value = BY_NAME.get(name) or BY_TYPE.get(declaration["Type"])
            if value is None:
                raise KeyError(f"parameter {name} has no value here: give it one in BY_NAME")
            values[name] = value
    return values


def _written(template: Mapping[str, Any], resolved: Resolved) -> dict[str, Any]:
    """The resolved template as a template without parameters, conditions and mappings."""
    return {
        "AWSTemplateFormatVersion": template["AWSTemplateFormatVersion"],
        "Description": template["Description"],
        "Resources": {
            name: {
                "Type": resource.type,
                **({"DependsOn": list(resource.depends_on)} if resource.depends_on else {}),
                **_policy("DeletionPolicy", resource.deletion_policy),
                **_policy("UpdateReplacePolicy", resource.update_replace_policy),
                "Properties": _plain(resource.properties),
            }
            for name, resource in resolved.resources.items()
        },
        "Outputs": {name: {"Value": _plain(output.value)} for name, output in resolved.outputs.items()},
    }


def _policy(name: str, value: str) -> dict[str, str]:
    return {} if value == "Delete" else {name: value}


def _plain(value: Any) -> Any:
    """Values as JSON has them; a resource that another one names as the function that does."""
    if isinstance(value, Reference):
        if value.attribute in BY_ATTRIBUTE:
            return BY_ATTRIBUTE[value.attribute]
        return {"Fn::GetAtt": [value.logical_id, value.attribute]} if value.attribute else {"Ref": value.logical_id}
    if isinstance(value, Pending):
        return finish(value, _plausible)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _plausible(reference: Reference) -> str:
    """A value for a reference within a text or a function, as AWS would give it."""
    if reference.attribute:
        return BY_ATTRIBUTE[reference.attribute]
    return f"demo-{reference.logical_id}-0123456789AB"
