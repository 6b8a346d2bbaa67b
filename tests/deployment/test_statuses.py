"""Every status of a stack has an answer, and the preflight does what the answer says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deployment.arguments import Arguments, parse
from deployment.aws_cli import AwsCli
from deployment.findings import Problem
from deployment.preflight import facts_of
from deployment.processes import Processes
from deployment.resume import under_way
from deployment.rules.facts import Facts
from deployment.rules.p006_stack_status import RULE
from deployment.stacks import Stacks, read
from deployment.statuses import ANSWERS, DEPLOYABLE, NO_STACK, answer, page, spelled
from tests.conftest import Figures
from tests.deployment.stack_events import ROLLED_BACK, Short, answers, moment
from tests.deployment.strict_cloud import Answer, StrictCloud, model

STATUSES = tuple(model("cloudformation").shape_for("StackStatus").enum)
CAUSE = "NatAddressB (AWS::EC2::EIP): The maximum number of addresses has been reached."
WHERE = "--region us-east-1 --stack-name demo"
GONE = ("Vpc", "AWS::EC2::VPC", "vpc-1", "DELETE_COMPLETE")
NEVER_MADE = ("NatAddressB", "AWS::EC2::EIP", "", "CREATE_FAILED")
RETAINED = ("FlowLog", "AWS::EC2::FlowLog", "fl-1", "DELETE_SKIPPED")
HALF_MADE = ("NatAddressA", "AWS::EC2::EIP", "eipalloc-1", "CREATE_FAILED")

Resource = tuple[str, str, str, str]
"""Logical id, type, physical id, status."""


def facts(
    root: Path,
    status: str,
    *,
    resources: tuple[Resource, ...] = (GONE,),
    events: tuple[Short, ...] = ROLLED_BACK,
    protected: bool = False,
) -> Facts:
    """What the preflight sees when the environment's stack, and nothing else, is in this status."""
    stack = {
        "StackName": "demo",
        "StackStatus": status,
        "CreationTime": moment(0),
        "EnableTerminationProtection": protected,
    }

    def script(operation: str, parameters: dict[str, Any]) -> Answer:
        match operation:
            case "DescribeStacks":
                return {"Stacks": [stack] if status else []}
            case "DescribeStackEvents":
                return {"StackEvents": answers("demo", events)}
            case "ListStackResources":
                return {"StackResourceSummaries": [_summary(*resource) for resource in resources]}
        raise AssertionError(f"{operation} was not to be asked")

    return facts_of(
        StrictCloud(script),
        Arguments(stack="demo", bucket="demo-bucket"),
        read(root / "templates"),
        account="123456789012",
        command="./deploy.sh demo demo-bucket us-east-1",
        cli=AwsCli("aws", (2, 30, 0), own=False),
        processes=Processes(),
    )


def _summary(name: str, kind: str, physical_id: str, status: str) -> dict[str, Any]:
    known = {"PhysicalResourceId": physical_id} if physical_id else {}
    return {
        "LogicalResourceId": name,
        "ResourceType": kind,
        "ResourceStatus": status,
        "LastUpdatedTimestamp": moment(9),
        **known,
    }


def problems(seen: Facts) -> tuple[Problem, ...]:
    return tuple(RULE.check(seen))


def followed(seen: Facts, stacks: Stacks) -> str:
    """What a deploy is about to do, by what the preflight hands on."""
    if problems(seen):
        return "refuse"
    if under_way("demo", stacks, seen.stacks()):
        return "wait"
    if "demo" in seen.standing():
        return "update"
    return "recreate" if "demo" in seen.stacks() else "create"


@pytest.mark.parametrize("status", [NO_STACK, *STATUSES])
def test_every_status_has_an_answer_that_the_preflight_follows(root: Path, figures: Figures, status: str) -> None:
    written = [known.does for known in ANSWERS if known.status == status]
    does = followed(facts(root, status), read(root / "templates"))
    figures.count("stack-statuses", held=written == [does])

    assert written == [does]


def test_no_answer_is_about_a_status_that_aws_does_not_have() -> None:
    assert {known.status for known in ANSWERS} == {NO_STACK, *STATUSES}


def test_only_complete_stacks_are_updated() -> None:
    assert DEPLOYABLE == ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE")


@pytest.mark.parametrize("status", [known.status for known in ANSWERS if known.does == "refuse"])
def test_a_refusal_names_the_first_cause_and_a_command_that_exists(root: Path, status: str) -> None:
    (problem,) = problems(facts(root, status))
    command = spelled(answer(status).command, stack="demo", region="us-east-1")

    if command.startswith("./deploy.sh"):
        assert parse(command.split()[1:])[1] == ()
    else:
        operation = "".join(word.capitalize() for word in command.split()[2].split("-"))
        assert operation in model("cloudformation").operation_names
        assert command.endswith(WHERE)
    assert problem.value == f"is {status}: {answer(status).meaning}; first cause: {CAUSE}"
    assert problem.hint == f"{answer(status).hint}: {command}"


def test_an_update_that_could_not_be_undone_is_refused_in_plain_words(root: Path) -> None:
    expected = (
        f"stack demo: is UPDATE_ROLLBACK_FAILED: its update failed, and so did undoing it; first cause: {CAUSE}, "
        "want one that can be updated; mend the cause, then let AWS go on undoing: "
        "./deploy.sh --continue-rollback demo us-east-1"
    )

    assert [expected] == [str(problem) for problem in problems(facts(root, "UPDATE_ROLLBACK_FAILED"))]


def test_a_refusal_without_events_says_no_cause(root: Path) -> None:
    (problem,) = problems(facts(root, "DELETE_FAILED", events=()))

    assert problem.value == "is DELETE_FAILED: somebody removed it, and not everything could be removed"


def test_a_status_that_aws_adds_is_refused_with_the_way_to_its_events() -> None:
    known = answer("UPDATE_PAUSED")

    assert (known.does, known.command) == ("refuse", "aws cloudformation describe-stack-events")


def test_a_failed_creation_that_holds_nothing_stands_in_nobodys_way(root: Path) -> None:
    seen = facts(root, "ROLLBACK_COMPLETE", resources=(GONE, NEVER_MADE))

    assert problems(seen) == ()
    assert seen.first_cause("demo") == CAUSE


def test_a_failed_creation_that_holds_something_is_refused_with_the_list(root: Path) -> None:
    (problem,) = problems(facts(root, "ROLLBACK_COMPLETE", resources=(GONE, RETAINED, NEVER_MADE, HALF_MADE)))

    assert str(problem) == (
        "stack demo: is ROLLBACK_COMPLETE and still holds FlowLog (AWS::EC2::FlowLog) fl-1, "
        "NatAddressA (AWS::EC2::EIP) eipalloc-1, want one that holds nothing, to be made again; "
        f"look at each; to remove the stack and keep them: aws cloudformation delete-stack {WHERE}"
    )


def test_a_protected_failed_creation_is_refused(root: Path) -> None:
    (problem,) = problems(facts(root, "ROLLBACK_COMPLETE", protected=True))

    assert str(problem) == (
        "stack demo: is ROLLBACK_COMPLETE and protected, want one that may be removed and made again; "
        "somebody protected it, though it holds nothing: "
        f"aws cloudformation update-termination-protection --no-enable-termination-protection {WHERE}"
    )


def test_the_page_is_what_the_table_says(root: Path) -> None:
    written = (root / "docs" / "guides" / "stack-statuses.md").read_text(encoding="utf-8")

    assert "\n".join((*page(), "")) == written, "mend: python -m deployment.statuses > docs/guides/stack-statuses.md"
