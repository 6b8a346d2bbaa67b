"""An update that was left half done (UPDATE_FAILED) is put back by RollbackStack, which the local AWS does not have."""

from __future__ import annotations

from typing import Any

import pytest

from deployment.arguments import Arguments
from deployment.continue_rollback import run
from deployment.entry import Entry
from deployment.findings import Stopped
from deployment.processes import Processes
from deployment.talk import Talk
from tests.deployment.stack_events import moment
from tests.deployment.strict_cloud import Answer, StrictCloud


class Account:
    """A workstation's stack whose update was left half done; undoing it ends in `ends`."""

    def __init__(self, ends: str = "UPDATE_ROLLBACK_COMPLETE") -> None:
        self.status, self.ends = "UPDATE_FAILED", ends
        self.undone: list[dict[str, Any]] = []

    def answer(self, operation: str, words: dict[str, Any]) -> Answer:
        match operation:
            case "DescribeStacks":
                tags = [{"Key": "Environment", "Value": "demo"}, {"Key": "Workstation", "Value": "ada"}]
                given = [{"ParameterKey": "EnvironmentName", "ParameterValue": "demo"}]
                stack = {"StackName": "demo-ada", "StackStatus": self.status, "CreationTime": moment(0)}
                return {"Stacks": [{**stack, "Tags": tags, "Parameters": given}]}
            case "DescribeStackEvents":
                return {"StackEvents": []}
            case "ListStackResources":
                return {"StackResourceSummaries": [self.resource()]}
            case "RollbackStack":
                self.undone.append(words)
                self.status = self.ends
                return {"StackId": "demo-ada"}
        raise AssertionError(f"{operation} was not to be asked")

    def resource(self) -> dict[str, Any]:
        kind = {"ResourceType": "AWS::EC2::Instance", "PhysicalResourceId": "i-1"}
        return {
            **kind,
            "LogicalResourceId": "Instance",
            "ResourceStatus": "UPDATE_FAILED",
            "LastUpdatedTimestamp": moment(1),
        }


def go_on(account: Account, *, skip: tuple[str, ...] = (), dry_run: bool = False) -> int:
    entry = Entry(StrictCloud(account.answer), "123456789012", Processes(), Talk())
    words = {"verb": "continue-rollback", "stack": "demo-ada", "yes": True, "skip": skip, "dry_run": dry_run}
    return run(entry, Arguments(**words))


def test_an_update_that_was_left_half_done_is_put_back(capsys: pytest.CaptureFixture[str]) -> None:
    account = Account()

    status = go_on(account)

    said = capsys.readouterr().err
    assert (status, [words["StackName"] for words in account.undone]) == (0, ["demo-ada"])
    assert "ResourcesToSkip" not in account.undone[0]
    meaning = "its update failed, and was left half done on purpose"
    assert f"workstation ada (stack demo-ada): {meaning}\n" in said
    assert "  Instance: is put back as it was before\n" in said
    assert "workstation ada: undone (" in said


def test_a_dry_run_puts_nothing_back() -> None:
    account = Account()

    assert (go_on(account, dry_run=True), account.undone) == (0, [])


def test_undoing_that_fails_says_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    status = go_on(Account(ends="UPDATE_ROLLBACK_FAILED"))

    assert status == 1
    hint = "mend that and run the same command again, or leave it as it is with --skip LOGICAL_ID\n"
    line = f"workstation ada: is UPDATE_ROLLBACK_FAILED: its events do not say why; {hint}"
    assert line in capsys.readouterr().err


def test_nothing_is_skipped_before_it_was_tried() -> None:
    account = Account()
    with pytest.raises(Stopped) as stopped:
        go_on(account, skip=("Instance",))

    expected = "option: --skip means nothing for UPDATE_FAILED, leave it out: AWS has not tried to undo it yet"
    assert (stopped.value.lines, account.undone) == ((expected,), [])


def test_a_stack_that_another_command_helps_is_sent_there() -> None:
    account = Account()
    account.status = "DELETE_FAILED"
    with pytest.raises(Stopped) as stopped:
        go_on(account)

    expected = (
        "stack demo-ada: is DELETE_FAILED: somebody removed it, and not everything could be removed, "
        "want UPDATE_ROLLBACK_FAILED or UPDATE_FAILED; "
        "mend the cause, then remove the rest: ./deploy.sh --remove demo-ada us-east-1; nothing was done"
    )
    assert stopped.value.lines == (expected,)
