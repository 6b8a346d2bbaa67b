"""`deploy.sh --drift` tells what somebody changed past the stacks, also what CloudFormation does not see."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from cloud.errors import CloudError
from deployment import drift
from deployment.arguments import Arguments
from deployment.entry import Entry
from deployment.processes import Processes
from deployment.talk import Talk
from tests.deployment.conftest import Checkout
from tests.deployment.stack_events import moment
from tests.deployment.strict_cloud import Answer, StrictCloud

pytestmark = pytest.mark.xdist_group("local-deploy")

NAME = "drifting"
STRANGER = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


@pytest.fixture(scope="module")
def drifting(local_checkout: Checkout, first_deploy: object) -> Checkout:
    done = local_checkout.deploy("--local", NAME, "demo-bucket", "us-east-1")
    assert done.returncode == 0, done.stderr
    return local_checkout


def look(checkout: Checkout, *options: str) -> subprocess.CompletedProcess[str]:
    return checkout.deploy("--local", "--drift", NAME, "us-east-1", *options)


def output(checkout: Checkout, stack: str, key: str) -> str:
    answer = checkout.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    return next(one["OutputValue"] for one in answer if one["OutputKey"] == key)


def test_what_nobody_touched_has_no_drift(drifting: Checkout) -> None:
    done = look(drifting)

    assert done.returncode == 0, done.stderr
    assert [line.partition(",")[0] for line in done.stdout.splitlines()] == [
        f"environment {NAME}: no drift",
        "workstation ada: no drift",
    ]


def test_a_rule_and_a_type_that_somebody_changed_are_shown_with_both_values(drifting: Checkout) -> None:
    ec2, group = drifting.client("ec2"), output(drifting, NAME, "WorkstationSecurityGroupId")
    instance = output(drifting, f"{NAME}-ada", "InstanceId")
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[STRANGER])
    ec2.stop_instances(InstanceIds=[instance])
    ec2.modify_instance_attribute(InstanceId=instance, InstanceType={"Value": "m7i.2xlarge"})
    try:
        done, as_json = look(drifting), json.loads(look(drifting, "--json").stdout)
    finally:
        ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[STRANGER])
        ec2.modify_instance_attribute(InstanceId=instance, InstanceType={"Value": "m7i.xlarge"})
        ec2.start_instances(InstanceIds=[instance])

    assert done.returncode == 1
    assert f"  Instance (AWS::EC2::Instance) {instance}: modified\n" in done.stdout
    assert "    /InstanceType: expected m7i.xlarge, actual m7i.2xlarge\n" in done.stdout
    drifted = {stack["name"]: [one["logical_id"] for one in stack["drifted"]] for stack in as_json["stacks"]}
    assert drifted[f"{NAME}-ada"] == ["Instance"]
    assert as_json["drifted"]


def test_a_rule_of_the_default_group_is_drift_too(drifting: Checkout) -> None:
    ec2, vpc = drifting.client("ec2"), output(drifting, NAME, "VpcId")
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    group = ec2.describe_security_groups(Filters=filters)["SecurityGroups"][0]["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[STRANGER])
    try:
        done = look(drifting)
    finally:
        ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[STRANGER])

    assert done.returncode == 1
    assert f"  the VPC's default security group (AWS::EC2::SecurityGroup) {group}: modified\n" in done.stdout
    assert "    ingress: expected nothing, actual {" in done.stdout


class Awake(Processes):
    """Does not wait."""

    def sleep(self, seconds: float) -> None:
        pass


def scripted(**answers: Any) -> Entry:
    """A workstation's stack; each operation answers what is given, in turn where that is a list."""
    stack = {"StackName": "demo-ada", "StackStatus": "CREATE_COMPLETE", "CreationTime": moment(0)}
    stack["Parameters"] = [{"ParameterKey": "EnvironmentName", "ParameterValue": "demo"}]
    known: dict[str, Any] = {
        "DescribeStacks": {"Stacks": [stack]},
        "DetectStackDrift": {"StackDriftDetectionId": "1"},
        "DescribeStackDriftDetectionStatus": ended("DETECTION_COMPLETE"),
        "DescribeStackResourceDrifts": {"StackResourceDrifts": []},
        "ListStackResources": {"StackResourceSummaries": []},
        **answers,
    }

    def script(operation: str, _: dict[str, Any]) -> Answer:
        answer = known[operation]
        return answer.pop(0) if isinstance(answer, list) else answer

    return Entry(StrictCloud(script), "123456789012", Awake(), Talk())


def ended(status: str, **more: str) -> dict[str, Any]:
    return {
        "StackId": "demo-ada",
        "StackDriftDetectionId": "1",
        "DetectionStatus": status,
        "Timestamp": moment(9),
        **more,
    }


def drifted(name: str) -> dict[str, Any]:
    return {
        "StackId": "demo-ada",
        "LogicalResourceId": name,
        "ResourceType": "AWS::EC2::Volume",
        "StackResourceDriftStatus": "DELETED",
        "Timestamp": moment(9),
    }


ASKED = Arguments(verb="drift", stack="demo-ada", region="us-east-1", json=True)


def test_a_detection_is_waited_for_and_every_page_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    pages = [
        {"StackResourceDrifts": [drifted("HomeVolume")], "NextToken": "more"},
        {"StackResourceDrifts": [drifted("OtherVolume")]},
    ]
    states = [ended("DETECTION_IN_PROGRESS"), ended("DETECTION_IN_PROGRESS"), ended("DETECTION_COMPLETE")]
    given = scripted(DescribeStackDriftDetectionStatus=states, DescribeStackResourceDrifts=pages)

    assert drift.run(given, ASKED) == 1
    (stack,) = json.loads(capsys.readouterr().out)["stacks"]
    assert [one["logical_id"] for one in stack["drifted"]] == ["HomeVolume", "OtherVolume"]
    assert states == []


def test_a_detection_that_failed_is_no_good_news(capsys: pytest.CaptureFixture[str]) -> None:
    failed = ended("DETECTION_FAILED", DetectionStatusReason="Failed to detect drift on resource [HomeVolume]")

    assert drift.run(scripted(DescribeStackDriftDetectionStatus=failed), ASKED) == 1
    (stack,) = json.loads(capsys.readouterr().out)["stacks"]
    assert stack["trouble"] == "Failed to detect drift on resource [HomeVolume]"


def test_who_may_not_look_is_told_so() -> None:
    error = CloudError("AWS denied the call", "ask for it", code="AccessDenied")

    with pytest.raises(CloudError, match="AWS denied the call"):
        drift.run(scripted(DetectStackDrift=error), ASKED)
