"""A removal shows what goes and what stays, asks, removes machines before their network, and loses no disk."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.deployment.conftest import Checkout

pytestmark = pytest.mark.xdist_group("local-deploy")


@pytest.fixture(scope="module")
def kept(local_checkout: Checkout, first_deploy: object) -> str:
    """The state with an environment of that name, which has one workstation."""
    done = local_checkout.deploy("--local", "gone", "demo-bucket", "us-east-1")
    assert done.returncode == 0, done.stderr
    local_checkout.keep("gone")
    return "gone"


@pytest.fixture
def name(local_checkout: Checkout, kept: str) -> str:
    """An environment with one workstation, put back for each test."""
    local_checkout.put_back(kept)
    return kept


def remove(checkout: Checkout, name: str, *options: str) -> subprocess.CompletedProcess[str]:
    return checkout.deploy("--local", "--remove", name, "us-east-1", *options)


def stacks(checkout: Checkout, name: str) -> dict[str, str]:
    """Name to status of the environment's stacks."""
    found = checkout.client("cloudformation").describe_stacks()["Stacks"]
    return {one["StackName"]: one["StackStatus"] for one in found if one["StackName"] in (name, f"{name}-ada")}


def output(checkout: Checkout, stack: str, key: str) -> str:
    answer = checkout.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    return next(one["OutputValue"] for one in answer if one["OutputKey"] == key)


def snapshots(checkout: Checkout, volume: str) -> list[str]:
    filters = [{"Name": "volume-id", "Values": [volume]}]
    found = checkout.client("ec2").describe_snapshots(OwnerIds=["self"], Filters=filters)["Snapshots"]
    return [one["SnapshotId"] for one in found]


def test_machines_go_first_then_the_network_and_the_disk_becomes_a_snapshot(
    local_checkout: Checkout, name: str
) -> None:
    volume = output(local_checkout, f"{name}-ada", "HomeVolumeId")

    done = remove(local_checkout, name)

    (snapshot,) = snapshots(local_checkout, volume)
    said = done.stderr
    assert done.returncode == 0, said
    assert stacks(local_checkout, name) == {}
    assert said.index("workstation ada: removed (") < said.index(f"environment {name}: removed (")
    assert "snapshots: 1 of 1 complete (" in said
    assert done.stdout.splitlines()[:4] == [
        "workstation ada: removed",
        f"environment {name}: removed",
        "what stays:",
        f"  HomeVolume (AWS::EC2::Volume): a snapshot of {volume}, at most $5.00 a month ({snapshot})",
    ]
    assert re.search(rf"^  FlowLogGroup \(AWS::Logs::LogGroup\): {name}-\S+, paid by what is in it$", done.stdout, re.M)


def test_a_second_removal_says_that_there_is_nothing(local_checkout: Checkout, first_deploy: object) -> None:
    done = remove(local_checkout, "never-there")
    as_json = remove(local_checkout, "never-there", "--json")

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.endswith("nothing to remove: there is no stack never-there in us-east-1\n")
    assert json.loads(as_json.stdout) == {"name": "never-there", "plan": [], "stacks": [], "left": []}


def test_a_dry_run_prints_the_plan_and_removes_nothing(local_checkout: Checkout, name: str) -> None:
    before = stacks(local_checkout, name)
    instance = output(local_checkout, f"{name}-ada", "InstanceId")

    done = remove(local_checkout, name, "--dry-run")
    plan = json.loads(remove(local_checkout, name, "--dry-run", "--json").stdout)

    assert done.returncode == 0, done.stderr
    assert f"  workstation ada (stack {name}-ada, CREATE_COMPLETE): remove 4 resources\n" in done.stderr
    assert "    its termination protection is switched off first\n" in done.stderr
    assert f"    Instance {instance}: it runs now; what is on its root volume is lost\n" in done.stderr
    assert [one["name"] for one in plan["plan"]] == [f"{name}-ada", name]
    assert plan["left_monthly_usd"] == "5.00"
    assert stacks(local_checkout, name) == before


