"""A deploy that was killed is carried on by the same command: it attaches to the stack that goes on."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from deployment.existing import Stack
from deployment.resume import templates, under_way
from deployment.stacks import read
from tests.deployment.conftest import Checkout

SLOW = {"service": "ec2", "operation": "CreateVpc", "delay": 6, "code": "", "status": 200}


def stack(name: str, status: str) -> Stack:
    return Stack(name, status, {}, {}, protected=False, changed="")


def test_only_stacks_of_this_environment_that_are_under_way_are_waited_for(root: Path) -> None:
    stacks = read(root / "templates")
    deployed = {
        "demo": stack("demo", "UPDATE_IN_PROGRESS"),
        "demo-ada": stack("demo-ada", "CREATE_COMPLETE"),
        "other": stack("other", "CREATE_IN_PROGRESS"),
    }

    assert list(templates("demo", stacks)) == ["demo", "demo-ada"]
    assert under_way("demo", stacks, deployed) == ("demo",)
    assert under_way("demo", stacks, {**deployed, "demo": stack("demo", "REVIEW_IN_PROGRESS")}) == ()
    assert under_way("new", stacks, deployed) == ()


@pytest.mark.xdist_group("local-deploy")
def test_a_killed_deploy_is_attached_to_and_carried_on(
    local_checkout: Checkout, first_deploy: object, tmp_path: Path
) -> None:
    words = ("--local", "killed", "watch-bucket", "us-east-1")
    local_checkout.faults(SLOW)
    try:
        process = subprocess.Popen(
            [local_checkout.root / "deploy.sh", *words],
            env=local_checkout.environment | {"TMPDIR": str(tmp_path)},  # what a killed process leaves there, it leaves
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in process.stderr or ():
            if line == "environment killed …\n":
                break
        client = local_checkout.client("cloudformation")
        while status_of(client, "killed") != "CREATE_IN_PROGRESS":
            assert process.poll() is None, "it ended before it was killed"
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        again = local_checkout.deploy(*words)
    finally:
        local_checkout.faults()

    assert again.returncode == 0, again.stderr
    said = again.stderr
    assert "environment killed: an earlier run left it CREATE_IN_PROGRESS; waiting for it\n" in said
    assert "environment killed: Vpc made (" in said
    assert re.search(r"^environment killed \(begun earlier\): CREATE_COMPLETE \(", said, re.M)
    assert "environment killed: no change\n" in said
    assert status_of(client, "killed-ada") == "CREATE_COMPLETE"


def status_of(client: object, name: str) -> str:
    found = [entry for entry in client.describe_stacks()["Stacks"] if entry["StackName"] == name]
    return found[0]["StackStatus"] if found else ""
