"""The whole deploy while AWS cannot be looked at, and while what AWS has begun is not answered."""

from __future__ import annotations

import subprocess

import pytest

from tests.deployment.conftest import Checkout

pytestmark = pytest.mark.xdist_group("local-deploy")

LOST = {"service": "cloudformation", "operation": "ExecuteChangeSet", "after": True, "drop": True}
"""AWS begins the stack, and its answer does not arrive; whoever asks again is told that the change set is gone."""
DELAYED = {"service": "ec2", "delay": 2, "code": "", "status": 200}
NO_EVENTS = {"service": "cloudformation", "operation": "DescribeStackEvents", "times": 0}
EXPIRED = {"service": "cloudformation", "code": "ExpiredToken", "message": "expired", "status": 403, "times": 0}


def test_a_stack_whose_beginning_was_not_answered_is_waited_for(local_checkout: Checkout, first_deploy: object) -> None:
    local_checkout.faults(LOST, {**DELAYED, "operation": "CreateVpc"})
    try:
        done = local_checkout.deploy("--local", "lost", "watch-bucket", "us-east-1")
    finally:
        local_checkout.faults()

    assert done.returncode == 0, done.stderr
    assert "environment lost: Vpc made (" in done.stderr
    assert done.stdout.startswith("environment lost: created\n")


def test_a_stack_that_fails_out_of_sight_tells_its_cause(local_checkout: Checkout, first_deploy: object) -> None:
    fault = {"service": "ec2", "operation": "AllocateAddress", "code": "AddressLimitExceeded", "message": "Too many"}
    local_checkout.faults(LOST, {**DELAYED, "operation": "CreateVpc"}, fault)
    try:
        done = local_checkout.deploy("--local", "blind", "watch-bucket", "us-east-1")
    finally:
        local_checkout.faults()

    assert done.returncode == 1
    assert "  that is: the account has no Elastic IP address left in this region" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_the_right_to_look_at_events_a_deploy_goes_on(local_checkout: Checkout, first_deploy: object) -> None:
    local_checkout.faults({**NO_EVENTS, "code": "AccessDenied", "message": "no", "status": 403})
    try:
        done = local_checkout.deploy("--local", "unseen", "watch-bucket", "us-east-1")
    finally:
        local_checkout.faults()

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("environment unseen: created\n")


def test_a_failure_that_cannot_be_looked_at_says_so(local_checkout: Checkout, first_deploy: object) -> None:
    local_checkout.faults(
        {**NO_EVENTS, "code": "AccessDenied", "message": "no", "status": 403},
        {"service": "ec2", "operation": "AllocateAddress", "code": "AddressLimitExceeded", "message": "Too many"},
    )
    try:
        done = local_checkout.deploy("--local", "dark", "watch-bucket", "us-east-1")
    finally:
        local_checkout.faults()

    assert done.returncode == 1
    assert "environment dark: why it failed cannot be read: cloudformation DescribeStackEvents: " in done.stderr
    assert "environment dark: failed: " in done.stderr
    assert "Traceback" not in done.stderr


def test_throttled_events_are_waited_out(local_checkout: Checkout, first_deploy: object) -> None:
    local_checkout.faults({**NO_EVENTS, "code": "Throttling", "message": "Rate exceeded", "times": 3})
    try:
        done = local_checkout.deploy("--local", "busy", "watch-bucket", "us-east-1")
    finally:
        local_checkout.faults()

    assert done.returncode == 0, done.stderr
    assert "environment busy: NatGatewayA made (" in done.stderr


def test_credentials_that_expire_in_the_midst_say_how_to_resume_and_the_same_command_does(
    local_checkout: Checkout, first_deploy: object
) -> None:
    words = ("--local", "signed", "watch-bucket", "us-east-1")
    local_checkout.faults({**DELAYED, "operation": "AllocateAddress", "delay": 3})
    try:
        process = subprocess.Popen(
            [local_checkout.root / "deploy.sh", *words],
            env=local_checkout.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        said = ""
        for line in process.stderr or ():
            said += line
            if line.startswith("environment signed: Vpc made"):
                local_checkout.faults(EXPIRED)
        status = process.wait()
    finally:
        local_checkout.faults()
    again = local_checkout.deploy(*words)

    assert status == 1
    assert "the credentials have expired" in said
    assert "change set" not in said
    assert said.endswith(
        "deploy.sh: environment signed: what has begun goes on at AWS; sign in again, then run the same command: "
        "it waits for the stack and carries on\n"
    )
    assert "Traceback" not in said
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith("environment signed: unchanged\n")
    assert "workstation ada: created\n" in again.stdout
