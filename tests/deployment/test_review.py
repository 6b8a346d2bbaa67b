"""What a change means for machines and data, and which changes are refused."""

from __future__ import annotations

from typing import Any

import pytest

from deployment.review import GUARDED, Change, Review, as_json, changes, lines, refusals

INSTANCE, ATTACHMENT = "AWS::EC2::Instance", "AWS::EC2::VolumeAttachment"


def answer(name: str, kind: str, *details: dict[str, Any], action: str = "Modify", **more: Any) -> dict[str, Any]:
    return {"Action": action, "LogicalResourceId": name, "ResourceType": kind, "Details": list(details), **more}


def detail(name: str, recreation: str, source: str = "ParameterReference", cause: str = "P") -> dict[str, Any]:
    target = {"Attribute": "Properties", "Name": name, "RequiresRecreation": recreation}
    return {"Target": target, "Evaluation": "Static", "ChangeSource": source, "CausingEntity": cause}


def effect(*answers: dict[str, Any]) -> dict[str, str]:
    return {item.logical_id: item.effect for item in changes(answers)}


@pytest.mark.parametrize("name", ["InstanceType", "UserData", "EbsOptimized"])
def test_what_aws_calls_conditional_only_stops_and_starts_an_ebs_backed_machine(name):
    given = answer("Instance", INSTANCE, detail(name, "Conditionally"), Replacement="Conditional")

    assert effect(given) == {"Instance": "stop and start"}


@pytest.mark.parametrize(
    ("details", "replacement", "expected"),
    [
        ([detail("ImageId", "Always")], "True", "replaced"),
        ([detail("InstanceType", "Conditionally"), detail("ImageId", "Always")], "True", "replaced"),
        ([detail("Tenancy", "Conditionally")], "Conditional", "may be replaced"),
        (
            [detail("InstanceType", "Conditionally"), detail("Tenancy", "Conditionally")],
            "Conditional",
            "may be replaced",
        ),
        ([detail("SubnetId", "Always", "ResourceReference", "Elsewhere")], "Conditional", "may be replaced"),
        ([{"Target": {"Attribute": "Tags"}, "ChangeSource": "DirectModification"}], "False", "no restart"),
        ([detail("Monitoring", "Never")], "False", "no restart"),
    ],
)
def test_each_change_of_a_machine_has_its_effect(details, replacement, expected):
    assert effect(answer("Instance", INSTANCE, *details, Replacement=replacement)) == {"Instance": expected}


def test_what_refers_to_a_machine_that_stays_is_not_replaced():
    machine = answer("Instance", INSTANCE, detail("InstanceType", "Conditionally"), Replacement="Conditional")
    reference = detail("InstanceId", "Always", "ResourceReference", "Instance")
    attachment = answer("HomeVolumeAttachment", ATTACHMENT, reference, Replacement="Conditional")

    assert effect(machine, attachment) == {"Instance": "stop and start", "HomeVolumeAttachment": "no restart"}


def test_what_refers_to_a_replaced_machine_may_be_replaced():
    machine = answer("Instance", INSTANCE, detail("ImageId", "Always"), Replacement="True")
    reference = detail("InstanceId", "Always", "ResourceReference", "Instance")
    attachment = answer("HomeVolumeAttachment", ATTACHMENT, reference, Replacement="Conditional")

    assert effect(machine, attachment) == {"Instance": "replaced", "HomeVolumeAttachment": "may be replaced"}


def test_a_removed_volume_says_what_its_policy_keeps():
    given = answer("HomeVolume", "AWS::EC2::Volume", action="Remove", PolicyAction="Snapshot")

    assert changes([given]) == (Change("HomeVolume", "AWS::EC2::Volume", "removed", kept="Snapshot"),)


def review(*items: Change, stack: str = "demo-ada") -> Review:
    return Review(stack, "workstation ada", "arn", items)


@pytest.mark.parametrize("kind", GUARDED)
@pytest.mark.parametrize(
    ("done", "words"),
    [("replaced", "would be replaced"), ("removed", "would be removed"), ("may be replaced", "may be replaced")],
)
def test_every_loss_of_a_guarded_resource_is_refused_with_the_way_to_allow_it(kind, done, words):
    assert refusals([review(Change("It", kind, done))], ()) == (
        f"demo-ada/It ({kind}) {words}: {GUARDED[kind]}; to let it happen: --allow-replacement demo-ada/It",
    )


@pytest.mark.parametrize("done", ["new", "no restart", "stop and start"])
def test_what_loses_nothing_is_not_refused(done):
    assert refusals([review(Change("Instance", INSTANCE, done))], ()) == ()


def test_what_is_not_guarded_may_be_replaced():
    assert refusals([review(Change("Route", "AWS::EC2::Route", "replaced"))], ()) == ()


@pytest.mark.parametrize("name", ["Instance", "demo-ada/Instance"])
def test_a_named_loss_is_allowed(name):
    assert refusals([review(Change("Instance", INSTANCE, "replaced"))], (name,)) == ()


def test_a_name_that_two_stacks_have_must_be_exact():
    two = [
        review(Change("Instance", INSTANCE, "replaced")),
        review(Change("Instance", INSTANCE, "replaced"), stack="demo-bob"),
    ]

    first, *rest = refusals(two, ("Instance",))

    assert (
        first == "--allow-replacement: Instance could be demo-ada/Instance or demo-bob/Instance; name it with its stack"
    )
    assert len(rest) == 2
    assert len(refusals(two, ("demo-ada/Instance",))) == 1


def test_a_name_in_vain_is_refused():
    harmless = [review(Change("Instance", INSTANCE, "no restart"))]

    assert refusals(harmless, ("Instnace",)) == (
        "--allow-replacement: got Instnace, want one of "
        "nothing: no change of this deploy replaces or removes anything that is guarded",
    )


def test_the_changes_are_shown_worst_first():
    shown = Review(
        "demo-ada",
        "workstation ada",
        "arn",
        (
            Change("Added", "AWS::EC2::Volume", "new"),
            Change("Instance", INSTANCE, "stop and start", ("InstanceType",)),
            Change("Gone", "AWS::EC2::Volume", "removed"),
        ),
        (("InstanceType", "m7i.large", "m7i.xlarge"), ("KeyName", "", "laptop")),
    )

    assert list(lines([shown, Review("demo", "environment demo", "")])) == [
        "workstation ada: 3 changes",
        "  parameter InstanceType: m7i.large -> m7i.xlarge",
        "  parameter KeyName: nothing -> laptop",
        "  removed          Gone  AWS::EC2::Volume",
        "  stop and start   Instance  AWS::EC2::Instance (InstanceType)",
        "  new              Added  AWS::EC2::Volume",
        "environment demo: no change",
    ]


def test_the_review_is_there_as_json():
    shown = Review("s", "l", "arn", (Change("I", INSTANCE, "replaced", ("ImageId",), "Retain"),), (("P", "a", "b"),))

    assert as_json(shown) == {
        "stack": "s",
        "parameters": {"P": {"before": "a", "after": "b"}},
        "changes": [
            {"logical_id": "I", "type": INSTANCE, "effect": "replaced", "properties": ["ImageId"], "kept": "Retain"}
        ],
    }
