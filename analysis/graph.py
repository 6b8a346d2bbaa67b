"""Which resource waits for which, and how long a first deploy takes at least.

    path = critical_path(load(Path("templates/environment.yaml").read_text()))
    path.seconds                  # 154
    path.steps[-1].logical_id     # "PrivateDefaultRouteA"

The seconds are an assumption, not measured here: see `seconds.toml`.
"""

from __future__ import annotations

import functools
import graphlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

from analysis.partial import resolve_partly
from analysis.resolve import Context, Resource, references

SECONDS_FILE = File(__file__).with_name("seconds.toml")
GATEWAY_ENDPOINT = "gateway endpoint"


@dataclass(frozen=True)
class Step:
    """One resource on a path; `seconds` is None where no time is known for its type."""

    logical_id: str
    type: str
    seconds: int | None


@dataclass(frozen=True)
class Path:
    """A chain of resources that wait for each other, first to last.

    `untimed` are all resource types of the template without a known time: they count as 0 seconds.
    """

    seconds: int
    steps: tuple[Step, ...]
    untimed: tuple[str, ...] = ()


def dependencies(
    template: Mapping[str, Any], parameters: Mapping[str, str] | None = None
) -> dict[str, tuple[str, ...]]:
    """Logical id to the logical ids that must exist before it, each once, sorted.

    By `Ref`, `Fn::GetAtt`, `Fn::Sub` and `DependsOn`, and those that AWS implies (see `_implied`).
    Resources whose condition does not hold are left out.
    Raises TemplateError when the template is wrong.
    """
    return _dependencies(resolve_partly(template, parameters or {}, Context()).resources)


def critical_path(template: Mapping[str, Any], parameters: Mapping[str, str] | None = None) -> Path:
    """The chain of resources that takes longest to create when everything else runs beside it.

    Raises TemplateError when the template is wrong.
    """
    resources = resolve_partly(template, parameters or {}, Context()).resources
    needs = _dependencies(resources)
    steps = {name: Step(name, resource.type, _seconds(resource)) for name, resource in resources.items()}
    chains: dict[str, Path] = {}
    for name in graphlib.TopologicalSorter(needs).static_order():
        before = max((chains[need] for need in needs[name]), key=_duration, default=Path(0, ()))
        chains[name] = Path(before.seconds + (steps[name].seconds or 0), (*before.steps, steps[name]))
    longest = max((chains[name] for name in sorted(chains)), key=_duration)
    untimed = tuple(sorted({step.type for step in steps.values() if step.seconds is None}))
    return Path(longest.seconds, longest.steps, untimed)


def creation_seconds(template: Mapping[str, Any], parameters: Mapping[str, str] | None = None) -> dict[str, int | None]:
    """Logical id to the seconds that its creation takes, None where no time is known for its type.

    Resources whose condition does not hold are left out.
    Raises TemplateError when the template is wrong.
    """
    resources = resolve_partly(template, parameters or {}, Context()).resources
    return {name: _seconds(resource) for name, resource in resources.items()}


def _dependencies(resources: Mapping[str, Resource]) -> dict[str, tuple[str, ...]]:
    needs = {name: set(resource.dependencies()) for name, resource in resources.items()}
    for name, implied in _implied(resources):
        needs[name].add(implied)
    return {name: tuple(sorted(found)) for name, found in needs.items()}


def _implied(resources: Mapping[str, Resource]) -> tuple[tuple[str, str], ...]:
    """What waits for an internet gateway's attachment, whether or not the template says so: (waiting, attachment).

    AWS's page on `DependsOn` lists them, under "When a DependsOn attribute is required":
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html
    """
    attached = {
        target: name
        for name, resource in resources.items()
        if resource.type == "AWS::EC2::VPCGatewayAttachment"
        for target in _targets(resource, "InternetGatewayId")
    }
    found = []
    for name, resource in resources.items():
        if resource.type == "AWS::EC2::Route":
            found += [(name, attached[target]) for target in _targets(resource, "GatewayId") if target in attached]
        if resource.type == "AWS::EC2::EIP":
            found += [(name, attachment) for attachment in attached.values()]
    return tuple(found)


def _targets(resource: Resource, key: str) -> tuple[str, ...]:
    return tuple(reference.logical_id for reference in references(resource.properties.get(key)))


def _seconds(resource: Resource) -> int | None:
    is_endpoint = resource.type == "AWS::EC2::VPCEndpoint"
    is_gateway = is_endpoint and resource.properties.get("VpcEndpointType", "Gateway") == "Gateway"
    return _create_seconds().get(GATEWAY_ENDPOINT if is_gateway else resource.type)


def _duration(path: Path) -> int:
    return path.seconds


@functools.cache
def _create_seconds() -> dict[str, int]:
    return tomllib.loads(SECONDS_FILE.read_text("utf-8"))["create"]
