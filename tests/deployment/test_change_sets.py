"""The AWS CLI's change sets: which is ours, which are left over, and every page of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cloud.errors import CloudError
from deployment.aws_cli import AwsCli
from deployment.change_sets import clear, drop_empty, propose
from deployment.execute import Tools
from deployment.findings import Stopped
from deployment.plan import Plan, StackPlan
from deployment.processes import Processes
from deployment.stacks import Template
from deployment.talk import Talk
from tests.deployment.strict_cloud import StrictCloud

ID = "arn:aws:cloudformation:us-east-1:123456789012:changeSet/{name}/0f8a"
PREFIX = "awscli-cloudformation-package-deploy-"
BODY = {"Parameters": {"Type": {"Type": "String"}}, "Resources": {"It": {"Type": "AWS::EC2::Instance"}}}
EMPTY = "\\nNo changes to deploy. Stack demo is up to date\\n"
MADE = (
    "Run the following command to review changes:\\naws cloudformation describe-change-set --change-set-name {arn}\\n"
)


def summary(name: str, minute: int, status: str = "CREATE_COMPLETE") -> dict[str, Any]:
    return {
        "ChangeSetName": name,
        "ChangeSetId": ID.format(name=name),
        "CreationTime": datetime(2026, 11, 24, 8, minute, tzinfo=UTC),
        "Status": status,
        "ExecutionStatus": "AVAILABLE" if status == "CREATE_COMPLETE" else "UNAVAILABLE",
    }


def stack(tmp_path: Path, *, exists: bool = True) -> StackPlan:
    template = Template(tmp_path / "t.yaml", BODY, BODY["Parameters"], ())
    return StackPlan(
        "demo", "environment demo", template, {"Type": "m7i.large"}, {"Environment": "demo"}, exists, {}, {}
    )


def plan(of: StackPlan) -> Plan:
    return Plan(
        account="123456789012",
        region="us-east-1",
        local=False,
        bucket="bucket",
        create_bucket=False,
        environment=of,
        workstations=(),
        left_over=(),
    )


class Account:
    """CloudFormation with one stack and its change sets; `tags` by change set."""

    def __init__(self, *summaries: dict[str, Any], tags: Mapping[str, str] | None = None, status: str = "") -> None:
        self.summaries, self.tags, self.status = list(summaries), tags or {}, status or "CREATE_COMPLETE"
        self.deleted: list[str] = []
        self.pages = [[], []]

    def answer(self, operation: str, words: dict[str, Any]) -> Any:
        if operation == "ListChangeSets":
            return {"Summaries": self.summaries}
        if operation == "DescribeStacks":
            moment = datetime(2026, 11, 24, tzinfo=UTC)
            found = {"StackName": "demo", "StackStatus": self.status, "CreationTime": moment}
            return {"Stacks": [{**found, "Parameters": [{"ParameterKey": "Type", "ParameterValue": "m7i.nano"}]}]}
        if operation == "GetTemplate":
            return {"TemplateBody": '{"Resources": {"It": {"Type": "AWS::EC2::Instance"}}}'}
        if operation == "DescribeChangeSet" and words.get("IncludePropertyValues"):
            page = int(words.get("NextToken", "0"))
            more = {"NextToken": str(page + 1)} if page + 1 < len(self.pages) else {}
            return {"Changes": self.pages[page], **more}
        if operation == "DescribeChangeSet":
            name = words["ChangeSetName"].split("/")[1]
            return {"Tags": [{"Key": "Environment", "Value": self.tags.get(name, "other")}]}
        if operation in ("DeleteChangeSet", "DeleteStack"):
            self.deleted.append(words.get("ChangeSetName", words.get("StackName")).split("/")[-2:][0])
            return {}
        raise AssertionError(operation)


def tools(account: Account, tmp_path: Path, *, says: str = "", status: int = 0) -> Tools:
    cli = tmp_path / "aws"
    cli.write_text(f"#!/bin/sh\nprintf '{says}'\nexit {status}\n")
    cli.chmod(0o755)
    return Tools(StrictCloud(account.answer), AwsCli(str(cli), (2, 30, 0), own=False), Processes(), Talk(), tmp_path)


def test_only_what_failed_and_older_ones_of_ours_are_cleared(tmp_path: Path) -> None:
    account = Account(
        summary(f"{PREFIX}5", 5),
        summary(f"{PREFIX}4", 4),
        summary(f"{PREFIX}3", 3),
        summary(f"{PREFIX}6", 6),
        summary(f"{PREFIX}2", 2, "FAILED"),
        summary("by-hand", 1, "FAILED"),
        tags={f"{PREFIX}{number}": "demo" for number in (4, 5, 6)},
    )

    clear(tools(account, tmp_path), stack(tmp_path), keep=ID.format(name=f"{PREFIX}5"))

    assert sorted(account.deleted) == [f"{PREFIX}2", f"{PREFIX}4"]


def test_no_change_is_no_change_and_leaves_no_change_set(tmp_path: Path) -> None:
    account, own = Account(summary(f"{PREFIX}1", 1, "FAILED")), stack(tmp_path)

    found = propose(
        tools(account, tmp_path, says=EMPTY), plan(own), own, packaged={own.template.path: tmp_path}, outputs={}
    )

    assert (found.kind, found.change_set, account.deleted) == ("unchanged", "", [f"{PREFIX}1"])


def test_no_change_is_no_failure_for_a_cli_that_says_so(tmp_path: Path) -> None:
    account, own = Account(), stack(tmp_path)
    cli = tools(account, tmp_path, says=EMPTY, status=255)

    assert propose(cli, plan(own), own, packaged={own.template.path: tmp_path}, outputs={}).kind == "unchanged"


@pytest.mark.parametrize("says", [MADE.format(arn=ID.format(name=f"{PREFIX}1")), "Changeset created\\n"])
def test_a_change_set_is_found_by_what_the_cli_says_or_else_by_its_name(tmp_path: Path, says: str) -> None:
    account, own = Account(summary(f"{PREFIX}1", 1), summary("by-hand", 2)), stack(tmp_path)

    found = propose(
        tools(account, tmp_path, says=says), plan(own), own, packaged={own.template.path: tmp_path}, outputs={}
    )

    assert (found.kind, found.change_set) == ("changed", ID.format(name=f"{PREFIX}1"))


def test_every_page_of_a_change_set_is_read(tmp_path: Path) -> None:
    account, own = Account(summary(f"{PREFIX}1", 1)), stack(tmp_path)
    account.pages = [
        [
            {
                "Type": "Resource",
                "ResourceChange": {"Action": "Add", "LogicalResourceId": name, "ResourceType": "AWS::X::Y"},
            }
        ]
        for name in ("First", "Second", "Third")
    ]
    says = MADE.format(arn=ID.format(name=f"{PREFIX}1"))

    found = propose(
        tools(account, tmp_path, says=says), plan(own), own, packaged={own.template.path: tmp_path}, outputs={}
    )

    assert [item.logical_id for item in found.changes] == ["First", "Second", "Third"]


def test_a_change_set_that_fails_leaves_no_empty_stack(tmp_path: Path) -> None:
    own = stack(tmp_path, exists=False)
    account = Account(status="REVIEW_IN_PROGRESS")
    cli = tools(
        account, tmp_path, says="Failed to create the changeset: Status: FAILED. Reason: no such key\\n", status=255
    )

    with pytest.raises(Stopped) as stopped:
        propose(cli, plan(own), own, packaged={own.template.path: tmp_path}, outputs={})

    assert str(stopped.value).endswith("Reason: no such key")
    assert account.deleted == ["demo"]


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "ROLLBACK_COMPLETE", "CREATE_IN_PROGRESS"])
def test_a_stack_that_held_something_is_never_dropped(tmp_path: Path, status: str) -> None:
    account = Account(status=status)

    drop_empty(tools(account, tmp_path), "demo")

    assert account.deleted == []


def test_a_stack_with_a_change_set_of_somebody_is_never_dropped(tmp_path: Path) -> None:
    account = Account(summary("by-hand", 1), status="REVIEW_IN_PROGRESS")

    drop_empty(tools(account, tmp_path), "demo")

    assert account.deleted == []


def test_what_cannot_be_read_is_an_error_in_plain_words(tmp_path: Path) -> None:
    cloud = StrictCloud(lambda operation, words: CloudError("AWS denied the call", "ask", code="AccessDenied"))
    own = stack(tmp_path)
    denied = Tools(cloud, AwsCli("aws", (2, 30, 0), own=False), Processes(), Talk(), tmp_path)

    with pytest.raises(CloudError, match="AWS denied the call"):
        clear(denied, own, keep=None)
