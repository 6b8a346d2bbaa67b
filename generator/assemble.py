"""Parts to one template. Refuses what CloudFormation would refuse, or what it would take and we would regret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from troposphere import AWSObject, Output, Parameter, Template

from generator.parameters import MOST_PARAMETERS

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
# Troposphere itself refuses more than 500 resources and 200 outputs.
MOST_BYTES = 1_000_000  # a template in S3
MOST_DESCRIPTION_BYTES = 1024

SECTIONS = (
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Mappings",
    "Conditions",
    "Resources",
    "Outputs",
)

ATTRIBUTES = ("Type", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Properties")
"""Of a resource, in reading order; an attribute that is not here is refused."""


class AssemblyError(Exception):
    """The parts do not make a template. A bug in the generator, never a user's mistake."""


class Stack(NamedTuple):
    """Everything that makes one file of `templates/`."""

    description: str
    parts: tuple[Any, ...]
    outputs: tuple[Output, ...] = ()
    metadata: Mapping[str, Any] = MappingProxyType({})
    mappings: Mapping[str, Any] = MappingProxyType({})
    conditions: Mapping[str, Any] = MappingProxyType({})


def assemble(stack: Stack) -> dict[str, Any]:
    """The template as plain data, its sections in reading order.

    Raises AssemblyError for a name used twice, a reference to nothing, or a limit passed; ValueError for more
    resources or outputs than CloudFormation takes.
    """
    template = Template()
    template.set_version()
    template.set_description(stack.description)
    template.set_metadata(dict(stack.metadata))
    for part in stack.parts:
        for item in _items(part):
            _add(template, item)
    for output in stack.outputs:
        _add(template, output)
    for name, mapping in stack.mappings.items():
        template.add_mapping(name, mapping)
    for name, condition in stack.conditions.items():
        template.add_condition(name, condition)
    data = template.to_dict()
    data["Resources"] = {title: _in_order(title, resource) for title, resource in data["Resources"].items()}
    check(data)
    return {section: data[section] for section in SECTIONS if data.get(section)}


def _in_order(title: str, resource: dict[str, Any]) -> dict[str, Any]:
    if unknown := set(resource) - set(ATTRIBUTES):
        raise AssemblyError(f"{title} has the attributes {sorted(unknown)}, whose place is not known")
    return {attribute: resource[attribute] for attribute in ATTRIBUTES if attribute in resource}


def _items(part: object) -> Iterator[AWSObject | Parameter]:
    """The resources and parameters in a part, in the order of its fields."""
    if isinstance(part, AWSObject | Parameter):
        yield part
    elif isinstance(part, tuple):  # a part, or several
        for item in part:
            yield from _items(item)
    elif part is not None and not isinstance(part, str):
        raise AssemblyError(f"{type(part).__name__} is no part of a template")


def _add(template: Template, item: AWSObject | Parameter | Output) -> None:
    known = (*template.parameters, *template.resources, *template.outputs)
    if item.title in template.outputs if isinstance(item, Output) else item.title in known:
        raise AssemblyError(f"{item.title} stands twice")
    if isinstance(item, Parameter):
        template.add_parameter(item)
    elif isinstance(item, Output):
        template.add_output(item)
    else:
        template.add_resource(item)


def check(template: dict[str, Any]) -> None:
    """Raises AssemblyError for references to nothing and for limits passed."""
    resources, parameters = template.get("Resources", {}), template.get("Parameters", {})
    known = {*resources, *parameters}
    dangling = sorted({name for name in references(template) if name not in known and not name.startswith("AWS::")})
    problems = [f"a reference to {name}, which is not there" for name in dangling]
    unused = [name for name in parameters if name not in set(references(template))]
    problems += [f"parameter {name}, which nothing uses" for name in unused]
    if len(parameters) > MOST_PARAMETERS:
        problems.append(f"{len(parameters)} parameters, where {MOST_PARAMETERS} are allowed")
    if len(template["Description"].encode()) > MOST_DESCRIPTION_BYTES:
        problems.append(f"a description of more than {MOST_DESCRIPTION_BYTES} bytes")
    if problems:
        raise AssemblyError("; ".join(problems))


def check_size(text: str) -> str:
    """`text`, the rendered template. Raises AssemblyError where it is more than CloudFormation takes."""
    size = len(text.encode())
    if size > MOST_BYTES:
        raise AssemblyError(f"{size:,} bytes, where {MOST_BYTES:,} are allowed")
    return text


def references(data: object) -> Iterator[str]:
    """Every name that `data` refers to by Ref, GetAtt, Sub or DependsOn."""
    if isinstance(data, list):
        for item in data:
            yield from references(item)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key == "Ref":
                yield value
            elif key == "Fn::GetAtt":
                yield value[0]
            elif key == "DependsOn":
                yield from [value] if isinstance(value, str) else value
            elif key == "Fn::Sub":
                yield from _substitutions(value)
            else:
                yield from references(value)


def _substitutions(value: str | list[Any]) -> Iterator[str]:
    text, variables = (value, {}) if isinstance(value, str) else value
    yield from references(variables)
    for piece in text.split("${")[1:]:
        name = piece.partition("}")[0]
        if not name.startswith("!") and name not in variables:
            yield name.partition(".")[0]
