"""Drift is found where somebody changed a resource past its stack, and only there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import botocore.exceptions
import pytest

from tests.localaws.parts import TAGS, machine, volume
from tests.localaws.stack import Template, TemplateStack, ref, resource, template

RULE = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/16", "Description": "inside"}
STRANGER = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def body(image_id: str) -> Template:
    parts = machine(image_id)
    parts["Group"]["Properties"] |= {"SecurityGroupIngress": [RULE], "Tags": TAGS}
    parts["Private"]["Properties"] |= {"MapPublicIpOnLaunch": False, "Tags": TAGS}
    parts["Route"] = resource(
        "AWS::EC2::Route",
        {"RouteTableId": ref("Table"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ref("Gateway")},
        DependsOn="Attachment",
    )
    parts["Home"] = volume(Tags=TAGS)
    parts["Logs"] = resource("AWS::Logs::LogGroup", {"RetentionInDays": 7})
    parts["Rest"] = resource("AWS::EC2::VPC", {"CidrBlock": "10.9.0.0/16", "EnableDnsSupport": True})
    return template(**parts)


@pytest.fixture
def deployed(stack: TemplateStack, image_id: str) -> TemplateStack:
    assert stack.create(body(image_id)) == "CREATE_COMPLETE"
    return stack


def detect(stack: TemplateStack) -> dict[str, Any]:
    """The detection's end, and each resource's drift under its logical id."""
    cloudformation = stack.cloudformation
    begun = cloudformation.detect_stack_drift(StackName=stack.name)["StackDriftDetectionId"]
    return cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=begun)


def drifts(stack: TemplateStack, *statuses: str) -> dict[str, dict[str, Any]]:
    detect(stack)
    filters = {"StackResourceDriftStatusFilters": list(statuses)} if statuses else {}
    answer = stack.cloudformation.describe_stack_resource_drifts(StackName=stack.name, **filters)
    return {one["LogicalResourceId"]: one for one in answer["StackResourceDrifts"]}


def test_a_stack_that_nobody_touched_is_in_sync(deployed):
    ended, found = detect(deployed), drifts(deployed)

    assert (ended["StackDriftStatus"], ended["DriftedStackResourceCount"]) == ("IN_SYNC", 0)
    assert {one["StackResourceDriftStatus"] for one in found.values()} == {"IN_SYNC"}
    assert {"Group", "Home", "Instance", "Logs", "Private", "Route", "Table", "Vpc"} <= set(found)


def test_types_that_are_not_compared_are_told_only_to_who_asks(deployed):
    assert "Role" not in drifts(deployed)
    role = drifts(deployed, "NOT_CHECKED")["Role"]
    assert role["StackResourceDriftStatus"] == "NOT_CHECKED"
    assert "ActualProperties" not in role


def change_group(stack: TemplateStack) -> None:
    stack.client("ec2").authorize_security_group_ingress(GroupId=stack.id("Group"), IpPermissions=[STRANGER])


def change_type(stack: TemplateStack) -> None:
    ec2, instance = stack.client("ec2"), stack.id("Instance")
    ec2.stop_instances(InstanceIds=[instance])
    ec2.modify_instance_attribute(InstanceId=instance, InstanceType={"Value": "m7i.2xlarge"})


def change_tag(stack: TemplateStack) -> None:
    stack.client("ec2").create_tags(Resources=[stack.id("Home")], Tags=[{"Key": "Name", "Value": "second"}])


def change_size(stack: TemplateStack) -> None:
    stack.client("ec2").modify_volume(VolumeId=stack.id("Home"), Size=120)


def change_subnet(stack: TemplateStack) -> None:
    stack.client("ec2").modify_subnet_attribute(SubnetId=stack.id("Private"), MapPublicIpOnLaunch={"Value": True})


def change_route(stack: TemplateStack) -> None:
    arguments = {"RouteTableId": stack.id("Table"), "DestinationCidrBlock": "0.0.0.0/0"}
    stack.client("ec2").replace_route(**arguments, InstanceId=stack.id("Instance"))


def change_logs(stack: TemplateStack) -> None:
    stack.client("logs").put_retention_policy(logGroupName=stack.id("Logs"), retentionInDays=30)


def change_dns(stack: TemplateStack) -> None:
    stack.client("ec2").modify_vpc_attribute(VpcId=stack.id("Rest"), EnableDnsSupport={"Value": False})


CHANGES = {
    "a rule": (change_group, "Group", "/SecurityGroupIngress/1", "ADD"),
    "the instance type": (change_type, "Instance", "/InstanceType", "NOT_EQUAL"),
    "a tag": (change_tag, "Home", "/Tags/0/Value", "NOT_EQUAL"),
    "a size": (change_size, "Home", "/Size", "NOT_EQUAL"),
    "public addresses": (change_subnet, "Private", "/MapPublicIpOnLaunch", "NOT_EQUAL"),
    "a target": (change_route, "Route", "/GatewayId", "NOT_EQUAL"),
    "a retention": (change_logs, "Logs", "/RetentionInDays", "NOT_EQUAL"),
    "a setting of the VPC": (change_dns, "Rest", "/EnableDnsSupport", "NOT_EQUAL"),
}


@pytest.mark.parametrize(("change", "logical_id", "path", "kind"), CHANGES.values(), ids=CHANGES)
def test_what_somebody_changed_is_found_with_both_values(
    deployed: TemplateStack, change: Callable[[TemplateStack], None], logical_id: str, path: str, kind: str
) -> None:
    change(deployed)
    found = drifts(deployed)

    modified = {name for name, one in found.items() if one["StackResourceDriftStatus"] == "MODIFIED"}
    (difference,) = found[logical_id]["PropertyDifferences"]
    assert modified == {logical_id}
    assert (difference["PropertyPath"], difference["DifferenceType"]) == (path, kind)
    assert difference["ExpectedValue"] != difference["ActualValue"]
    assert detect(deployed)["DriftedStackResourceCount"] == 1


def test_a_rule_that_is_gone_is_told_in_the_templates_words(deployed):
    ec2, group = deployed.client("ec2"), deployed.id("Group")
    permissions = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=permissions)

    (difference,) = drifts(deployed)["Group"]["PropertyDifferences"]
    assert (difference["PropertyPath"], difference["DifferenceType"]) == ("/SecurityGroupIngress/0", "REMOVE")
    assert json.loads(difference["ExpectedValue"]) == RULE


def test_an_instance_that_somebody_terminated_is_deleted(deployed):
    deployed.client("ec2").terminate_instances(InstanceIds=[deployed.id("Instance")])

    assert drifts(deployed)["Instance"]["StackResourceDriftStatus"] == "DELETED"


def test_a_resource_that_is_nowhere_is_deleted(deployed):
    deployed.client("ec2").delete_vpc(VpcId=deployed.id("Rest"))

    assert drifts(deployed)["Rest"]["StackResourceDriftStatus"] == "DELETED"


def test_a_detection_that_was_never_begun_is_refused(stack):
    with pytest.raises(botocore.exceptions.ClientError, match="does not exist"):
        stack.cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId="1234")


def test_a_stack_under_review_has_no_drift(stack):
    stack.change_set(template(Vpc=resource("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"})), kind="CREATE")

    with pytest.raises(botocore.exceptions.ClientError, match="REVIEW_IN_PROGRESS"):
        stack.cloudformation.detect_stack_drift(StackName=stack.name)
