"""The environment and its workstations as one resolved template, joined as the deploy step joins their stacks.

A workstation's parameters are answered by the environment's outputs; its resources are named `ada/Instance`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analysis.partial import resolve_partly
from analysis.resolve import Context, Output, Pending, Reference, Resolved, Resource
from generator.contract import handed_over


def join(stacks: Mapping[str, Any], templates: Mapping[str, Mapping[str, Any]]) -> Resolved:
    """All stacks of `stacks.json` together; `templates` holds each template by its file name.

    Raises TemplateError when a template or a given parameter is wrong.
    """
    asked = stacks["environment"]
    environment = resolve_partly(templates[asked["template"]], asked["parameters"], Context())
    resources = dict(environment.resources)
    for item in stacks["workstations"]:
        found = resolve_partly(templates[item["template"]], item["parameters"], Context())
        answers = {
            f"${{{parameter}}}": environment.outputs.get(output, Output(f"${{{parameter}}}")).value
            for parameter, output in handed_over(item["zone"]).items()
        }
        for name, resource in found.resources.items():
            own = f"{item['name']}/{name}"
            properties = _moved(resource.properties, item["name"], answers)
            depends_on = tuple(f"{item['name']}/{other}" for other in resource.depends_on)
            resources[own] = replace(resource, logical_id=own, properties=properties, depends_on=depends_on)
    return replace(environment, resources=_sorted(resources))


def _moved(value: Any, stack: str, answers: Mapping[str, Any]) -> Any:
    """`value` with its own stack's references renamed, and parameters answered by the environment."""
    if isinstance(value, Reference):
        return Reference(f"{stack}/{value.logical_id}", value.attribute)
    if isinstance(value, Pending):
        return Pending(value.function, tuple(_moved(item, stack, answers) for item in value.arguments))
    if isinstance(value, dict):
        return {key: _moved(item, stack, answers) for key, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, stack, answers) for item in value]
    return answers.get(value, value) if isinstance(value, str) else value


def _sorted(resources: Mapping[str, Resource]) -> dict[str, Resource]:
    return {name: resources[name] for name in sorted(resources)}
