"""The whole deploy while AWS cannot be looked at, and while the AWS CLI loses sight of what it began."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.deployment.conftest import Checkout

pytestmark = pytest.mark.xdist_group("local-deploy")

LOSES_SIGHT = """#!/bin/sh
# Begins the deploy, then loses the network.
case "$1 $2" in
    "cloudformation deploy") ;;
    *) exec "{aws}" "$@" ;;
esac
"{aws}" "$@" --no-execute-changeset || exit
stack=$(printf '%s\\n' "$@" | sed -n '/^--stack-name$/{{n;p;}}')
set -- --region us-east-1 --stack-name "$stack"
name=$("{aws}" cloudformation list-change-sets "$@" --query 'Summaries[0].ChangeSetName' --output text)
if [ "$name" = None ]; then exit 0; fi
"{aws}" cloudformation execute-change-set "$@" --change-set-name "$name"
{after}
printf '\\nCould not connect to the endpoint URL\\n' >&2
exit 255
"""
DELAYED = {"service": "ec2", "delay": 2, "code": "", "status": 200}
NO_EVENTS = {"service": "cloudformation", "operation": "DescribeStackEvents", "times": 0}


EXPIRE = """"{python}" - <<'END'
import json, urllib.request
rule = dict(service="cloudformation", operation="*", code="ExpiredToken", message="expired", status=403, times=0)
opener = urllib.request.build_opener(urllib.request.ProxyHandler(dict()))
opener.open("{endpoint}/_local/faults", json.dumps([rule]).encode())
END"""


def careless_path(checkout: Checkout, root: Path, directory: Path, *, after: str = "") -> str:
    """A PATH whose `aws` loses sight of every stack that it begins."""
    path = directory / "aws"
    path.write_text(LOSES_SIGHT.format(aws=root / ".venv" / "bin" / "aws", after=after))
    path.chmod(0o755)
    return f"{directory}:{checkout.environment['PATH']}"


@pytest.fixture
def careless(local_checkout: Checkout, first_deploy: object, root: Path, tmp_path: Path) -> str:
    return careless_path(local_checkout, root, tmp_path)


def test_a_stack_that_the_cli_loses_sight_of_is_waited_for(local_checkout: Checkout, careless: str) -> None:
    local_checkout.faults({**DELAYED, "operation": "CreateVpc"}, {**DELAYED, "operation": "RunInstances"})
    try:
        done = local_checkout.deploy("--local", "lost", "watch-bucket", "us-east-1", PATH=careless)
    finally:
        local_checkout.faults()

    lost = "the AWS CLI lost sight of it (Could not connect to the endpoint URL), and it ended well\n"
    assert done.returncode == 0, done.stderr
    assert f"environment lost: {lost}" in done.stderr
    assert f"workstation ada: {lost}" in done.stderr
    assert "environment lost: Vpc made (" in done.stderr
    assert done.stdout.startswith("environment lost: created\n")


def test_a_stack_that_fails_out_of_sight_tells_its_cause(local_checkout: Checkout, careless: str) -> None:
    fault = {"service": "ec2", "operation": "AllocateAddress", "code": "AddressLimitExceeded", "message": "Too many"}
    local_checkout.faults({**DELAYED, "operation": "CreateVpc"}, fault)
    try:
        done = local_checkout.deploy("--local", "blind", "watch-bucket", "us-east-1", PATH=careless)
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
    local_checkout: Checkout, first_deploy: object, root: Path, tmp_path: Path
) -> None:
    expire = EXPIRE.format(python=root / ".venv" / "bin" / "python", endpoint=local_checkout.endpoint)
    words = ("--local", "signed", "watch-bucket", "us-east-1")
    try:
        path = careless_path(local_checkout, root, tmp_path, after=expire)
        done = local_checkout.deploy(*words, PATH=path)
    finally:
        local_checkout.faults()
    again = local_checkout.deploy(*words)

    assert done.returncode == 1
    assert "the credentials have expired" in done.stderr
    assert done.stderr.endswith(
        "deploy.sh: environment signed: what has begun goes on at AWS; sign in again, then run the same command: "
        "it waits for the stack and carries on\n"
    )
    assert "Traceback" not in done.stderr
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith("environment signed: unchanged\n")
    assert "workstation ada: created\n" in again.stdout
