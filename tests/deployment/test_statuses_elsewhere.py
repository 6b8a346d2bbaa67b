"""What a removal and a look for drift do about every status of a stack, as the table says."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from cloud.errors import CloudError
from deployment import drift, remove
from deployment.arguments import Arguments
from deployment.entry import Entry
from deployment.findings import Stopped
from deployment.processes import Processes
from deployment.statuses import DRIFTABLE, NO_STACK, removes
from deployment.talk import Talk
from tests.conftest import Figures
from tests.deployment.stack_events import ROLLED_BACK, answers, moment
from tests.deployment.strict_cloud import Answer, StrictCloud, model

STATUSES = (NO_STACK, *model("cloudformation").shape_for("StackStatus").enum)
GONE = CloudError("gone", "", code="ValidationError", message="Stack with id demo does not exist")
LOOKS_UNDER_WAY = 2


class Awake(Processes):
    """Does not wait."""

    def sleep(self, seconds: float) -> None:
        pass


class OneStack:
    """An AWS with the stack `demo`, which ends what it is doing after some looks, and goes when it is deleted."""

    def __init__(self, status: str) -> None:
        self.status = "" if status == "DELETE_COMPLETE" else status
        self.looks = 0
        self.deleted_in: list[str] = []

    def __call__(self, operation: str, parameters: dict[str, Any]) -> Answer:
        match operation:
            case "DescribeStacks":
                return self.described(by_name="StackName" in parameters)
            case "ListStackResources":
                return {"StackResourceSummaries": []}
            case "GetTemplate":
                return {"TemplateBody": '{"Resources": {}}'}
            case "DescribeStackEvents":
                return {"StackEvents": answers("demo", ROLLED_BACK)}
            case "DeleteStack":
                self.deleted_in.append(self.status)
                self.status = ""
                return {}
            case "DetectStackDrift":
                return {"StackDriftDetectionId": "1"}
            case "DescribeStackDriftDetectionStatus":
                return {
                    "StackId": "demo",
                    "StackDriftDetectionId": "1",
                    "DetectionStatus": "DETECTION_COMPLETE",
                    "Timestamp": moment(9),
                }
            case "DescribeStackResourceDrifts":
                return {"StackResourceDrifts": []}
        raise AssertionError(f"{operation} was not to be asked")

    def described(self, *, by_name: bool) -> Answer:
        self.looks += 1
        if self.looks > LOOKS_UNDER_WAY and removes(self.status) == "wait":
            self.status = "" if self.status == "DELETE_IN_PROGRESS" else "UPDATE_COMPLETE"
        if not self.status:
            return GONE if by_name else {"Stacks": []}
        tags = [{"Key": "Environment", "Value": "demo"}]
        one = {"StackName": "demo", "StackStatus": self.status, "CreationTime": moment(0), "Tags": tags}
        return {"Stacks": [one]}


def entry(script: OneStack) -> Entry:
    return Entry(StrictCloud(script), "123456789012", Awake(), Talk())


@pytest.mark.parametrize("status", STATUSES)
def test_a_removal_does_what_the_table_says(figures: Figures, status: str) -> None:
    stack = OneStack(status)
    exit_status = remove.run(entry(stack), Arguments(verb="remove", stack="demo", region="us-east-1", yes=True))

    waited = [] if status == "DELETE_IN_PROGRESS" else ["UPDATE_COMPLETE"]
    expected = {"nothing": [], "wait": waited, "remove": [status], "retry": [status]}[removes(status)]
    figures.count("stack-statuses", held=(expected, 0) == (stack.deleted_in, exit_status))
    assert (expected, 0) == (stack.deleted_in, exit_status)
    assert stack.status == ""


@pytest.mark.parametrize("status", STATUSES)
def test_drift_is_looked_for_only_where_aws_can(figures: Figures, status: str) -> None:
    stack = OneStack(status)
    stack.looks = -100  # nothing ends by itself here
    given = entry(stack)
    refusal = contextlib.nullcontext() if status in DRIFTABLE else pytest.raises(Stopped, match="stack demo: ")
    with refusal:
        drift.run(given, Arguments(verb="drift", stack="demo", region="us-east-1"))
    assert isinstance(given.cloud, StrictCloud)
    looked = "DetectStackDrift" in given.cloud.asked

    figures.count("stack-statuses", held=looked == (status in DRIFTABLE))
    assert looked == (status in DRIFTABLE)
