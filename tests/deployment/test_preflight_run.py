"""The preflight within a whole run: what stops a deploy, what does not, and what `--json` has of it."""

from __future__ import annotations

import json

import pytest

from tests.deployment.conftest import Checkout

pytestmark = pytest.mark.xdist_group("local-deploy")

LOCAL = ("--local", "demo", "demo-bucket", "us-east-1", "--dry-run")
OTHER = "999999999999"


@pytest.fixture
def aws(deployed: Checkout) -> dict[str, str]:
    """The environment of somebody with an account; the account is the local AWS, but deploy.sh is not told so."""
    return {
        "AWS_ENDPOINT_URL": deployed.endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def test_another_account_than_the_named_one_is_refused(deployed: Checkout, aws: dict[str, str]) -> None:
    done = deployed.deploy("other", "demo-bucket", "--account", OTHER, "--json", "--yes", **aws)

    line = f"deploy.sh: error P002: account: the credentials are of 123456789012, want {OTHER} (--account); "
    result = json.loads(done.stdout)
    assert done.returncode == 1
    assert line in done.stderr
    assert ["P002"] in [entry["rules"] for entry in result["findings"] if entry["level"] == "error"]
    stacks = deployed.client("cloudformation").describe_stacks()["Stacks"]
    assert "other" not in [stack["StackName"] for stack in stacks]


def test_the_named_account_is_deployed_to(deployed: Checkout) -> None:
    assert deployed.deploy(*LOCAL, "--account", "123456789012").returncode == 0


def test_what_was_found_and_left_out_is_in_the_json(deployed: Checkout, aws: dict[str, str]) -> None:
    words = ("--dry-run", "--json", "--suppress", "P021", "--suppress", "P014")
    done = deployed.deploy("demo", "demo-bucket", *words, **aws)

    result = json.loads(done.stdout)
    found = {rule: entry for entry in result["findings"] for rule in entry["rules"]}
    assert done.returncode == 0, done.stderr
    assert "; suppressed: P014, P021 (" in done.stderr
    assert result["suppressed"] == ["P014", "P021"]
    assert found["P022"]["wanted"] == "1.2.497.0 or newer, to connect"
    assert set(found) & {"P014", "P021"} == set()


def test_a_second_environment_with_the_same_addresses_is_warned_of(deployed: Checkout) -> None:
    done = deployed.deploy("--local", "beside", "demo-bucket", "us-east-1", "--dry-run")

    assert done.returncode == 0, done.stderr
    assert "  warning P019: network: cidr 10.38.0.0/20 overlaps 10.38.0.0/20 (vpc-" in done.stderr
    assert 'in the config: cidr = "10.38.16.0/20"' in done.stderr


def test_who_may_not_look_is_told_and_goes_on(deployed: Checkout) -> None:
    deployed.faults(
        {"service": "ec2", "operation": "DescribeVpcs", "times": 0, "status": 403, "code": "UnauthorizedOperation"}
    )
    try:
        done = deployed.deploy(*LOCAL)
    finally:
        deployed.faults()

    assert done.returncode == 0, done.stderr
    assert "  warning P019: could not look: ec2 DescribeVpcs: AWS denied the call (" in done.stderr
