"""The stacks that are there already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cloud.errors import CloudError
from cloud.session import Cloud
from deployment.statuses import answer


@dataclass(frozen=True)
class Stack:
    """A stack as AWS describes it."""

    name: str
    status: str
    parameters: Mapping[str, str]
    outputs: Mapping[str, str]
    protected: bool
    changed: str
    """When it was last made or updated, as text; it moves with every operation that did something."""
    tags: Mapping[str, str] = field(default_factory=dict)


def describe(cloud: Cloud, name: str) -> Stack | None:
    """The stack of that name; None when there is none. Raises `CloudError`."""
    try:
        return _stack(cloud.call("cloudformation", "DescribeStacks", StackName=name)["Stacks"][0])
    except CloudError as error:
        if error.code == "ValidationError" and "does not exist" in error.message:
            return None
        raise


def all_stacks(cloud: Cloud) -> dict[str, Stack]:
    """Every stack of the region that holds something, by name. Raises `CloudError`."""
    return holding(every_stack(cloud))


def holding(stacks: Mapping[str, Stack]) -> dict[str, Stack]:
    """Those that hold something; a change set that was never executed does not."""
    return {name: stack for name, stack in stacks.items() if answer(stack.status).does != "create"}


def every_stack(cloud: Cloud) -> dict[str, Stack]:
    """Every stack of the region by name, also those of which only a change set was made. Raises `CloudError`."""
    found = cloud.pages("cloudformation", "DescribeStacks", "Stacks")
    return {entry["StackName"]: _stack(entry) for entry in found}


def _stack(entry: Mapping[str, Any]) -> Stack:
    return Stack(
        name=entry["StackName"],
        status=entry["StackStatus"],
        parameters={item["ParameterKey"]: item.get("ParameterValue", "") for item in entry.get("Parameters", ())},
        outputs={item["OutputKey"]: item["OutputValue"] for item in entry.get("Outputs", ())},
        protected=entry.get("EnableTerminationProtection", False),
        changed=str(entry.get("LastUpdatedTime") or entry.get("CreationTime")),
        tags={item["Key"]: item["Value"] for item in entry.get("Tags", ())},
    )
