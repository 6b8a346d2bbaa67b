"""What runs is what was shown: a stack that somebody changed since is left alone, other values are asked about anew."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cloud.errors import CloudError
from deployment.arguments import Arguments
from deployment.aws_cli import AwsCli
from deployment.execute import Outcome, Tools, carry_out
from deployment.findings import Stopped
from deployment.gate import Gate
from deployment.plan import Plan, StackPlan
from deployment.processes import Processes
from deployment.review import Review
from deployment.rollout import Rollout
from deployment.stacks import Template
from deployment.talk import Talk
from tests.deployment.strict_cloud import Answer, StrictCloud

OURS = "arn:aws:cloudformation:us-east-1:123456789012:changeSet/awscli-cloudformation-package-deploy-1/0f8a"
NEW = OURS.replace("deploy-1", "deploy-2")
BODY: Mapping[str, Any] = {
    "Parameters": {"SubnetId": {"Type": "String"}},
    "Resources": {"It": {"Type": "AWS::EC2::Instance", "Properties": {"SubnetId": {"Ref": "SubnetId"}}}},
}
MOMENT = datetime(2026, 11, 24, 9, tzinfo=UTC)
SEE_ANEW = "run the same command again to see it anew"


class Account:
    """A stack with a change set of ours, which AWS refuses to execute in the way that it is told."""

    def __init__(self, refusal: CloudError | None = None, *, began: bool = False) -> None:
        self.refusal, self.began = refusal, began
        self.token = ""
        self.deleted: list[str] = []

    def answer(self, operation: str, words: dict[str, Any]) -> Answer:
        match operation:
            case "DescribeStacks":
                return {"Stacks": [self.stack()]}
            case "ExecuteChangeSet":
                self.token = words["ClientRequestToken"]
                return self.refusal or {}
            case "DescribeStackEvents":
                return {"StackEvents": [self.event()] if self.token else []}
            case "DeleteChangeSet":
                self.deleted.append(words["ChangeSetName"])
                return {}
            case "ListChangeSets":
                return {"Summaries": []}
            case "GetTemplate":
                return {"TemplateBody": '{"Resources": {"It": {"Type": "AWS::EC2::Instance"}}}'}
            case "DescribeChangeSet":
                detail = {"Target": {"Attribute": "Properties", "Name": "SubnetId", "RequiresRecreation": "Never"}}
                change = {"Action": "Modify", "LogicalResourceId": "It", "ResourceType": "AWS::EC2::Instance"}
                change |= {"Replacement": "False", "Details": [detail]}
                return {"Changes": [{"Type": "Resource", "ResourceChange": change}]}
        raise AssertionError(f"{operation} was not to be asked")

    def stack(self) -> dict[str, Any]:
        changed = {"LastUpdatedTime": MOMENT.replace(hour=10)} if self.token and self.began else {}
        return {"StackName": "demo-ada", "StackStatus": "UPDATE_COMPLETE", "CreationTime": MOMENT, **changed}

    def event(self) -> dict[str, Any]:
        token = self.token if self.began else "somebody-elses"
        return {
            "StackId": "demo-ada",
            "StackName": "demo-ada",
            "EventId": "e1",
            "Timestamp": MOMENT,
            "LogicalResourceId": "demo-ada",
            "ResourceType": "AWS::CloudFormation::Stack",
            "ResourceStatus": "UPDATE_COMPLETE",
            "ClientRequestToken": token,
        }


class Awake(Processes):
    """Does not wait."""

    def sleep(self, seconds: float) -> None:
        pass


def tools(account: Account, directory: Path) -> Tools:
    """With an AWS CLI that names a new change set, whatever it is asked for."""
    cli = directory / "aws"
    cli.write_text(f"#!/bin/sh\necho 'aws cloudformation describe-change-set --change-set-name {NEW}'\n")
    cli.chmod(0o755)
    return Tools(StrictCloud(account.answer), AwsCli(str(cli), (2, 30, 0), own=False), Awake(), Talk(), directory)


def ada(directory: Path) -> StackPlan:
    template = Template(directory / "t.yaml", BODY, BODY["Parameters"], ())
    handed = {"SubnetId": "PrivateSubnetIdA"}
    return StackPlan("demo-ada", "workstation ada", template, {}, {"Environment": "demo"}, True, handed, {})  # noqa: FBT003


def reviewed(subnet: str) -> Review:
    return Review("demo-ada", "workstation ada", "changed", change_set=OURS, values=(("SubnetId", subnet),))


def execute(account: Account, directory: Path) -> tuple[Outcome, list[str]]:
    """What became of it, and what was called once AWS had begun."""
    begun: list[str] = []
    outcome = carry_out(
        tools(account, directory),
        ada(directory),
        reviewed("subnet-1"),
        outputs={"PrivateSubnetIdA": "subnet-1"},
        started=lambda: begun.append("begun"),
    )
    return outcome, begun


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ChangeSetNotFound", f"ChangeSet [{OURS}] does not exist"),
        (
            "InvalidChangeSetStatus",
            f"ChangeSet [{OURS}] cannot be executed in its current execution status of OBSOLETE",
        ),
        ("ValidationError", "Stack:demo-ada is in UPDATE_IN_PROGRESS state and can not be updated."),
    ],
)
def test_a_stack_that_somebody_changed_since_the_review_is_left_alone(tmp_path: Path, code: str, message: str) -> None:
    account = Account(CloudError("refused", "", code=code, message=message))

    outcome, begun = execute(account, tmp_path)

    said = message.rstrip(".")
    assert (outcome.result, begun) == ("failed", [])
    assert outcome.reason == f"somebody changed the stack since the review ({said}); {SEE_ANEW}"
    assert outcome.failure is None


def test_an_answer_that_was_lost_is_no_somebody_else(tmp_path: Path) -> None:
    account = Account(CloudError("refused", "", code="ChangeSetNotFound", message="gone"), began=True)

    outcome, begun = execute(account, tmp_path)

    assert (outcome.result, outcome.reason, begun) == ("updated", "", ["begun"])


def test_another_refusal_is_told_in_its_own_words(tmp_path: Path) -> None:
    refusal = CloudError("cloudformation ExecuteChangeSet: AWS denied the call", "ask", code="AccessDenied")

    outcome, begun = execute(Account(refusal), tmp_path)

    assert (outcome.result, begun) == ("failed", [])
    assert outcome.reason == "cloudformation ExecuteChangeSet: AWS denied the call; ask"


def rollout(account: Account, directory: Path, *, arguments: Arguments) -> Rollout:
    """A deploy whose machine was reviewed in subnet-1, and whose environment has just been carried out."""
    machine = ada(directory)
    environment = replace(machine, name="demo", label="environment demo", from_environment={})
    plan = Plan(
        account="123456789012",
        region="us-east-1",
        local=False,
        bucket="bucket",
        create_bucket=False,
        environment=environment,
        workstations=(machine,),
        left_over=(),
    )
    made = tools(account, directory)
    found = Rollout(made, plan, Gate(arguments, made.talk, refused=lambda *_: None))
    found.packaged = {machine.template.path: directory / "packaged.yaml"}
    found.reviews["demo-ada"] = found.waiting["demo-ada"] = reviewed("subnet-1")
    return found


def test_values_that_are_as_they_were_shown_are_not_asked_about_again(tmp_path: Path) -> None:
    account = Account()
    found = rollout(account, tmp_path, arguments=Arguments())

    found._review_again({"PrivateSubnetIdA": "subnet-1"})

    assert found.waiting["demo-ada"].change_set == OURS
    assert account.deleted == []


@pytest.mark.parametrize(("answer", "goes_on"), [("y", True), ("n", False), ("", False)])
def test_values_that_are_no_longer_those_that_were_shown_are_shown_and_asked_about_again(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: str,
    goes_on: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{answer}\n"))
    account = Account()
    found = rollout(account, tmp_path, arguments=Arguments())

    if goes_on:
        found._review_again({"PrivateSubnetIdA": "subnet-2"})
    else:
        with pytest.raises(Stopped) as stopped:
            found._review_again({"PrivateSubnetIdA": "subnet-2"})
        assert stopped.value.lines == ("refused; the machines stay as they are",)

    said = capsys.readouterr().err
    assert "the environment hands over other values than before: the machines are reviewed again\n" in said
    assert "workstation ada: 1 change\n" in said
    assert said.endswith("Deploy this? [y/N] ")
    assert account.deleted == [OURS]
    assert found.waiting["demo-ada"].change_set == NEW
    assert dict(found.waiting["demo-ada"].values) == {"SubnetId": "subnet-2"}
