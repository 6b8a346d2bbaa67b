"""What is offered where AWS has no machine free works when it is typed; the environment stays whatever happens."""

from __future__ import annotations

import subprocess

import pytest

from tests.deployment.conftest import Checkout

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("local-deploy")]

CONFIG = """
[[workstation]]
name = "ada"
instance_type = "m7i.xlarge"
fallback_instance_types = ["m7a.xlarge", "m6i.xlarge"]
zone = "{zone}"
"""
NO_CAPACITY = "We currently do not have sufficient {type} capacity in the Availability Zone you requested (us-east-1a)."
ANOTHER_ZONE = '  to try: another zone: zone = "b" for this workstation in the config; nothing of it is there yet\n'


def write_config(checkout: Checkout, *, zone: str) -> None:
    (checkout.root / "config" / "room.toml").write_text(CONFIG.format(zone=zone))
    words = [checkout.root / ".venv" / "bin" / "python", "-m", "generator", "--config", "config/room.toml"]
    subprocess.run(words, cwd=checkout.root, check=True, capture_output=True)


def deploy(
    checkout: Checkout, stack: str, *options: str, without: tuple[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """One deploy; `without` is an operation of EC2 and the instance type that AWS has none of."""
    if without:
        operation, kind = without
        rule = {"service": "ec2", "operation": operation, "caller": "cloudformation"}
        checkout.faults({**rule, "code": "InsufficientInstanceCapacity", "message": NO_CAPACITY.format(type=kind)})
    try:
        config = ("--config", "config/room.toml")
        return checkout.deploy("--local", stack, "demo-bucket", "us-east-1", *config, *options)
    finally:
        if without:
            checkout.faults()


def machine(checkout: Checkout, stack: str) -> tuple[str, str, str]:
    """Instance type, zone of the instance and zone of its home volume."""
    found = checkout.client("cloudformation").describe_stacks(StackName=f"{stack}-ada")["Stacks"][0]
    outputs = {item["OutputKey"]: item["OutputValue"] for item in found["Outputs"]}
    ec2 = checkout.client("ec2")
    instance = ec2.describe_instances(InstanceIds=[outputs["InstanceId"]])["Reservations"][0]["Instances"][0]
    volume = ec2.describe_volumes(VolumeIds=[outputs["HomeVolumeId"]])["Volumes"][0]
    return instance["InstanceType"], instance["Placement"]["AvailabilityZone"], volume["AvailabilityZone"]


def status(checkout: Checkout, stack: str) -> str:
    return checkout.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]


def test_the_next_type_is_offered_and_starts(deployed: Checkout) -> None:
    write_config(deployed, zone="a")

    failed = deploy(deployed, "room", without=("RunInstances", "m7i.xlarge"))
    after_the_failure = status(deployed, "room")
    offered = deploy(deployed, "room", "--parameter", "ada.InstanceType=m7a.xlarge")

    assert (failed.returncode, after_the_failure) == (1, "CREATE_COMPLETE")
    option = "the same command with --parameter ada.InstanceType=m7a.xlarge; after that m6i.xlarge"
    assert f"  to try: m7a.xlarge, the next of its types: {option}\n" in failed.stderr
    assert ANOTHER_ZONE in failed.stderr
    assert offered.returncode == 0, offered.stderr
    kind, zone, volume_zone = machine(deployed, "room")
    assert (kind, zone) == ("m7a.xlarge", volume_zone)


def test_another_zone_is_offered_and_its_machine_and_volume_are_made_there(deployed: Checkout) -> None:
    write_config(deployed, zone="a")
    failed = deploy(deployed, "hall", without=("RunInstances", "m7i.xlarge"))
    write_config(deployed, zone="b")
    offered = deploy(deployed, "hall")

    assert ANOTHER_ZONE in failed.stderr
    assert offered.returncode == 0, offered.stderr
    environment = deployed.client("cloudformation").describe_stacks(StackName="hall")["Stacks"][0]
    zone = {item["OutputKey"]: item["OutputValue"] for item in environment["Outputs"]}["AvailabilityZoneB"]
    assert machine(deployed, "hall") == ("m7i.xlarge", zone, zone)


def test_a_machine_that_cannot_grow_keeps_its_zone_and_is_as_before(deployed: Checkout) -> None:
    write_config(deployed, zone="a")
    assert deploy(deployed, "cell").returncode == 0
    before = machine(deployed, "cell")

    option = ("--parameter", "ada.InstanceType=m7a.xlarge")
    failed = deploy(deployed, "cell", *option, without=("ModifyInstanceAttribute", "m7a.xlarge"))

    assert failed.returncode == 1
    option = "the same command with --parameter ada.InstanceType=m6i.xlarge"
    assert f"  to try: m6i.xlarge, the next of its types: {option}\n" in failed.stderr
    assert "  not another zone: its home volume is in zone a, and no deploy moves it\n" in failed.stderr
    assert "another zone: zone" not in failed.stderr
    assert machine(deployed, "cell") == before
    assert status(deployed, "cell") == "CREATE_COMPLETE"
