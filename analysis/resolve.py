"""A template and its parameters to values: the one resolver for deploys, costs, graphs and pictures.

    template = load(Path("templates/workstation.yaml").read_text())
    resolved = resolve(template, {"InstanceType": "m7i.xlarge"}, Context(region="eu-west-1"))
    resolved.resources["Instance"].properties["InstanceType"]

What exists only after a deploy stays a `Reference`, or a `Pending` function around one (see `values.py`);
`finish(value, known)` fills them in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from analysis import intrinsics
from analysis.evaluate import Evaluator, unresolved, without_no_value
from analysis.intrinsics import FunctionError
from analysis.parameters import parameter_values
from analysis.resolved import Context, Output, Resolved, Resource, TemplateError
from analysis.template_text import TemplateTextError, load
from analysis.values import Pending, Reference, is_known, references, replace_references

__all__ = [
    "Context",
    "FunctionError",
    "Output",
    "Pending",
    "Reference",
    "Resolved",
    "Resource",
    "TemplateError",
    "TemplateTextError",
    "finish",
    "is_known",
    "load",
    "references",
    "resolve",
]

SECTIONS = (
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
)


def resolve(template: Mapping[str, Any], parameters: Mapping[str, str], context: Context) -> Resolved:
    """The template with parameters, conditions and functions worked out.

    Raises TemplateError with every finding when parameters are missing or wrong, a function is unknown or
    misused, a reference leads nowhere, or resources need each other in a circle.
    """
    findings = _section_findings(template)
    if findings:
        raise TemplateError(findings)
    values, findings = parameter_values(template.get("Parameters", {}), parameters)
    if findings:
        raise TemplateError(findings)
    return _Walk(template, Evaluator(template, values, context)).resolved(values)


def finish(value: Any, known: Callable[[Reference], Any]) -> Any:
    """`value` with each reference replaced by `known(reference)` and each pending function called."""
    return without_no_value(replace_references(value, known, intrinsics.call))


def _section_findings(template: Mapping[str, Any]) -> tuple[str, ...]:
    unknown = sorted(set(template) - set(SECTIONS))
    if unknown:
        return (f"Invalid template property or properties [{', '.join(unknown)}]",)
    resources = template.get("Resources")
    if not isinstance(resources, dict) or not resources:
        return ("Template format error: At least one Resources member must be defined.",)
    return tuple(
        f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member."
        for name, item in resources.items()
        if not isinstance(item, dict) or "Type" not in item
    )


class _Walk:
    """Walks a template's sections and collects findings instead of stopping at the first."""

    def __init__(self, template: Mapping[str, Any], evaluator: Evaluator) -> None:
        self.template = template
        self.evaluator = evaluator
        self.findings: list[str] = []

    def resolved(self, parameters: dict[str, Any]) -> Resolved:
        for name in self.template.get("Conditions", {}):
            self.attempt(lambda name=name: self.evaluator.condition(name))
        resources = self.present("Resources", self.resource)
        outputs = self.present("Outputs", self.output)
        if not self.findings:
            self.check_references(resources, outputs)
        if self.findings:
            raise TemplateError(tuple(dict.fromkeys(self.findings)))
        return Resolved(parameters, self.evaluator.conditions, resources, outputs)

    def attempt(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except FunctionError as error:
            self.findings.append(str(error))
            return None

    def present(self, section: str, make: Callable[[str, Mapping[str, Any]], Any]) -> dict[str, Any]:
        """The section's members whose condition holds."""
        made = {}
        for name, item in self.template.get(section, {}).items():
            if self.holds(item):
                made[name] = self.attempt(lambda name=name, item=item: make(name, item))
        return {name: item for name, item in made.items() if item is not None}

    def holds(self, item: Mapping[str, Any]) -> bool:
        return "Condition" not in item or bool(self.attempt(lambda: self.evaluator.condition(item["Condition"])))

    def resource(self, name: str, item: Mapping[str, Any]) -> Resource:
        return Resource(
            logical_id=name,
            type=item["Type"],
            properties=without_no_value(self.evaluator.value(item.get("Properties", {}))),
            depends_on=tuple(other for other in _names(item.get("DependsOn", ())) if self.is_wanted(other)),
            deletion_policy=item.get("DeletionPolicy", "Delete"),
            update_replace_policy=item.get("UpdateReplacePolicy", "Delete"),
        )

    def is_wanted(self, name: str) -> bool:
        """False for a resource whose condition does not hold: CloudFormation then does not wait for it."""
        return name not in self.template["Resources"] or self.holds(self.template["Resources"][name])

    def output(self, _name: str, item: Mapping[str, Any]) -> Output:
        return Output(self.evaluator.value(item["Value"]), str(item.get("Description", "")))

    def check_references(self, resources: dict[str, Resource], outputs: dict[str, Output]) -> None:
        wanted = {name for item in resources.values() for name in item.dependencies()}
        wanted |= {item.logical_id for output in outputs.values() for item in references(output.value)}
        missing = sorted(wanted - set(resources))
        if missing:
            self.findings.append(unresolved(", ".join(missing)))
            return
        circle = _circle(resources)
        if circle:
            self.findings.append(f"Circular dependency between resources: [{', '.join(circle)}]")


def _names(depends_on: Any) -> tuple[str, ...]:
    return (depends_on,) if isinstance(depends_on, str) else tuple(depends_on)


def _circle(resources: Mapping[str, Resource]) -> tuple[str, ...]:
    """Logical ids that wait for each other; empty when there is an order."""
    waiting = {name: set(item.dependencies()) for name, item in resources.items()}
    while True:
        ready = {name for name, needs in waiting.items() if not needs}
        if not ready:
            return tuple(sorted(waiting))
        waiting = {name: needs - ready for name, needs in waiting.items() if name not in ready}
