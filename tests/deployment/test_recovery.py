"""A stack whose creation failed is made again by the same command, and nothing is removed that holds something."""

from __future__ import annotations

import itertools
import json
import os
import pty
import subprocess

import pytest
from botocore.exceptions import WaiterError

from tests.deployment.conftest import Checkout

pytestmark = pytest.mark.xdist_group("local-deploy")

NUMBERS = itertools.count()

FAULTS = {
    "environment": ("CreateVpc", "VpcLimitExceeded", "The maximum number of VPCs has been reached"),
    "workstation": ("RunInstances", "InsufficientInstanceCapacity", "There is no Spot or On-Demand capacity"),
}
OPTIONS = {"environment": ("--config", "config/minimal.toml"), "workstation": ()}
"""The minimal config has no flow log, whose log group a failed creation may leave."""
CAUSES = {
    "environment": "Vpc (AWS::EC2::VPC): ",
    "workstation": "Instance (AWS::EC2::Instance): ",
}
KEEPS = {
    "Resources": {
        "Kept": {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"},
        "Failing": {"Type": "AWS::EC2::EIP", "DependsOn": "Kept"},
    }
}
"""A creation of this fails with an address, and leaves its log group."""


def deploy(checkout: Checkout, name: str, *options: str) -> subprocess.CompletedProcess[str]:
    return checkout.deploy("--local", name, "demo-bucket", "us-east-1", *options)


def stacks(checkout: Checkout, name: str) -> dict[str, tuple[str, str]]:
    """Name to id and status of the environment's stacks."""
    found = checkout.client("cloudformation").describe_stacks()["Stacks"]
    ours = (name, f"{name}-ada")
    return {one["StackName"]: (one["StackId"], one["StackStatus"]) for one in found if one["StackName"] in ours}


def fail(checkout: Checkout, what: str) -> tuple[str, str]:
    """A deploy in which the creation of one stack fails: the environment's name, and that of the stack."""
    operation, code, words = FAULTS[what]
    name = f"again{next(NUMBERS)}"
    checkout.faults({"service": "ec2", "operation": operation, "code": code, "message": words})
    try:
        done = deploy(checkout, name, *OPTIONS[what])
    finally:
        checkout.faults()
    stack = name if what == "environment" else f"{name}-ada"
    assert done.returncode == 1
    assert stacks(checkout, name)[stack][1] == "ROLLBACK_COMPLETE", done.stderr
    return name, stack


@pytest.fixture(scope="module")
def failed(local_checkout: Checkout, first_deploy: object) -> tuple[str, str]:
    """A workstation whose creation failed, for tests that leave it as it is."""
    return fail(local_checkout, "workstation")


@pytest.mark.parametrize("what", FAULTS)
def test_the_second_run_removes_and_makes_again_what_failed(
    local_checkout: Checkout, first_deploy: object, what: str
) -> None:
    name, stack = fail(local_checkout, what)
    label = f"environment {name}" if what == "environment" else "workstation ada"
    before = stacks(local_checkout, name)[stack]

    done = deploy(local_checkout, name, *OPTIONS[what])
    third = deploy(local_checkout, name, *OPTIONS[what])

    said = done.stderr
    after = stacks(local_checkout, name)
    plan = f"  {label} (stack {stack}): remove the failed creation, and create again\n    it failed before: "
    assert done.returncode == 0, said
    assert f"{plan}{CAUSES[what]}" in said
    assert said.index(plan) < said.index(f"{label} (failed before): removed, it held nothing (")
    assert f"{label}: created\n" in done.stdout
    assert {entry: status for entry, (_, status) in after.items()} == {
        name: "CREATE_COMPLETE",
        f"{name}-ada": "CREATE_COMPLETE",
    }
    assert after[stack][0] != before[0]
    assert third.stderr.splitlines()[-2:] == ["nothing changed", "local: nothing was created on AWS"]


def test_a_dry_run_says_so_and_changes_nothing(local_checkout: Checkout, failed: tuple[str, str]) -> None:
    name, stack = failed
    before = stacks(local_checkout, name)

    done = deploy(local_checkout, name, "--dry-run", "--json")

    plan = {entry["name"]: entry for entry in json.loads(done.stdout)["plan"]}
    assert done.returncode == 0, done.stderr
    assert plan[stack]["do"] == "recreate"
    assert plan[stack]["because"].startswith(CAUSES["workstation"])
    assert stacks(local_checkout, name) == before


def test_nothing_is_removed_when_the_answer_is_no(local_checkout: Checkout, failed: tuple[str, str]) -> None:
    """Without --local a question is due, though nothing that exists changes; the endpoint is still the local AWS."""
    name, _ = failed
    before = stacks(local_checkout, name)
    ours, theirs = pty.openpty()
    words = [local_checkout.root / "deploy.sh", name, "demo-bucket", "us-east-1"]
    environment = local_checkout.environment | local_checkout.account | {"TERM": "dumb"}
    process = subprocess.Popen(words, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    said = b""
    while b"[y/N]" not in said:
        said += os.read(ours, 65536)
    os.write(ours, b"n\n")
    status = process.wait(60)
    os.close(ours)

    assert status == 3
    assert b"remove the failed creation, and create again" in said
    assert stacks(local_checkout, name) == before


def test_a_failed_creation_that_somebody_protected_is_left_alone(
    local_checkout: Checkout, failed: tuple[str, str]
) -> None:
    name, stack = failed
    protect = local_checkout.client("cloudformation").update_termination_protection
    protect(StackName=stack, EnableTerminationProtection=True)
    before = stacks(local_checkout, name)

    done = deploy(local_checkout, name)
    protect(StackName=stack, EnableTerminationProtection=False)

    assert done.returncode == 1
    assert f"error P006: stack {stack}: is ROLLBACK_COMPLETE and protected" in done.stderr
    assert stacks(local_checkout, name) == before


def test_a_failed_creation_that_keeps_something_is_listed_and_left_alone(deployed: Checkout) -> None:
    cloudformation = deployed.client("cloudformation")
    deployed.faults({"service": "ec2", "operation": "AllocateAddress", "code": "AddressLimitExceeded"})
    try:
        cloudformation.create_stack(StackName="keeps", TemplateBody=json.dumps(KEEPS))
        with pytest.raises(WaiterError):
            cloudformation.get_waiter("stack_create_complete").wait(StackName="keeps", WaiterConfig={"Delay": 1})
    finally:
        deployed.faults()
    before = stacks(deployed, "keeps")

    done = deploy(deployed, "keeps")

    (kept,) = [
        one["PhysicalResourceId"]
        for one in cloudformation.list_stack_resources(StackName="keeps")["StackResourceSummaries"]
        if one["LogicalResourceId"] == "Kept"
    ]
    assert before["keeps"][1] == "ROLLBACK_COMPLETE"
    assert done.returncode == 1
    assert f"stack keeps: is ROLLBACK_COMPLETE and still holds Kept (AWS::Logs::LogGroup) {kept}, want" in done.stderr
    assert stacks(deployed, "keeps") == before
