"""Which changes are refused, in which words, and which names let them pass."""

from __future__ import annotations

import pytest

from analysis.differences import Difference
from analysis.resolve import Context
from deployment.differences import Version
from deployment.effects import Change
from deployment.guard import GUARDED, GUARDED_WHERE_USED, impossible, losses, misnamed, refusals
from deployment.review import Review, as_json, changed, lines, new

INSTANCE = "AWS::EC2::Instance"


def review(*items: Change, stack: str = "demo-ada", used: frozenset[str] = frozenset()) -> Review:
    return Review(stack, f"workstation {stack.removeprefix('demo-')}", "changed", "arn", items, used)


@pytest.mark.parametrize("kind", GUARDED)
@pytest.mark.parametrize(
    ("done", "words"),
    [("replaced", "would be replaced"), ("removed", "would be removed"), ("may be replaced", "may be replaced")],
)
def test_every_loss_of_a_guarded_resource_is_refused_with_the_way_to_allow_it(kind: str, done: str, words: str) -> None:
    found = losses([review(Change("It", kind, done))])

    assert refusals(found, ()) == (
        f"demo-ada/It ({kind}) {words}: {GUARDED[kind]}; to let it happen: --allow-replacement demo-ada/It",
    )


@pytest.mark.parametrize("kind", GUARDED_WHERE_USED)
def test_groups_and_roles_are_guarded_where_machines_rely_on_them(kind: str) -> None:
    change = Change("It", kind, "replaced")

    assert len(losses([review(change, used=frozenset({"It"}))])) == 1
    assert losses([review(change)]) == ()


@pytest.mark.parametrize("done", ["new", "no restart", "stop and start"])
def test_what_loses_nothing_is_not_refused(done: str) -> None:
    assert losses([review(Change("Instance", INSTANCE, done))]) == ()


def test_what_is_not_guarded_may_be_replaced() -> None:
    assert losses([review(Change("Route", "AWS::EC2::Route", "replaced"))]) == ()


def test_what_follows_a_named_loss_needs_no_name_of_its_own() -> None:
    attachment = Change("Attachment", "AWS::EC2::VolumeAttachment", "may be replaced", follows=("Instance",))

    assert [loss.name for loss in losses([review(Change("Instance", INSTANCE, "replaced"), attachment)])] == [
        "demo-ada/Instance"
    ]
    assert [loss.name for loss in losses([review(attachment)])] == ["demo-ada/Attachment"]


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        ("Snapshot", "a snapshot of the old one is made, and the new one begins empty"),
        ("Retain", "the old one is kept, without a stack, and costs money until somebody deletes it"),
    ],
)
def test_a_volume_says_what_its_policy_keeps(kept: str, words: str) -> None:
    (line,) = refusals(losses([review(Change("Home", "AWS::EC2::Volume", "replaced", kept=kept))]), ())

    assert f"; its policy: {words}; to let it happen: --allow-replacement demo-ada/Home" in line


def test_another_image_is_refused_with_the_way_that_is_meant_for_it() -> None:
    change = Change("Instance", INSTANCE, "replaced", ("ImageId",), (Difference("ImageId", "ami-1", "ami-2"),))

    (line,) = refusals(losses([review(change)]), ())

    assert line.endswith(
        "--allow-replacement demo-ada/Instance; for another AMI `workstation upgrade ada` will be the way"
    )


@pytest.mark.parametrize("name", ["Instance", "demo-ada/Instance"])
def test_a_named_loss_is_allowed(name: str) -> None:
    found = losses([review(Change("Instance", INSTANCE, "replaced"))])

    assert (refusals(found, (name,)), misnamed(found, (name,))) == ((), ())


def test_a_name_that_two_stacks_have_must_be_exact() -> None:
    change = Change("Instance", INSTANCE, "replaced")
    found = losses([review(change), review(change, stack="demo-bob")])

    assert misnamed(found, ("Instance",)) == (
        "option: --allow-replacement got 'Instance', want demo-ada/Instance or demo-bob/Instance; "
        "name it with its stack",
    )
    assert len(refusals(found, ("Instance",))) == 2
    assert [line.split()[0] for line in refusals(found, ("demo-ada/Instance",))] == ["demo-bob/Instance"]


