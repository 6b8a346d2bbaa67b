"""What a change means for machines and data, as DescribeChangeSet tells it."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from analysis.differences import Difference
from analysis.resolve import Resource
from deployment.effects import Change, changes

INSTANCE, VOLUME, ATTACHMENT = "AWS::EC2::Instance", "AWS::EC2::Volume", "AWS::EC2::VolumeAttachment"


def answer(name: str, kind: str, *details: dict[str, Any], action: str = "Modify", **more: Any) -> dict[str, Any]:
    return {"Action": action, "LogicalResourceId": name, "ResourceType": kind, "Details": list(details), **more}


def detail(
    name: str, recreation: str, source: str = "ParameterReference", cause: str = "P", **target: str
) -> dict[str, Any]:
    aimed = {"Attribute": "Properties", "Name": name, "RequiresRecreation": recreation, **target}
    return {"Target": aimed, "Evaluation": "Static", "ChangeSource": source, "CausingEntity": cause}


def dynamic(name: str, cause: str, source: str = "ResourceReference") -> dict[str, Any]:
    return {**detail(name, "Always", source, cause), "Evaluation": "Dynamic"}


def judged(*answers: dict[str, Any], before: Any = None, after: Any = None) -> tuple[Change, ...]:
    def resources(properties: Any) -> dict[str, Resource]:
        return {name: Resource(name, "", values) for name, values in (properties or {}).items()}

    return changes(answers, before=resources(before), after=resources(after))


def effect(*answers: dict[str, Any], before: Any = None, after: Any = None) -> dict[str, str]:
    return {item.logical_id: item.effect for item in judged(*answers, before=before, after=after)}


@pytest.mark.parametrize("name", ["InstanceType", "UserData", "EbsOptimized", "KernelId", "RamdiskId"])
def test_what_aws_calls_conditional_only_stops_and_starts_an_ebs_backed_machine(name: str) -> None:
    given = answer("Instance", INSTANCE, detail(name, "Conditionally"), Replacement="Conditional")

    assert effect(given) == {"Instance": "stop and start"}


@pytest.mark.parametrize(
    ("details", "replacement", "expected"),
    [
        ([detail("ImageId", "Always")], "True", "replaced"),
        ([detail("InstanceType", "Conditionally"), detail("ImageId", "Always")], "True", "replaced"),
        ([detail("Tenancy", "Conditionally")], "Conditional", "may be replaced"),
        (
            [detail("InstanceType", "Conditionally"), detail("HostId", "Conditionally")],
            "Conditional",
            "may be replaced",
        ),
        ([dynamic("SubnetId", "Elsewhere")], "Conditional", "may be replaced"),
        ([], "Conditional", "may be replaced"),
        ([detail("SecurityGroupIds", "Conditionally")], "Conditional", "no restart"),
        ([{"Target": {"Attribute": "Tags"}, "ChangeSource": "DirectModification"}], "False", "no restart"),
        ([detail("Monitoring", "Never")], "False", "no restart"),
    ],
)
def test_each_change_of_a_machine_has_its_effect(
    details: list[dict[str, Any]], replacement: str, expected: str
) -> None:
    assert effect(answer("Instance", INSTANCE, *details, Replacement=replacement)) == {"Instance": expected}


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ({"VolumeSize": 60, "DeleteOnTermination": True}, "replaced"),
        ({"VolumeSize": 30, "DeleteOnTermination": False}, "no restart"),
    ],
)
def test_of_a_machines_devices_only_their_end_changes_in_place(after: dict[str, Any], expected: str) -> None:
    before = {"VolumeSize": 30, "DeleteOnTermination": True}
    given = answer("Instance", INSTANCE, detail("BlockDeviceMappings", "Conditionally"), Replacement="Conditional")

    found = effect(
        given,
        before={"Instance": {"BlockDeviceMappings": [{"Ebs": before}]}},
        after={"Instance": {"BlockDeviceMappings": [{"Ebs": after}]}},
    )

    assert found == {"Instance": expected}


def test_what_refers_to_a_machine_that_stays_is_not_replaced() -> None:
    machine = answer("Instance", INSTANCE, detail("InstanceType", "Conditionally"), Replacement="Conditional")
    attachment = answer("Attachment", ATTACHMENT, dynamic("InstanceId", "Instance"), Replacement="Conditional")

    assert effect(attachment, machine) == {"Instance": "stop and start", "Attachment": "no restart"}


def test_a_chain_of_references_is_followed_whatever_their_order() -> None:
    machine = answer("Z", INSTANCE, detail("InstanceType", "Conditionally"), Replacement="Conditional")
    second = answer("M", ATTACHMENT, dynamic("InstanceId", "Z"), Replacement="Conditional")
    third = answer("A", ATTACHMENT, dynamic("VolumeId", "M"), Replacement="Conditional")

    assert effect(third, second, machine) == {"Z": "stop and start", "M": "no restart", "A": "no restart"}


def test_what_refers_to_a_replaced_machine_may_be_replaced() -> None:
    machine = answer("Instance", INSTANCE, detail("ImageId", "Always"), Replacement="True")
    attachment = answer("Attachment", ATTACHMENT, dynamic("InstanceId", "Instance"), Replacement="Conditional")

    assert effect(machine, attachment) == {"Instance": "replaced", "Attachment": "may be replaced"}


def test_an_attribute_of_a_machine_that_stays_may_still_be_another() -> None:
    machine = answer("Instance", INSTANCE, detail("InstanceType", "Conditionally"), Replacement="Conditional")
    other = answer(
        "It", "AWS::X::Y", dynamic("Address", "Instance.PrivateIp", "ResourceAttribute"), Replacement="Conditional"
    )

    assert effect(machine, other)["It"] == "may be replaced"


@pytest.mark.parametrize("name", ["AvailabilityZone", "Encrypted", "KmsKeyId", "SnapshotId"])
def test_what_aws_never_changes_of_a_volume_is_known_before(name: str) -> None:
    assert effect(answer("Home", VOLUME, detail(name, "Never"), Replacement="False")) == {"Home": "AWS refuses"}


@pytest.mark.parametrize(("before", "after", "expected"), [(100, 50, "AWS refuses"), (50, 100, "no restart")])
def test_a_volume_only_grows(before: int, after: int, expected: str) -> None:
    given = answer("Home", VOLUME, detail("Size", "Never"), Replacement="False")

    assert effect(given, before={"Home": {"Size": before}}, after={"Home": {"Size": after}}) == {"Home": expected}


def test_a_removed_volume_says_what_its_policy_keeps() -> None:
    given = answer("HomeVolume", VOLUME, action="Remove", PolicyAction="Snapshot")

    assert judged(given) == (Change("HomeVolume", VOLUME, "removed", kept="Snapshot"),)


def test_the_values_that_aws_gives_win_over_ours() -> None:
    told = detail("Monitoring", "Never", Path="/Properties/Monitoring", BeforeValue="false", AfterValue="true")
    given = answer("Instance", INSTANCE, told, Replacement="False")

    (found,) = judged(given, before={"Instance": {"Monitoring": "x"}}, after={"Instance": {"Monitoring": "y"}})

    assert found.differences == (Difference("Monitoring", "false", "true"),)


def test_values_are_told_by_leaf_tags_by_key_and_scripts_by_digest() -> None:
    script = base64.b64encode(b"#!/bin/bash\ntrue\n").decode()
    details = [detail("Tags", "Never"), detail("UserData", "Conditionally")]
    given = answer("Instance", INSTANCE, *details, Replacement="Conditional")

    (found,) = judged(
        given,
        before={"Instance": {"Tags": [{"Key": "Owner", "Value": "ada"}, {"Key": "Name", "Value": "x"}]}},
        after={
            "Instance": {"Tags": [{"Key": "Name", "Value": "x"}, {"Key": "Owner", "Value": "bob"}], "UserData": script}
        },
    )

    assert [str(item) for item in found.differences] == [
        "Tags/Owner: ada -> bob",
        "UserData: nothing -> 2 lines, sha256 1712a7a6",
    ]
