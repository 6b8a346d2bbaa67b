"""A deploy that would lose a machine or its data is refused, with nothing changed, unless told by name."""

from __future__ import annotations

import os
import pty
import subprocess
from typing import Any

import pytest

from tests.deployment.conftest import Checkout

pytestmark = pytest.mark.xdist_group("local-deploy")

LOCAL = ("--local", "demo", "demo-bucket", "us-east-1")


def state(checkout: Checkout) -> dict[str, Any]:
    """What must not change when a deploy is refused."""
    cloudformation, ec2 = checkout.client("cloudformation"), checkout.client("ec2")
    stacks = [
        stack for stack in cloudformation.describe_stacks()["Stacks"] if stack["StackName"] in ("demo", "demo-ada")
    ]
    return {
        "stacks": {stack["StackName"]: (stack["StackStatus"], stack.get("LastUpdatedTime")) for stack in stacks},
        "machines": sorted(
            (machine["InstanceId"], machine["InstanceType"], machine["ImageId"], machine["State"]["Name"])
            for reservation in ec2.describe_instances()["Reservations"]
            for machine in reservation["Instances"]
        ),
        "change sets": [
            item["ChangeSetName"]
            for name in ("demo", "demo-ada")
            for item in cloudformation.list_change_sets(StackName=name)["Summaries"]
        ],
    }


def running(checkout: Checkout) -> list[tuple[str, ...]]:
    """The machines that run; other tests of the same local AWS have stopped some."""
    return [machine for machine in state(checkout)["machines"] if machine[3] == "running"]


def other_image(checkout: Checkout) -> str:
    """Another image than the deployed one that would fit."""
    ec2 = checkout.client("ec2")
    used = {machine["ImageId"] for item in ec2.describe_instances()["Reservations"] for machine in item["Instances"]}
    fitting = [
        image["ImageId"]
        for image in ec2.describe_images()["Images"]
        if (image.get("RootDeviceName"), image["Architecture"]) == ("/dev/xvda", "x86_64")
    ]
    return next(image for image in sorted(fitting) if image not in used)


def test_a_new_image_is_refused_and_nothing_has_changed(deployed: Checkout) -> None:
    before = state(deployed)

    done = deployed.deploy(*LOCAL, "--parameter", f"ada.ImageId={other_image(deployed)}")

    assert done.returncode == 3
    assert done.stderr.splitlines()[-2:] == [
        "deploy.sh: demo-ada/Instance (AWS::EC2::Instance) would be replaced: what is on its root volume is lost; "
        "to let it happen: --allow-replacement demo-ada/Instance; "
        "for another AMI `workstation upgrade ada` will be the way",
        "deploy.sh: nothing was changed",
    ]
    assert state(deployed) == before


def test_a_new_zone_for_a_machine_is_refused(deployed: Checkout) -> None:
    before = state(deployed)
    subnet = deployed.client("cloudformation").describe_stacks(StackName="demo")["Stacks"][0]["Outputs"]
    other = {item["OutputKey"]: item["OutputValue"] for item in subnet}

    done = deployed.deploy(
        *LOCAL,
        "--parameter",
        f"ada.SubnetId={other['PrivateSubnetIdB']}",
        "--parameter",
        f"ada.AvailabilityZone={other['AvailabilityZoneB']}",
    )

    assert done.returncode == 3, done.stderr
    assert "deploy.sh: demo-ada/Instance (AWS::EC2::Instance) would be replaced" in done.stderr
    assert "deploy.sh: demo-ada/HomeVolume (AWS::EC2::Volume): AWS cannot change AvailabilityZone: " in done.stderr
    assert state(deployed) == before


def test_a_new_type_stops_and_starts_the_machine_and_says_so_first(deployed: Checkout) -> None:
    before = state(deployed)

    done = deployed.deploy(*LOCAL, "--parameter", "ada.InstanceType=m7i.2xlarge")
    back = deployed.deploy(*LOCAL)

    assert (done.returncode, back.returncode) == (0, 0)
    instance = "  modify  stop and start  Instance              EC2 Instance          "
    assert f"{instance}InstanceType: m7i.xlarge -> m7i.2xlarge" in done.stderr.splitlines()
    assert state(deployed)["machines"] == before["machines"]
    assert state(deployed)["change sets"] == []


def test_a_name_in_vain_is_refused_before_anything_changes(deployed: Checkout) -> None:
    before = state(deployed)

    done = deployed.deploy(*LOCAL, "--parameter", "ada.InstanceType=m7i.2xlarge", "--allow-replacement", "Vpc")

    assert (done.returncode, state(deployed)) == (2, before)


def test_a_no_under_the_changes_gives_the_change_sets_up(deployed: Checkout) -> None:
    """Without --local, so that the question is asked; the endpoint is still that of the local AWS."""
    before = state(deployed)
    ours, theirs = pty.openpty()
    environment = deployed.environment | deployed.account | {"TERM": "dumb"}
    words = [deployed.root / "deploy.sh", *LOCAL[1:], "--parameter", "ada.InstanceType=m7i.2xlarge"]
    process = subprocess.Popen(words, cwd=deployed.root, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    said = b""
    while b"[y/N]" not in said:
        said += os.read(ours, 65536)
    os.write(ours, b"n\n")
    status = process.wait(60)
    os.close(ours)

    assert status == 3
    assert b"modify  stop and start  Instance" in said
    assert state(deployed) == before


def test_nobody_to_ask_is_refused_before_anything_is_made(deployed: Checkout) -> None:
    before = state(deployed)

    done = deployed.deploy(*LOCAL[1:], "--parameter", "ada.InstanceType=m7i.2xlarge", **deployed.account)

    assert (done.returncode, state(deployed)) == (3, before)
    assert done.stderr.endswith("--yes deploys without a question; nothing was done\n")


def test_a_named_replacement_passes_the_gate(deployed: Checkout) -> None:
    """CloudFormation then tries, and goes back: the home volume is still attached to the old machine, as on AWS."""
    before = running(deployed)
    image = other_image(deployed)

    done = deployed.deploy(*LOCAL, "--parameter", f"ada.ImageId={image}", "--allow-replacement", "demo-ada/Instance")

    assert done.returncode == 1
    assert "would be replaced" not in done.stderr
    assert "workstation ada: failed: HomeVolumeAttachment" in done.stderr
    assert running(deployed) == before
    assert deployed.deploy(*LOCAL).returncode == 0