def test_a_name_in_vain_is_refused_with_what_comes_close() -> None:
    found = losses([review(Change("Instance", INSTANCE, "replaced"))])

    assert misnamed(found, ("Instnace",)) == (
        "option: --allow-replacement got 'Instnace', want one of demo-ada/Instance; did you mean Instance?",
    )
    assert misnamed((), ("Vpc",)) == (
        "option: --allow-replacement got 'Vpc', want none: this deploy replaces and removes nothing guarded; "
        "leave it out",
    )
    assert misnamed((), ("demo-ada/Instance",), later=("demo-ada/Instance",)) == ()


def test_what_aws_would_refuse_cannot_be_allowed() -> None:
    change = Change("Home", "AWS::EC2::Volume", "AWS refuses", ("Size",), (Difference("Size", "100", "50"),))

    assert impossible([review(change)]) == (
        "demo-ada/Home (AWS::EC2::Volume): AWS cannot change Size: 100 -> 50 of what is there, "
        "and the deploy would fail; put it back as it was",
    )


TEMPLATE = {
    "Parameters": {"Type": {"Type": "String"}, "Password": {"Type": "String", "NoEcho": True}},
    "Resources": {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"Description": {"Ref": "Password"}}},
        "Profile": {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": [{"Ref": "Role"}]}},
        "Other": {"Type": "AWS::IAM::Role"},
        "Instance": {"Type": INSTANCE, "Properties": {"InstanceType": {"Ref": "Type"}}},
    },
    "Outputs": {"WorkstationInstanceProfileName": {"Value": {"Ref": "Profile"}}},
}


def reviewed(before: str, after: str) -> Review:
    target = {"Attribute": "Properties", "Name": "InstanceType", "RequiresRecreation": "Conditionally"}
    secret = {"Attribute": "Properties", "Name": "Description", "RequiresRecreation": "Never"}
    answers = [
        {
            "Action": "Modify",
            "LogicalResourceId": name,
            "ResourceType": kind,
            "Replacement": how,
            "Details": [{"Target": to}],
        }
        for name, kind, how, to in (
            ("Instance", INSTANCE, "Conditional", target),
            ("Role", "AWS::IAM::Role", "False", secret),
        )
    ]
    versions = {
        key: Version(TEMPLATE, {"Type": value, "Password": f"hidden-{key}"})
        for key, value in (("before", before), ("after", after))
    }
    return changed("demo-ada", "workstation ada", answers, **versions, context=Context())


def test_machines_rely_on_what_is_handed_over_and_all_it_needs() -> None:
    assert reviewed("m7i.large", "m7i.xlarge").used == {"Instance", "Profile", "Role"}


def test_the_changes_are_a_table_worst_first_with_values_and_cost() -> None:
    assert list(lines([reviewed("m7i.large", "m7i.xlarge"), Review("demo", "environment demo", "unchanged")])) == [
        "workstation ada: 2 changes",
        "  modify  stop and start  Instance  EC2 Instance  InstanceType: m7i.large -> m7i.xlarge",
        "  modify  no restart      Role      IAM Role      Description",
        "  a month: $147.17 running, $0.00 stopped (before: $73.58 running, $0.00 stopped)",
        "environment demo: no change",
    ]


def test_no_secret_is_in_a_review() -> None:
    found = reviewed("m7i.large", "m7i.xlarge")

    assert "hidden" not in str([*lines([found]), as_json(found)])


def test_a_new_stack_is_told_by_its_size_and_cost() -> None:
    found = new("demo-ada", "workstation ada", Version(TEMPLATE, {"Type": "m7i.large"}), Context())

    assert next(iter(lines([found]))) == "workstation ada: new, 4 resources"
    assert {item["do"] for item in as_json(found)["changes"]} == {"add"}
