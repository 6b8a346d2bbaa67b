"""What the page shows of one version of the templates, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.committed import Committed
from analysis.cost import Cost, for_stacks
from analysis.graph import dependencies
from analysis.partial import resolve_partly
from analysis.picture import describe, draw, subtitle
from analysis.picture_scene import read_scene
from analysis.resolve import Context, Resolved, Resource
from analysis.review.control_facts import ControlFacts, read_controls
from analysis.review.values import Shown, shown
from analysis.review.ways import Ways, read_ways
from analysis.rights import Policy, policies
from analysis.update_effects import UpdateEffect, effect_of_change

REGION = "us-east-1"
"""Whose prices and resource schemas are read: see `prices.toml`."""

ANYWHERE = Context(
    region="${AWS::Region}",
    account="${AWS::AccountId}",
    partition="${AWS::Partition}",
    url_suffix="${AWS::URLSuffix}",
    stack_name="${AWS::StackName}",
    stack_id="${AWS::StackId}",
)
"""The templates name no account and no region, and so neither does the page."""


@dataclass(frozen=True)
class Setting:
    name: str
    value: Shown
    effect: UpdateEffect
    """What a change of it does."""


@dataclass(frozen=True)
class ResourceFacts:
    resource: Resource
    settings: tuple[Setting, ...]
    waits_for: tuple[str, ...]
    """Logical ids that are made before it."""


@dataclass(frozen=True)
class Parameter:
    name: str
    value: str
    """Empty for what only the deploy step knows."""
    description: str


@dataclass(frozen=True)
class Stack:
    """One stack that the config asks for, with its parameters' values."""

    name: str
    """`environment`, `workstation ada`."""
    template: str
    asked: Mapping[str, Any]
    """What else `stacks.json` asks for it: its zone, its image."""
    description: str
    resources: tuple[ResourceFacts, ...]
    parameters: tuple[Parameter, ...]
    outputs: tuple[tuple[str, Shown, str], ...]
    """Name, value, description."""
    policies: tuple[Policy, ...]
    cost: Cost

    @property
    def wishes(self) -> tuple[tuple[str, Shown], ...]:
        """`asked`, as the page shows it."""
        return tuple((name, shown(value)) for name, value in self.asked.items())

    @property
    def size(self) -> int:
        return len(self.resources)

    @property
    def slug(self) -> str:
        """The name as part of an HTML id."""
        return self.name.replace(" ", "-")


@dataclass(frozen=True)
class Facts:
    stacks: tuple[Stack, ...]
    summary: str
    """One sentence: machines, ways in and out."""
    ways: Ways
    controls: tuple[ControlFacts, ...]
    picture: str
    """SVG text."""
    picture_in_words: str
    digests: Mapping[str, str]
    """SHA-256 of each file that was read, by name."""

    @property
    def statements(self) -> int:
        """How many policy statements there are."""
        return sum(len(policy.statements) for stack in self.stacks for policy in stack.policies)

    @property
    def unbounded(self) -> int:
        """How many statements of identities allow something on every resource."""
        kinds = ("identity", "boundary")
        policies = [policy for stack in self.stacks for policy in stack.policies if policy.kind in kinds]
        return sum("*" in item.resources and item.allowed for policy in policies for item in policy.statements)

    @property
    def met(self) -> int:
        """How many controls are met whatever the config, and hold here."""
        always = [item for item in self.controls if item.control.status in ("met", "deploy step")]
        return sum(not item.broken for item in always)

    @property
    def broken(self) -> int:
        """How many controls do not hold here though they should."""
        return sum(bool(item.broken) for item in self.controls)

    @property
    def cost(self) -> Cost:
        return sum((stack.cost for stack in self.stacks), Cost((), ()))


def read_facts(committed: Committed, config: str = "") -> Facts:
    """`config` is the name of the config that the templates are from, where that is known.

    Raises TemplateError when a template or a parameter in `stacks.json` is wrong.
    """
    stacks, templates = committed.stacks, committed.templates
    wanted = {"environment": stacks["environment"]}
    wanted |= {f"workstation {item['name']}": item for item in stacks["workstations"]}
    costs = for_stacks(stacks, templates, REGION)
    scene = read_scene(stacks, templates)
    made = tuple(_stack(name, item, templates[item["template"]], costs[name]) for name, item in wanted.items())
    return Facts(
        stacks=made,
        summary=subtitle(scene),
        ways=read_ways(stacks, templates),
        controls=read_controls(committed, config, _anchors(made)),
        picture=draw(stacks, templates),
        picture_in_words=describe(scene),
        digests=committed.digests,
    )


def _stack(name: str, item: Mapping[str, Any], template: Mapping[str, Any], cost: Cost) -> Stack:
    declared, given = template.get("Parameters", {}), item["parameters"]
    known = {key: value for key, value in given.items() if not _is_secret(declared.get(key, {}))}
    found = resolve_partly(template, known, ANYWHERE)
    waits = dependencies(template, known)
    return Stack(
        name=name,
        template=item["template"],
        asked={key: value for key, value in item.items() if key not in ("name", "parameters", "template")},
        description=str(template.get("Description", "")),
        resources=tuple(_resource(item, waits[item.logical_id]) for item in found.resources.values()),
        parameters=tuple(_parameter(key, item, known) for key, item in declared.items()),
        outputs=_outputs(found),
        policies=policies(found),
        cost=cost,
    )


def _anchors(stacks: tuple[Stack, ...]) -> dict[str, str]:
    """Logical id to its HTML id: of several workstations' the first one's."""
    ids = [(item.resource.logical_id, stack.slug) for stack in reversed(stacks) for item in stack.resources]
    return {name: f"{slug}-{name}" for name, slug in ids}


def _is_secret(declaration: Mapping[str, Any]) -> bool:
    return str(declaration.get("NoEcho", False)).lower() == "true"


def _resource(resource: Resource, waits_for: tuple[str, ...]) -> ResourceFacts:
    settings = tuple(
        Setting(name, shown(value, name), effect_of_change(resource.type, name, region=REGION))
        for name, value in resource.properties.items()
    )
    return ResourceFacts(resource, settings, waits_for)


def _parameter(name: str, declaration: Mapping[str, Any], known: Mapping[str, str]) -> Parameter:
    value = "" if _is_secret(declaration) else str(known.get(name, declaration.get("Default", "")))
    return Parameter(name, value, str(declaration.get("Description", "")))


def _outputs(found: Resolved) -> tuple[tuple[str, Shown, str], ...]:
    return tuple((name, shown(output.value), output.description) for name, output in found.outputs.items())
