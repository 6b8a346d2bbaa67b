"""Create, update, roll back and delete as CloudFormation does, with its words."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws_fixture import LocalAws
from tests.localaws.parts import TAGS, allow, machine, network, role, volume
from tests.localaws.stack import Template, TemplateStack, get_att, ref, resource, template

Faults = Callable[..., object]

LOGS = resource("AWS::Logs::LogGroup", {"RetentionInDays": 7})
NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."


def refused(work: Callable[[], Any]) -> tuple[str, str]:
    """Code and message of the error that `work` must end in."""
    with pytest.raises(ClientError) as raised:
        work()
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]


def left(stack: TemplateStack) -> dict[str, int]:
    """What carries the stack's tag, by kind."""
    tag = [{"Name": "tag:aws:cloudformation:stack-name", "Values": [stack.name]}]
    ec2 = stack.client("ec2")
    alive = [*tag, {"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}]
    return {
        "addresses": len(ec2.describe_addresses(Filters=tag)["Addresses"]),
        "gateways": len(ec2.describe_internet_gateways(Filters=tag)["InternetGateways"]),
        "groups": len(ec2.describe_security_groups(Filters=tag)["SecurityGroups"]),
        "instances": len(ec2.describe_instances(Filters=alive)["Reservations"]),
        "roles": len([item for item in roles(stack) if item.startswith(f"{stack.name}-")]),
        "subnets": len(ec2.describe_subnets(Filters=tag)["Subnets"]),
        "volumes": len(ec2.describe_volumes(Filters=tag)["Volumes"]),
        "vpcs": len(ec2.describe_vpcs(Filters=tag)["Vpcs"]),
    }


def roles(stack: TemplateStack) -> list[str]:
    return [item["RoleName"] for item in stack.client("iam").list_roles()["Roles"]]


NOTHING = dict.fromkeys(("addresses", "gateways", "groups", "instances", "roles", "subnets", "volumes", "vpcs"), 0)


def test_each_resource_tells_its_progress_in_order(stack: TemplateStack) -> None:
    stack.create(template(Logs=LOGS))

    assert stack.events() == [
        (stack.name, "CREATE_IN_PROGRESS", "User Initiated"),
        ("Logs", "CREATE_IN_PROGRESS", ""),
        ("Logs", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
        ("Logs", "CREATE_COMPLETE", ""),
        (stack.name, "CREATE_COMPLETE", ""),
    ]


def test_a_resource_waits_for_what_it_depends_on(stack: TemplateStack) -> None:
    first = {**LOGS, "DependsOn": "Second"}
    stack.create(template(First=first, Second=LOGS))
    done = [name for name, status, _ in stack.events() if status == "CREATE_COMPLETE"]

    assert done == ["Second", "First", stack.name]


def test_stack_tags_and_cloudformation_tags_are_on_every_resource(stack: TemplateStack) -> None:
    stack.create(template(Vpc=network()["Vpc"]), Tags=[{"Key": "Team", "Value": "data"}])
    vpc = stack.client("ec2").describe_vpcs(VpcIds=[stack.id("Vpc")])["Vpcs"][0]

    assert {tag["Key"]: tag["Value"] for tag in vpc["Tags"]} == {
        "Team": "data",
        "aws:cloudformation:logical-id": "Vpc",
        "aws:cloudformation:stack-id": stack.describe()["StackId"],
        "aws:cloudformation:stack-name": stack.name,
    }


def test_a_failed_create_rolls_back_and_leaves_nothing(stack: TemplateStack, faults: Faults, image_id: str) -> None:
    parts = {**machine(image_id), "Address": resource("AWS::EC2::EIP", DependsOn="Attachment"), "Home": volume()}
    faults(
        {"service": "ec2", "operation": "RunInstances", "code": "InsufficientInstanceCapacity", "message": "no room"}
    )
    status = stack.create(template(**parts))

    assert status == "ROLLBACK_COMPLETE"
    assert left(stack) == NOTHING
    reasons = [reason for name, state, reason in stack.events() if (name, state) == ("Instance", "CREATE_FAILED")]
    assert "no room" in reasons[0]
    assert "InsufficientInstanceCapacity" in reasons[0]
    told = [reason for name, state, reason in stack.events() if state == "ROLLBACK_IN_PROGRESS"]
    assert told == ["The following resource(s) failed to create: [Instance]. Rollback requested by user."]


def test_a_half_made_resource_is_removed_too(stack: TemplateStack, faults: Faults) -> None:
    faults({"service": "ec2", "operation": "ModifyVpcAttribute", "code": "InternalError", "message": "half"})

    assert stack.create(template(Vpc=network()["Vpc"])) == "ROLLBACK_COMPLETE"
    assert left(stack) == NOTHING


def test_resources_started_beside_a_failed_one_are_cancelled(stack: TemplateStack, faults: Faults) -> None:
    faults({"service": "logs", "operation": "CreateLogGroup", "code": "AccessDeniedException", "message": "no"})
    stack.create(template(A=LOGS, B=LOGS))

    assert ("B", "CREATE_FAILED", "Resource creation cancelled") in stack.events()


def test_a_stack_that_was_rolled_back_cannot_be_updated(stack: TemplateStack, faults: Faults) -> None:
    faults({"service": "logs", "operation": "CreateLogGroup", "code": "AccessDeniedException", "message": "no"})
    stack.create(template(Logs=LOGS))
    stack_id = stack.describe()["StackId"]
    message = f"Stack:{stack_id} is in ROLLBACK_COMPLETE state and can not be updated."

    assert refused(lambda: stack.update(template(Logs=LOGS))) == ("ValidationError", message)
    assert refused(lambda: stack.change_set(template(Logs=LOGS))) == ("ValidationError", message)


def test_a_create_without_rollback_keeps_what_was_made(stack: TemplateStack, faults: Faults) -> None:
    faults({"service": "logs", "operation": "CreateLogGroup", "code": "AccessDeniedException", "message": "no"})
    body = template(Vpc=network()["Vpc"], Logs={**LOGS, "DependsOn": "Vpc"})

    assert stack.create(body, DisableRollback=True) == "CREATE_FAILED"
    assert left(stack) == {**NOTHING, "vpcs": 1}


def test_a_failed_update_goes_back_to_the_old_values(stack: TemplateStack, faults: Faults) -> None:
    logs = stack.client("logs")
    before = {**template(Vpc=network()["Vpc"], Logs=LOGS), "Outputs": {"Vpc": {"Value": ref("Vpc")}}}
    stack.create(before)
    name, vpc_id = stack.id("Logs"), stack.id("Vpc")
    changed = resource("AWS::Logs::LogGroup", {"RetentionInDays": 30})
    replaced = resource("AWS::EC2::VPC", {"CidrBlock": "10.7.0.0/16"}, DependsOn="Logs")
    failing = {**role(), "DependsOn": "Vpc"}
    faults({"service": "iam", "operation": "CreateRole", "code": "AccessDenied", "message": "no"})
    status = stack.update({**template(Vpc=replaced, Logs=changed, Role=failing), "Outputs": before["Outputs"]})

    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.id("Vpc") == vpc_id
    assert stack.outputs() == {"Vpc": vpc_id}
    assert logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]["retentionInDays"] == 7
    assert left(stack) == {**NOTHING, "vpcs": 1}
    told = [reason for _, state, reason in stack.events() if state == "UPDATE_ROLLBACK_IN_PROGRESS"]
    assert told == ["The following resource(s) failed to create: [Role]. "]
    assert (
        stack.update({**before, "Resources": template(Vpc=network()["Vpc"], Logs=changed)["Resources"]})
        == "UPDATE_COMPLETE"
    )


def test_a_rollback_that_fails_can_be_continued(stack: TemplateStack, faults: Faults) -> None:
    stack.create(template(Logs=LOGS))
    changed = resource("AWS::Logs::LogGroup", {"RetentionInDays": 30})
    faults(
        {"service": "iam", "operation": "CreateRole", "code": "AccessDenied", "message": "no"},
        {"service": "logs", "operation": "PutRetentionPolicy", "skip": 1, "times": 1, "code": "AccessDenied"},
    )

    assert stack.update(template(Logs=changed, Role={**role(), "DependsOn": "Logs"})) == "UPDATE_ROLLBACK_FAILED"
    stack.cloudformation.continue_update_rollback(StackName=stack.name)
    assert stack.ended() == "UPDATE_ROLLBACK_COMPLETE"


def test_a_removed_resource_is_deleted_after_the_update(stack: TemplateStack) -> None:
    stack.create(template(Logs=LOGS, Vpc=network()["Vpc"]))
    stack.update(template(Logs=LOGS))
    statuses = [status for name, status, _ in stack.events() if name == stack.name]

    assert statuses[-3:] == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"]
    assert left(stack) == NOTHING


@pytest.mark.parametrize(("policy", "volumes", "snapshots"), [("Snapshot", 1, 1), ("Retain", 2, 0), ("Delete", 1, 0)])
def test_a_replaced_volume_leaves_what_its_policy_says(
    stack: TemplateStack, policy: str, volumes: int, snapshots: int
) -> None:
    ec2 = stack.client("ec2")
    # a volume is never replaced by its properties; removing it and making another is what a rename does
    home = {**volume(AvailabilityZone="us-east-1a"), "DeletionPolicy": policy, "UpdateReplacePolicy": policy}
    stack.create(template(Home=home))
    first = stack.id("Home")
    stack.update(template(Other=home))
    mine = [item for item in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] if item["VolumeId"] == first]

    assert (left(stack)["volumes"], len(mine)) == (volumes, snapshots)


def test_a_custom_name_stops_a_replacement(stack: TemplateStack) -> None:
    named = role(RoleName="fixed-name", Path="/a/")
    stack.create(template(Role=named))
    named["Properties"]["Path"] = "/b/"

    assert stack.update(template(Role=named)) == "UPDATE_ROLLBACK_COMPLETE"
    reasons = [reason for name, status, reason in stack.events() if (name, status) == ("Role", "UPDATE_FAILED")]
    assert reasons == [
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
        "Rename fixed-name and update the stack again."
    ]


def test_termination_protection_refuses_the_delete(stack: TemplateStack) -> None:
    stack.create(template(Logs=LOGS), EnableTerminationProtection=True)

    assert refused(stack.delete) == (
        "ValidationError",
        f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled",
    )


def test_a_stack_policy_is_kept(stack: TemplateStack) -> None:
    policy = '{"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}'
    stack.create(template(Logs=LOGS))
    stack.cloudformation.set_stack_policy(StackName=stack.name, StackPolicyBody=policy)

    assert stack.cloudformation.get_stack_policy(StackName=stack.name)["StackPolicyBody"] == policy


def test_a_delete_that_fails_says_what_and_can_be_tried_again(stack: TemplateStack) -> None:
    ec2 = stack.client("ec2")
    stack.create(template(Vpc=network()["Vpc"]))
    subnet_id = ec2.create_subnet(VpcId=stack.id("Vpc"), CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]

    assert stack.delete() == "DELETE_FAILED"
    assert stack.describe()["StackStatusReason"] == "The following resource(s) failed to delete: [Vpc]. "
    ec2.delete_subnet(SubnetId=subnet_id)
    assert stack.delete() == "DELETE_COMPLETE"


def test_unknown_stacks_are_named(stack: TemplateStack) -> None:
    cloudformation = stack.cloudformation

    assert refused(lambda: cloudformation.describe_stacks(StackName="nothing")) == (
        "ValidationError",
        "Stack with id nothing does not exist",
    )
    stack.create(template(Logs=LOGS))
    assert refused(lambda: stack.create(template(Logs=LOGS))) == (
        "AlreadyExistsException",
        f"Stack [{stack.name}] already exists",
    )
    assert refused(lambda: stack.update(template(Logs=LOGS))) == ("ValidationError", "No updates are to be performed.")


def test_an_operation_that_is_not_there_is_refused(local_aws: LocalAws) -> None:
    code, message = refused(lambda: local_aws.client("cloudformation").list_stack_sets())

    assert (code, message) == ("ValidationError", "The local AWS does not support the operation ListStackSets")


def test_stacks_of_two_regions_do_not_meet(local_aws: LocalAws, stack: TemplateStack) -> None:
    other = TemplateStack(local_aws, stack.name, "eu-west-1")
    body = {
        **template(Vpc=network()["Vpc"], Subnet=subnet_anywhere()),
        "Outputs": {"Zone": {"Value": get_att("Subnet", "AvailabilityZone")}, "Region": {"Value": ref("AWS::Region")}},
    }
    stack.create(body)
    other.create(body)
    try:
        assert stack.outputs()["Zone"].startswith("us-east-1")
        assert other.outputs()["Zone"].startswith("eu-west-1")
        assert other.outputs()["Region"] == "eu-west-1"
        assert len(other.client("ec2").describe_vpcs(VpcIds=[other.id("Vpc")])["Vpcs"]) == 1
    finally:
        other.remove()


def subnet_anywhere() -> Template:
    zone = {"Fn::Select": [0, {"Fn::GetAZs": ""}]}
    return resource("AWS::EC2::Subnet", {"VpcId": ref("Vpc"), "CidrBlock": "10.0.0.0/24", "AvailabilityZone": zone})


def test_several_stacks_at_once_are_each_right(local_aws: LocalAws, stack: TemplateStack, image_id: str) -> None:
    stacks = [TemplateStack(local_aws, f"{stack.name}-{number}") for number in range(6)]
    ends: dict[str, str] = {}

    def deploy(one: TemplateStack) -> None:
        ends[one.name] = one.create(template(**machine(image_id, Tags=TAGS)))

    threads = [threading.Thread(target=deploy, args=(one,)) for one in stacks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert ends == {one.name: "CREATE_COMPLETE" for one in stacks}
        assert [left(one)["instances"] for one in stacks] == [1] * 6
        assert len({one.id("Instance") for one in stacks}) == 6
    finally:
        for one in stacks:
            one.remove()
    assert [left(one) for one in stacks] == [NOTHING] * 6


def test_a_role_without_the_capability_is_refused(stack: TemplateStack) -> None:
    import json

    def create(body: Template, *capabilities: str) -> None:
        stack.cloudformation.create_stack(
            StackName=stack.name, TemplateBody=json.dumps(body), Capabilities=list(capabilities)
        )

    named = template(
        Policy=resource("AWS::IAM::ManagedPolicy", {"ManagedPolicyName": "x", "PolicyDocument": allow("*")})
    )
    code = "InsufficientCapabilitiesException"
    assert refused(lambda: create(template(Role=role()))) == (code, "Requires capabilities : [CAPABILITY_IAM]")
    assert refused(lambda: create(named, "CAPABILITY_IAM")) == (code, "Requires capabilities : [CAPABILITY_NAMED_IAM]")
