"""An update that could not be undone is undone once its cause is mended, or with the resource left as it is."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.deployment.conftest import Checkout

pytestmark = pytest.mark.xdist_group("local-deploy")

FAULT = {
    "service": "ec2",
    "operation": "ModifyInstanceAttribute",
    "code": "OperationNotPermitted",
    "times": 0,
    "message": "There is a reason",
}


@pytest.fixture(scope="module")
def kept(local_checkout: Checkout, first_deploy: object) -> str:
    """The state with a workstation whose update could not be undone; the name of its stack."""
    words = ("--local", "stuck", "demo-bucket", "us-east-1")
    made = local_checkout.deploy(*words)
    assert made.returncode == 0, made.stderr
    local_checkout.faults(FAULT)
    try:
        local_checkout.deploy(*words, "--parameter", "ada.InstanceType=m7i.large")
    finally:
        local_checkout.faults()
    assert status(local_checkout, "stuck-ada") == "UPDATE_ROLLBACK_FAILED"
    local_checkout.keep("stuck-ada")
    return "stuck-ada"


@pytest.fixture
def stuck(local_checkout: Checkout, kept: str) -> str:
    """The stack of a workstation whose update could not be undone, put back for each test."""
    local_checkout.put_back(kept)
    return kept


def status(checkout: Checkout, stack: str) -> str:
    return checkout.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]


def go_on(checkout: Checkout, stack: str, *options: str) -> subprocess.CompletedProcess[str]:
    return checkout.deploy("--local", "--continue-rollback", stack, "us-east-1", *options)


def test_once_the_cause_is_mended_the_update_is_undone_and_a_deploy_works_again(
    local_checkout: Checkout, stuck: str
) -> None:
    name = stuck.removesuffix("-ada")
    told = local_checkout.deploy("--local", name, "demo-bucket", "us-east-1")
    done = go_on(local_checkout, stuck)
    again = go_on(local_checkout, stuck)
    deployed = local_checkout.deploy("--local", name, "demo-bucket", "us-east-1")

    assert f"let AWS go on undoing: ./deploy.sh --continue-rollback {stuck} us-east-1\n" in told.stderr
    assert done.returncode == 0, done.stderr
    assert "  first cause: Instance (AWS::EC2::Instance): " in done.stderr
    assert "  Instance: is tried again\n" in done.stderr
    assert again.stderr.endswith("workstation ada: it is UPDATE_ROLLBACK_COMPLETE, and nothing is left to undo\n")
    assert (again.returncode, deployed.returncode) == (0, 0)


def test_a_dry_run_undoes_nothing(local_checkout: Checkout, stuck: str) -> None:
    done = go_on(local_checkout, stuck, "--dry-run", "--skip", "Instance", "--json")

    assert done.returncode == 0, done.stderr
    assert "  Instance: is left as it is; CloudFormation then takes it for undone\n" in done.stderr
    assert json.loads(done.stdout) == {
        "stack": stuck,
        "status": "UPDATE_ROLLBACK_FAILED",
        "skipped": ["Instance"],
        "dry_run": True,
    }
    assert status(local_checkout, stuck) == "UPDATE_ROLLBACK_FAILED"


def test_what_cannot_be_put_back_can_be_left_as_it_is(local_checkout: Checkout, stuck: str) -> None:
    local_checkout.faults(FAULT)
    try:
        failed = go_on(local_checkout, stuck)
        wrong = go_on(local_checkout, stuck, "--skip", "HomeVolume")
        done = go_on(local_checkout, stuck, "--skip", "Instance")
    finally:
        local_checkout.faults()

    assert failed.returncode == 1
    assert "workstation ada: is still UPDATE_ROLLBACK_FAILED: " in failed.stderr
    want = "option: --skip got HomeVolume, want one that could not be put back: Instance; leave it out\n"
    assert (wrong.returncode, want in wrong.stderr) == (1, True)
    assert done.returncode == 0, done.stderr
    assert status(local_checkout, stuck) == "UPDATE_ROLLBACK_COMPLETE"


def test_a_stack_that_does_not_hang_is_left_alone(local_checkout: Checkout, first_deploy: object) -> None:
    well, missing = go_on(local_checkout, "demo"), go_on(local_checkout, "never-there")

    assert well.returncode == 0
    assert "nothing is left to undo" in well.stderr
    assert missing.returncode == 1
    assert "stack never-there: there is none in us-east-1" in missing.stderr
