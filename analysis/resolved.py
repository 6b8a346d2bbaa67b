"""What `resolve` takes and gives: context, resources, outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.parameters import Value
from analysis.values import NO_VALUE, references


class TemplateError(ValueError):
    """What is wrong with the template or its parameters, all at once, in CloudFormation's words."""

    def __init__(self, findings: tuple[str, ...]) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings


@dataclass(frozen=True)
class Context:
    """Where the template is deployed: the pseudo parameters, and the region's zones for `Fn::GetAZs`."""

    region: str = "us-east-1"
    account: str = "123456789012"
    partition: str = "aws"
    url_suffix: str = "amazonaws.com"
    stack_name: str = "stack"
    stack_id: str = ""
    notification_arns: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()

    def pseudo_parameters(self) -> dict[str, Any]:
        arn = f"arn:{self.partition}:cloudformation:{self.region}:{self.account}"
        return {
            "AWS::AccountId": self.account,
            "AWS::NoValue": NO_VALUE,
            "AWS::NotificationARNs": list(self.notification_arns),
            "AWS::Partition": self.partition,
            "AWS::Region": self.region,
            "AWS::StackId": self.stack_id or f"{arn}:stack/{self.stack_name}/local",
            "AWS::StackName": self.stack_name,
            "AWS::URLSuffix": self.url_suffix,
        }


@dataclass(frozen=True)
class Resource:
    """A resource whose condition holds; `depends_on` are the explicit ones, `dependencies()` all of them."""

    logical_id: str
    type: str
    properties: dict[str, Any]
    depends_on: tuple[str, ...] = ()
    deletion_policy: str = "Delete"
    update_replace_policy: str = "Delete"

    def dependencies(self) -> tuple[str, ...]:
        """Logical ids that must exist first, each once, in order of name."""
        return tuple(sorted({*self.depends_on, *(item.logical_id for item in references(self.properties))}))


@dataclass(frozen=True)
class Output:
    value: Any
    description: str = ""


@dataclass(frozen=True)
class Resolved:
    parameters: dict[str, Value]
    conditions: dict[str, bool]
    resources: dict[str, Resource]
    outputs: dict[str, Output]
