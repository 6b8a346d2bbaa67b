"""A stack of a test: deploy, update and remove it through boto3, and read what became of it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.local_aws_fixture import LocalAws

Template = dict[str, Any]

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
PAUSE_SECONDS = 0.02
LONGEST_SECONDS = 60


def template(**resources: Mapping[str, Any]) -> Template:
    """A template of these resources, each `(type, properties)` or a whole resource."""
    return {"Resources": dict(resources)}


def resource(kind: str, properties: Mapping[str, Any] | None = None, **attributes: Any) -> Template:
    return {"Type": kind, "Properties": dict(properties or {}), **attributes}


def ref(name: str) -> Template:
    return {"Ref": name}


def get_att(name: str, attribute: str) -> Template:
    return {"Fn::GetAtt": [name, attribute]}


@dataclass
class TemplateStack:
    local_aws: LocalAws
    name: str
    region: str = "us-east-1"
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = self.local_aws.client(service, self.region)
        return self.clients[service]

    @property
    def cloudformation(self) -> Any:
        return self.client("cloudformation")

    def create(self, body: Template, parameters: Mapping[str, str] | None = None, **options: Any) -> str:
        """Create the stack and return the status that it ends in."""
        self.cloudformation.create_stack(StackName=self.name, **_body(body, parameters), **options)
        return self.ended()

    def update(self, body: Template, parameters: Mapping[str, str] | None = None, **options: Any) -> str:
        self.cloudformation.update_stack(StackName=self.name, **_body(body, parameters), **options)
        return self.ended()

    def delete(self, **options: Any) -> str:
        stack_id = self.describe()["StackId"]
        self.cloudformation.delete_stack(StackName=self.name, **options)
        return self.ended(stack_id)

    def ended(self, name_or_id: str = "") -> str:
        """The status once no operation runs."""
        end = time.monotonic() + LONGEST_SECONDS
        while True:
            status = self.describe(name_or_id)["StackStatus"]
            if not status.endswith("_IN_PROGRESS") or status == "REVIEW_IN_PROGRESS":
                self.print_failures(name_or_id)
                return status
            if time.monotonic() > end:
                raise TimeoutError(f"{self.name} is still {status}")
            time.sleep(PAUSE_SECONDS)

    def print_failures(self, name_or_id: str) -> None:
        """What failed, for pytest to show beside a failed assertion."""
        for logical_id, status, reason in self.events(name_or_id):
            if status.endswith("_FAILED"):
                print(f"{logical_id} {status}: {reason}")

    def describe(self, name_or_id: str = "") -> dict[str, Any]:
        return self.cloudformation.describe_stacks(StackName=name_or_id or self.name)["Stacks"][0]

    def outputs(self) -> dict[str, str]:
        return {item["OutputKey"]: item["OutputValue"] for item in self.describe().get("Outputs", ())}

    def id(self, logical_id: str) -> str:
        """The resource's physical id."""
        detail = self.cloudformation.describe_stack_resource(StackName=self.name, LogicalResourceId=logical_id)
        return detail["StackResourceDetail"]["PhysicalResourceId"]

    def events(self, name_or_id: str = "") -> list[tuple[str, str, str]]:
        """Logical id, status and reason of each event, oldest first."""
        pages = self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=name_or_id or self.name)
        events = [item for page in pages for item in page["StackEvents"]]
        return [
            (item["LogicalResourceId"], item["ResourceStatus"], item.get("ResourceStatusReason", ""))
            for item in reversed(events)
        ]

    def change_set(
        self, body: Template, parameters: Mapping[str, str] | None = None, kind: str = "UPDATE", **options: Any
    ) -> dict[str, Any]:
        """Make a change set and describe it."""
        made = self.cloudformation.create_change_set(
            StackName=self.name, ChangeSetName="changes", ChangeSetType=kind, **_body(body, parameters), **options
        )
        return self.cloudformation.describe_change_set(ChangeSetName=made["Id"])

    def remove(self) -> None:
        """Delete whatever is left, protection or not."""
        stacks = self.cloudformation.describe_stacks()["Stacks"]
        if self.name not in [item["StackName"] for item in stacks]:
            return
        self.cloudformation.update_termination_protection(StackName=self.name, EnableTerminationProtection=False)
        self.ended()
        self.delete(DeletionMode="STANDARD")


def _body(body: Template, parameters: Mapping[str, str] | None) -> dict[str, Any]:
    return {
        "TemplateBody": json.dumps(body),
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in (parameters or {}).items()],
        "Capabilities": CAPABILITIES,
    }