def test_one_workstation_is_removed_without_its_environment(local_checkout: Checkout, name: str) -> None:
    done = remove(local_checkout, f"{name}-ada")

    assert done.returncode == 0, done.stderr
    assert stacks(local_checkout, name) == {name: "CREATE_COMPLETE"}


def test_a_stack_of_somebody_else_is_left_alone(local_checkout: Checkout, first_deploy: object) -> None:
    body = json.dumps({"Resources": {"Logs": {"Type": "AWS::Logs::LogGroup"}}})
    local_checkout.client("cloudformation").create_stack(StackName="theirs", TemplateBody=body)

    done = remove(local_checkout, "theirs")

    assert done.returncode == 1
    assert "stack theirs: it bears no tag Environment, want one that deploy.sh made" in done.stderr
    assert local_checkout.client("cloudformation").describe_stacks(StackName="theirs")["Stacks"]


def test_what_of_others_would_block_is_listed_and_nothing_is_removed(local_checkout: Checkout, name: str) -> None:
    ec2, iam = local_checkout.client("ec2"), local_checkout.client("iam")
    vpc, subnet = output(local_checkout, name, "VpcId"), output(local_checkout, name, "PrivateSubnetIdA")
    ours = output(local_checkout, name, "WorkstationSecurityGroupId")
    policy = output(local_checkout, name, "DataScientistUserPolicyArn")
    interface = ec2.create_network_interface(SubnetId=subnet, Description="AWS Lambda VPC ENI-report")
    interface = interface["NetworkInterface"]["NetworkInterfaceId"]
    group = ec2.create_security_group(GroupName="others", Description="others", VpcId=vpc)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "UserIdGroupPairs": [{"GroupId": ours}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    iam.create_user(UserName=f"user-of-{name}")
    iam.attach_user_policy(UserName=f"user-of-{name}", PolicyArn=policy)
    before = stacks(local_checkout, name)

    done = remove(local_checkout, name)

    said = done.stderr
    assert done.returncode == 1
    assert f"VPC {vpc}: network interface {interface} (AWS Lambda VPC ENI-report) is in it" in said
    assert f"VPC {vpc}: security group {group} (others) is in it" in said
    assert f"security group {group} (others): its rules name {ours}" in said
    assert f"policy DataScientistUserPolicy: the user user-of-{name} bears it" in said
    assert said.endswith("deploy.sh: nothing was removed\n")
    assert stacks(local_checkout, name) == before

    ec2.delete_network_interface(NetworkInterfaceId=interface)
    ec2.delete_security_group(GroupId=group)
    iam.detach_user_policy(UserName=f"user-of-{name}", PolicyArn=policy)
    assert remove(local_checkout, name).returncode == 0


def test_what_could_not_be_removed_is_told_and_the_same_command_carries_on(local_checkout: Checkout, name: str) -> None:
    words = "There is a reason"
    local_checkout.faults(
        {"service": "ec2", "operation": "TerminateInstances", "code": "OperationNotPermitted", "message": words}
    )
    try:
        done = remove(local_checkout, name)
    finally:
        local_checkout.faults()
    stuck = stacks(local_checkout, name)
    again = remove(local_checkout, name)

    assert done.returncode == 1
    assert re.search(rf"^workstation ada: failed: Instance \(AWS::EC2::Instance\): .*{words}", done.stderr, re.M)
    assert f"environment {name}: not tried, since workstation ada is still in it\n" in done.stderr
    assert stuck == {name: "CREATE_COMPLETE", f"{name}-ada": "DELETE_FAILED"}
    assert "    an earlier removal failed: Instance (AWS::EC2::Instance): " in again.stderr
    assert again.returncode == 0, again.stderr
    assert stacks(local_checkout, name) == {}


def test_what_stands_in_the_way_can_be_left_where_it_is(local_checkout: Checkout, name: str) -> None:
    fault = {"service": "ec2", "operation": "TerminateInstances", "code": "OperationNotPermitted", "times": 0}
    local_checkout.faults(fault)
    try:
        remove(local_checkout, name)
        wrong = remove(local_checkout, name, "--retain", "Vpc")
        done = remove(local_checkout, f"{name}-ada", "--retain", "Instance")
    finally:
        local_checkout.faults()

    assert wrong.returncode == 1
    assert re.search(rf"option: --retain got Vpc, want one of {name}-ada/", wrong.stderr)
    assert done.returncode == 0, done.stderr
    assert "    Instance is left where it is, since --retain names it\n" in done.stderr
    assert stacks(local_checkout, name) == {name: "CREATE_COMPLETE"}


def test_a_creation_that_could_not_be_undone_is_removed_by_the_command_that_the_deploy_names(
    local_checkout: Checkout, first_deploy: object
) -> None:
    name = "undone"
    refused = {"service": "ec2", "code": "OperationNotPermitted", "message": "There is a reason"}
    local_checkout.faults(*({**refused, "operation": one} for one in ("AllocateAddress", "DeleteVpc")))
    try:
        local_checkout.deploy("--local", name, "demo-bucket", "us-east-1")
    finally:
        local_checkout.faults()
    stuck = stacks(local_checkout, name)

    told = local_checkout.deploy("--local", name, "demo-bucket", "us-east-1")
    done = remove(local_checkout, name)

    assert stuck == {name: "ROLLBACK_FAILED"}
    assert f"mend the cause, then remove the rest: ./deploy.sh --remove {name} us-east-1\n" in told.stderr
    assert done.returncode == 0, done.stderr
    assert stacks(local_checkout, name) == {}


def test_nobody_to_ask_is_a_refusal(local_checkout: Checkout, name: str) -> None:
    before = stacks(local_checkout, name)

    done = local_checkout.deploy("--remove", name, "us-east-1", **local_checkout.account)

    assert done.returncode == 3, done.stderr
    assert "nobody to ask: --dry-run shows what would happen, --yes does it without a question" in done.stderr
    assert stacks(local_checkout, name) == before


def test_where_a_disk_is_at_stake_only_the_name_is_a_yes(local_checkout: Checkout, name: str) -> None:
    before = stacks(local_checkout, name)

    refused = typed(local_checkout, name, "yes\n")
    after_yes = stacks(local_checkout, name)
    agreed = typed(local_checkout, name, f"{name}\n")

    assert (refused, after_yes) == (3, before)
    assert agreed == 0
    assert stacks(local_checkout, name) == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_removal_is_carried_on(local_checkout: Checkout, name: str, number: signal.Signals) -> None:
    volume = output(local_checkout, f"{name}-ada", "HomeVolumeId")
    process = subprocess.Popen(
        [local_checkout.root / "deploy.sh", "--local", "--remove", name, "us-east-1"],
        cwd=local_checkout.root,
        env=local_checkout.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    for line in process.stderr:
        if line.startswith("workstation ada …"):
            break
    process.send_signal(number)
    process.stderr.read()
    process.wait(60)

    done = remove(local_checkout, name)

    assert done.returncode == 0, done.stderr
    assert stacks(local_checkout, name) == {}
    assert len(snapshots(local_checkout, volume)) == 1


def typed(checkout: Checkout, name: str, answer: str) -> int:
    """The exit status of a removal on a terminal where somebody types `answer`."""
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [checkout.root / "deploy.sh", "--remove", name, "us-east-1"],
        cwd=checkout.root,
        env=checkout.environment | checkout.account | {"TERM": "dumb"},
        stdin=terminal,
        stdout=subprocess.DEVNULL,
        stderr=terminal,
    )
    os.close(terminal)
    seen = "".join(_until(controller, f"Type {name} to remove it: "))
    assert "A disk is among it." in seen
    os.write(controller, answer.encode())
    for _ in _until(controller, "\0"):
        pass
    os.close(controller)
    return process.wait(60)


def _until(controller: int, words: str) -> Iterator[str]:
    seen = ""
    end = time.monotonic() + 120
    while words not in seen and time.monotonic() < end:
        try:
            text = os.read(controller, 4096).decode()
        except OSError:  # the other side has ended
            return
        seen += text
        yield text
