"""What is to be deployed, as the generator wrote it: `stacks.json` and the templates beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analysis.template_text import load
from deployment.findings import Stopped
from generator.contract import STACKS_FILE


@dataclass(frozen=True)
class Template:
    """A template file and what the deploy step needs to know of it."""

    path: Path
    body: Mapping[str, Any]
    parameters: Mapping[str, Mapping[str, Any]]
    capabilities: tuple[str, ...]
    """What CloudFormation wants acknowledged; never more than the template needs."""


@dataclass(frozen=True)
class Workstation:
    """One workstation of the config."""

    name: str
    template: Template
    zone: str
    """Letter of its zone."""
    architecture: str
    """`x86_64` or `arm64`."""
    image: str
    """A public SSM parameter (`/aws/service/…`), or an AMI id."""
    parameters: Mapping[str, str]
    fallback_instance_types: tuple[str, ...] = ()
    """Types to offer where AWS has no machine of the first one free, in this order."""


@dataclass(frozen=True)
class Stacks:
    """The environment and its workstations."""

    template: Template
    zones: tuple[str, ...]
    parameters: Mapping[str, str]
    workstations: tuple[Workstation, ...]


def read(directory: Path) -> Stacks:
    """Read `stacks.json` and the templates that it names. Raises `Stopped` when one is missing."""
    try:
        stacks = json.loads((directory / STACKS_FILE).read_text(encoding="utf-8"))
        names = {stacks["environment"]["template"], *(entry["template"] for entry in stacks["workstations"])}
        templates = {name: _template(directory / name) for name in sorted(names)}
    except FileNotFoundError as error:
        raise Stopped(f"{error.filename} is missing; make it with `python -m generator`") from error
    environment = stacks["environment"]
    return Stacks(
        template=templates[environment["template"]],
        zones=tuple(environment["zones"]),
        parameters=environment["parameters"],
        workstations=tuple(_workstation(entry, templates) for entry in stacks["workstations"]),
    )


def overridden(stacks: Stacks, given: Mapping[str | None, Mapping[str, str]]) -> Stacks:
    """The same with the user's parameters; `given` is by workstation, None for the environment."""
    workstations = (
        replace(workstation, parameters={**workstation.parameters, **given.get(workstation.name, {})})
        for workstation in stacks.workstations
    )
    parameters = {**stacks.parameters, **given.get(None, {})}
    return replace(stacks, parameters=parameters, workstations=tuple(workstations))


def _workstation(entry: Mapping[str, Any], templates: Mapping[str, Template]) -> Workstation:
    plain = {key: entry[key] for key in ("name", "zone", "architecture", "image", "parameters")}
    fallback = tuple(entry["fallback_instance_types"])
    return Workstation(template=templates[entry["template"]], fallback_instance_types=fallback, **plain)


def _template(path: Path) -> Template:
    body = load(path.read_text(encoding="utf-8"))
    types = {resource["Type"] for resource in body["Resources"].values()}
    makes_iam = any(name.startswith("AWS::IAM::") for name in types)
    return Template(path, body, body.get("Parameters", {}), ("CAPABILITY_IAM",) if makes_iam else ())
