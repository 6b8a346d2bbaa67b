"""Change sets: what they show, and that execution does exactly that."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.localaws.parts import TAGS, machine, network, role, volume
from tests.localaws.stack import Template, TemplateStack, ref, resource, template
from tests.localaws.test_stack_operations import LOGS, NO_CHANGES, refused


def changes(described: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    """Action and replacement by logical id."""
    shown = [item["ResourceChange"] for item in described["Changes"]]
    return {item["LogicalResourceId"]: (item["Action"], item.get("Replacement")) for item in shown}


def details(described: dict[str, Any], logical_id: str) -> list[tuple[Any, ...]]:
    """Name, recreation, evaluation, source and cause of each detail."""
    shown = [item["ResourceChange"] for item in described["Changes"]]
    change = next(item for item in shown if item["LogicalResourceId"] == logical_id)
    return [
        (
            item["Target"].get("Name", item["Target"]["Attribute"]),
            item["Target"]["RequiresRecreation"],
            item["Evaluation"],
            item["ChangeSource"],
            item.get("CausingEntity"),
        )
        for item in change["Details"]
    ]


def test_a_create_change_set_waits_in_review_until_it_is_executed(stack: TemplateStack) -> None:
    described = stack.change_set(template(Logs=LOGS), kind="CREATE")

    assert stack.describe()["StackStatus"] == "REVIEW_IN_PROGRESS"
    assert changes(described) == {"Logs": ("Add", None)}
    assert (described["Status"], described["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    stack.cloudformation.execute_change_set(ChangeSetName=described["ChangeSetId"])
    assert stack.ended() == "CREATE_COMPLETE"
    assert stack.id("Logs").startswith(f"{stack.name}-Logs-")


def test_an_empty_change_set_fails_with_the_words_that_the_cli_waits_for(stack: TemplateStack) -> None:
    stack.create(template(Logs=LOGS))
    described = stack.change_set(template(Logs=LOGS))

    assert (described["Status"], described["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert described["StatusReason"] == NO_CHANGES
    code, message = refused(lambda: stack.cloudformation.execute_change_set(ChangeSetName=described["ChangeSetId"]))
    assert code == "InvalidChangeSetStatus"
    assert "cannot be executed in its current status of [FAILED]" in message


@pytest.mark.parametrize(
    ("properties", "replacement", "recreation"),
    [
        ({"Tags": TAGS, "InstanceType": "m7i.2xlarge"}, "Conditional", "Conditionally"),
        ({"ImageId": "ami-0123456789abcdef0"}, "True", "Always"),
        ({"Monitoring": True}, "False", "Never"),
    ],
)
def test_a_change_says_whether_it_replaces(
    stack: TemplateStack, image_id: str, properties: dict[str, Any], replacement: str, recreation: str
) -> None:
    stack.create(template(**machine(image_id)))
    described = stack.change_set(template(**machine(image_id, **properties)))
    name = next(key for key in properties if key != "Tags")

    assert changes(described) == {"Instance": ("Modify", replacement)}
    assert (name, recreation, "Static", "DirectModification", None) in details(described, "Instance")


def test_what_refers_to_a_replaced_resource_is_shown_too(stack: TemplateStack, image_id: str) -> None:
    attachment = {"InstanceId": ref("Instance"), "VolumeId": ref("Home"), "Device": "/dev/sdf"}

    def body(**properties: Any) -> Template:
        kind = "AWS::EC2::VolumeAttachment"
        return template(**machine(image_id, **properties), Home=volume(), HomeAttachment=resource(kind, attachment))

    stack.create(body())
    described = stack.change_set(body(ImageId="ami-0123456789abcdef0"))

    assert changes(described) == {"Instance": ("Modify", "True"), "HomeAttachment": ("Modify", "Conditional")}
    assert details(described, "HomeAttachment") == [
        ("InstanceId", "Always", "Dynamic", "ResourceReference", "Instance")
    ]


def test_a_changed_parameter_is_the_cause(stack: TemplateStack) -> None:
    days = resource("AWS::Logs::LogGroup", {"RetentionInDays": ref("Days")})
    body = {"Parameters": {"Days": {"Type": "Number", "Default": 7}}, **template(Logs=days)}
    stack.create(body)
    described = stack.change_set(body, {"Days": "30"})

    assert details(described, "Logs") == [("RetentionInDays", "Never", "Static", "ParameterReference", "Days")]


def test_removals_additions_tags_and_policies_are_shown(stack: TemplateStack) -> None:
    stack.create(template(Logs=LOGS, Vpc=network()["Vpc"], Kept={**LOGS, "DeletionPolicy": "Retain"}))
    tagged = resource("AWS::EC2::VPC", {**network()["Vpc"]["Properties"], "Tags": TAGS})
    described = stack.change_set(template(Logs={**LOGS, "DeletionPolicy": "Retain"}, Vpc=tagged, Role=role()))

    assert changes(described) == {
        "Kept": ("Remove", None),
        "Logs": ("Modify", "False"),
        "Role": ("Add", None),
        "Vpc": ("Modify", "False"),
    }
    shown = {item["ResourceChange"]["LogicalResourceId"]: item["ResourceChange"] for item in described["Changes"]}
    assert shown["Kept"]["PolicyAction"] == "Retain"
    assert shown["Logs"]["Scope"] == ["DeletionPolicy"]
    assert shown["Vpc"]["Scope"] == ["Tags"]


def test_changed_stack_tags_touch_every_taggable_resource(stack: TemplateStack) -> None:
    parts = {name: network()[name] for name in ("Vpc", "Gateway", "Attachment")}
    stack.create(template(**parts))
    described = stack.change_set(template(**parts), Tags=[{"Key": "Team", "Value": "data"}])

    assert changes(described) == {"Gateway": ("Modify", "False"), "Vpc": ("Modify", "False")}
    stack.cloudformation.execute_change_set(ChangeSetName=described["ChangeSetId"])
    assert stack.ended() == "UPDATE_COMPLETE"
    vpc = stack.client("ec2").describe_vpcs(VpcIds=[stack.id("Vpc")])["Vpcs"][0]
    assert {"Key": "Team", "Value": "data"} in vpc["Tags"]


def test_a_changed_output_is_a_change_without_resources(stack: TemplateStack) -> None:
    stack.create(template(Logs=LOGS))
    described = stack.change_set({**template(Logs=LOGS), "Outputs": {"Name": {"Value": ref("Logs")}}})

    assert (described["Status"], described["Changes"]) == ("CREATE_COMPLETE", [])
    stack.cloudformation.execute_change_set(ChangeSetName=described["ChangeSetId"])
    stack.ended()
    assert stack.outputs() == {"Name": stack.id("Logs")}


def test_previous_values_and_templates_are_used(stack: TemplateStack) -> None:
    cloudformation = stack.cloudformation
    days = resource("AWS::Logs::LogGroup", {"RetentionInDays": ref("Days")})
    stack.create({"Parameters": {"Days": {"Type": "Number"}}, **template(Logs=days)}, {"Days": "7"})
    cloudformation.create_change_set(
        StackName=stack.name,
        ChangeSetName="again",
        UsePreviousTemplate=True,
        Parameters=[{"ParameterKey": "Days", "UsePreviousValue": True}],
    )

    assert cloudformation.describe_change_set(StackName=stack.name, ChangeSetName="again")["StatusReason"] == NO_CHANGES
    listed = cloudformation.list_change_sets(StackName=stack.name)["Summaries"]
    assert [item["ChangeSetName"] for item in listed] == ["again"]
    cloudformation.delete_change_set(StackName=stack.name, ChangeSetName="again")
    assert refused(lambda: cloudformation.describe_change_set(StackName=stack.name, ChangeSetName="again")) == (
        "ChangeSetNotFound",
        "ChangeSet [again] does not exist",
    )


def test_a_template_comes_from_a_bucket(stack: TemplateStack) -> None:
    s3 = stack.client("s3")
    s3.create_bucket(Bucket=f"{stack.name}-bucket")
    s3.put_object(Bucket=f"{stack.name}-bucket", Key="a/t.template", Body=json.dumps(template(Logs=LOGS)).encode())
    endpoint = stack.local_aws.endpoint

    def create(url: str) -> None:
        stack.cloudformation.create_stack(StackName=stack.name, TemplateURL=url)

    assert "S3 error" in refused(lambda: create(f"{endpoint}/{stack.name}-bucket/nothing"))[1]
    create(f"{endpoint}/{stack.name}-bucket/a/t.template")
    assert stack.ended() == "CREATE_COMPLETE"
    body = stack.cloudformation.get_template(StackName=stack.name)["TemplateBody"]
    assert body == template(Logs=LOGS)


def test_a_change_set_for_a_stack_that_is_not_there_is_refused(stack: TemplateStack) -> None:
    assert refused(lambda: stack.change_set(template(Logs=LOGS))) == (
        "ValidationError",
        f"Stack [{stack.name}] does not exist",
    )
