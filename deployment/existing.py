"""The stacks that are there already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cloud.errors import CloudError
from cloud.session import Cloud


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


def describe(cloud: Cloud, name: str) -> Stack | None:
    """The stack of that name; None when there is none. Raises `CloudError`."""
    try:
        return _stack(cloud.call("cloudformation", "DescribeStacks", StackName=name)["Stacks"][0])
    except CloudError as error:
        if error.code == "ValidationError" and "does not exist" in error.message:
            return None
        raise


def all_stacks(cloud: Cloud) -> dict[str, Stack]:
    """Every stack of the region that holds something, by name; a change set that was never executed does not."""
    found = cloud.pages("cloudformation", "DescribeStacks", "Stacks")
    return {answer["StackName"]: _stack(answer) for answer in found if answer["StackStatus"] != "REVIEW_IN_PROGRESS"}


def _stack(answer: Mapping[str, Any]) -> Stack:
    return Stack(
        name=answer["StackName"],
        status=answer["StackStatus"],
        parameters={item["ParameterKey"]: item.get("ParameterValue", "") for item in answer.get("Parameters", ())},
        outputs={item["OutputKey"]: item["OutputValue"] for item in answer.get("Outputs", ())},
        protected=answer.get("EnableTerminationProtection", False),
        changed=str(answer.get("LastUpdatedTime") or answer.get("CreationTime")),
    )
