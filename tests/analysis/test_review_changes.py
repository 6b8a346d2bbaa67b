"""What the review page says of the difference between two versions."""

from __future__ import annotations

import copy
import dataclasses
from pathlib import Path
from typing import Any

import pytest

from analysis.committed import Committed, read_committed
from analysis.review.changes import Changes, compare
from analysis.review.facts import read_facts
from analysis.review.page import page
from tests.analysis.html_text import Page


@pytest.fixture(scope="module")
def committed(root: Path) -> Committed:
    return read_committed(root / "templates")


class Edit:
    """A copy of the committed files to be changed."""

    def __init__(self, committed: Committed) -> None:
        self.committed = committed
        self.templates: dict[str, Any] = copy.deepcopy(dict(committed.templates))
        self.stacks: dict[str, Any] = copy.deepcopy(dict(committed.stacks))
        self.resources = self.templates["environment.yaml"]["Resources"]

    def changes(self) -> Changes:
        new = dataclasses.replace(self.committed, templates=self.templates, stacks=self.stacks)
        return compare(read_facts(self.committed), read_facts(new))


def rights(changes: Changes) -> tuple[list[str], list[str]]:
    return [str(item.words) for item in changes.rights_added], [str(item.words) for item in changes.rights_removed]


def test_the_same_templates_have_no_difference(committed: Committed):
    changes = Edit(committed).changes()

    assert not changes
    assert "Nothing: both versions have the same" in Page(page(read_facts(committed), changes)).text


def test_each_changed_setting_is_named_with_what_it_does(committed: Committed):
    edit = Edit(committed)
    edit.resources["Vpc"]["Properties"]["CidrBlock"] = "10.99.0.0/20"
    edit.resources["FlowLogGroup"]["DeletionPolicy"] = "Delete"
    edit.stacks["workstations"][0]["parameters"] |= {"InstanceType": "m7i.large", "KeyName": "laptop"}

    told = [
        (stack.name, item.resource.logical_id, item.effect, [str(difference) for difference, _ in item.differences])
        for stack in edit.changes().stacks
        for item in stack.changed
    ]

    assert told == [
        ("environment", "Vpc", "replaced", ["CidrBlock: 10.38.0.0/20 -> 10.99.0.0/20"]),
        ("environment", "FlowLogGroup", "no restart", ["DeletionPolicy: RetainExceptOnCreate -> Delete"]),
        (
            "workstation ada",
            "Instance",
            "replaced",
            ["InstanceType: m7i.xlarge -> m7i.large", "KeyName: nothing -> laptop"],
        ),
    ]


def test_resources_and_stacks_that_come_and_go_are_listed(committed: Committed):
    edit = Edit(committed)
    del edit.resources["FlowLog"]
    edit.resources["Vault"] = {"Type": "AWS::S3::Bucket"}
    edit.stacks["workstations"].append({**edit.stacks["workstations"][0], "name": "grace"})
    changes = edit.changes()

    told = [
        (stack.name, [item.logical_id for item in stack.added], [item.logical_id for item in stack.removed])
        for stack in changes.stacks
    ]

    assert told == [
        ("environment", ["Vault"], ["FlowLog"]),
        ("workstation grace", ["LaunchTemplate", "Instance", "HomeVolume", "HomeVolumeAttachment"], []),
    ]
    assert [(item.name, item.before.running < item.after.running) for item in changes.costs] == [
        ("environment", False),  # a bucket's price is not known: the total is incomplete now
        ("workstation grace", True),
    ]


def test_what_the_config_asks_is_compared_too(committed: Committed):
    edit = Edit(committed)
    edit.stacks["workstations"][0]["zone"] = "B"
    (stack,) = edit.changes().stacks

    assert (stack.name, [str(item) for item in stack.asked]) == ("workstation ada", ["zone: A -> B"])


def test_a_right_that_is_widened_is_told_as_the_one_that_came(committed: Committed):
    edit = Edit(committed)
    statement = edit.resources["DataScientistUserPolicy"]["Properties"]["PolicyDocument"]["Statement"][4]
    assert statement["Sid"] == "StartAndStopOwnWorkstation"
    statement["Action"].append("ec2:TerminateInstances")

    condition = "only if its tag Environment is the environment's name and its tag Owner is the caller's user name"
    where = "on every EC2 instance of this account in this region"
    assert rights(edit.changes()) == ([f"may ec2:TerminateInstances, {where}, {condition}"], [])


def test_a_condition_that_is_dropped_is_a_new_right(committed: Committed):
    edit = Edit(committed)
    statement = edit.resources["DataScientistUserPolicy"]["Properties"]["PolicyDocument"]["Statement"][4]
    del statement["Condition"]

    added, removed = rights(edit.changes())

    assert added == ["may start and stop the machine, on every EC2 instance of this account in this region"]
    assert [text.startswith(added[0] + ", only if") for text in removed] == [True]


def test_statements_in_another_order_or_cut_differently_change_no_right(committed: Committed):
    edit = Edit(committed)
    document = edit.resources["DataScientistUserPolicy"]["Properties"]["PolicyDocument"]
    first = document["Statement"][4]
    second = {**copy.deepcopy(first), "Sid": "Again", "Action": "ec2:StopInstances"}
    first["Action"] = "ec2:StartInstances"
    document["Statement"] = [second, *reversed(document["Statement"])]

    assert rights(edit.changes()) == ([], [])


def test_a_policy_that_somebody_is_given_is_a_change_of_rights(committed: Committed):
    edit = Edit(committed)
    edit.resources["WorkstationRole"]["Properties"]["ManagedPolicyArns"].append({"Ref": "FlowLogPolicy"})
    changes = edit.changes()

    assert {item.holders for item in changes.rights_added} == {("FlowLogRole", "WorkstationRole")}


def test_every_difference_is_on_the_page(root: Path, committed: Committed):
    old, new = read_facts(read_committed(root / "templates/minimal")), read_facts(committed)
    changes = compare(old, new)
    text = Page(page(new, changes)).text

    for stack in changes.stacks:
        assert [item.logical_id for item in stack.added if f"added {item.logical_id} {item.type}" not in text] == []
        assert [item.logical_id for item in stack.removed if f"removed {item.logical_id}" not in text] == []
        paths = [difference.path for item in stack.changed for difference, _ in item.differences]
        assert [path for path in paths if path not in text] == []
    assert len(changes.stacks) == 2
    assert len(changes.rights_added) == 2
