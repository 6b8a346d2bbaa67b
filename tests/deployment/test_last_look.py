"""The last look before a failed creation is removed: what changed since the plan keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloud.errors import CloudError
from deployment.aws_cli import AwsCli
from deployment.execute import Tools
from deployment.findings import Stopped
from deployment.plan import StackPlan, environment_plan
from deployment.processes import Processes
from deployment.recover import LATE_LOOKS, remove
from deployment.stacks import read
from deployment.talk import Talk
from tests.deployment.stack_events import moment
from tests.deployment.strict_cloud import Answer, StrictCloud

RESOURCE = {
    "LogicalResourceId": "Vpc",
    "ResourceType": "AWS::EC2::VPC",
    "PhysicalResourceId": "vpc-1",
    "LastUpdatedTimestamp": moment(9),
}


class Awake(Processes):
    """Does not wait."""

    def sleep(self, seconds: float) -> None:
        pass


@pytest.fixture
def demo(root: Path) -> StackPlan:
    return environment_plan("demo", read(root / "templates"), resolved={}, exists=False)


def tools(directory: Path, *statuses: str, resource: str = "DELETE_COMPLETE") -> Tools:
    """An AWS where the stack is in these statuses, one a look (empty: it is gone), and its VPC in that one."""
    looks: Iterator[str] = iter(statuses)

    def script(operation: str, parameters: dict[str, Any]) -> Answer:
        match operation:
            case "DescribeStacks":
                status = next(looks)
                if not status:
                    return CloudError("gone", "", code="ValidationError", message="Stack demo does not exist")
                return {"Stacks": [{"StackName": "demo", "StackStatus": status, "CreationTime": moment(0)}]}
            case "ListStackResources":
                return {"StackResourceSummaries": [{**RESOURCE, "ResourceStatus": resource}]}
            case "DeleteStack":
                assert parameters == {"StackName": "demo"}
                return {}
        raise AssertionError(f"{operation} was not to be asked")

    return Tools(StrictCloud(script), AwsCli("aws", (2, 30, 0), own=False), Awake(), Talk(), directory)


def asked(given: Tools) -> list[str]:
    assert isinstance(given.cloud, StrictCloud)
    return given.cloud.asked


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "CREATE_IN_PROGRESS", "ROLLBACK_FAILED"])
def test_a_stack_that_somebody_else_worked_on_since_the_plan_is_kept(
    demo: StackPlan, tmp_path: Path, status: str
) -> None:
    given = tools(tmp_path, status)

    with pytest.raises(Stopped) as stopped:
        remove(given, demo)

    expected = f"environment demo: it is {status} by now, somebody else is at work on it; nothing was done"
    assert (expected,) == stopped.value.lines
    assert asked(given) == ["DescribeStacks"]


@pytest.mark.parametrize("resource", ["DELETE_SKIPPED", "CREATE_COMPLETE", "DELETE_FAILED"])
def test_a_stack_that_holds_something_is_never_removed(demo: StackPlan, tmp_path: Path, resource: str) -> None:
    given = tools(tmp_path, "ROLLBACK_COMPLETE", resource=resource)

    with pytest.raises(Stopped, match=r"still holds Vpc \(AWS::EC2::VPC\) vpc-1"):
        remove(given, demo)

    assert asked(given) == ["DescribeStacks", "ListStackResources"]


def test_a_stack_that_somebody_else_removed_is_well(demo: StackPlan, tmp_path: Path) -> None:
    given = tools(tmp_path, "")

    remove(given, demo)

    assert asked(given) == ["DescribeStacks"]


def test_a_removal_that_aws_shows_late_is_waited_for(demo: StackPlan, tmp_path: Path) -> None:
    given = tools(tmp_path, *["ROLLBACK_COMPLETE"] * LATE_LOOKS, "DELETE_IN_PROGRESS", "")

    remove(given, demo)

    assert asked(given).count("DeleteStack") == 1
    assert asked(given).count("DescribeStacks") == LATE_LOOKS + 2


def test_a_removal_that_fails_ends_the_stack_with_its_status(demo: StackPlan, tmp_path: Path) -> None:
    given = tools(tmp_path, "ROLLBACK_COMPLETE", "DELETE_IN_PROGRESS", "DELETE_FAILED")

    with pytest.raises(Stopped) as stopped:
        remove(given, demo)

    expected = "environment demo: it could not be removed, and is DELETE_FAILED; the same command says why"
    assert (expected,) == stopped.value.lines
