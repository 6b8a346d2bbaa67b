"""What goes wrong on the way: one machine fails, nobody is there to ask, the wrong account answers, Ctrl-C."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.deployment.conftest import Checkout, write_fake_aws

pytestmark = pytest.mark.xdist_group("local-deploy")

NO_QUOTAS = tuple(word for rule in ("P014", "P015", "P016", "P017", "P018") for word in ("--suppress", rule))
"""All these tests deploy into one account, which has room for five VPCs."""
LOCAL = ("--local", "demo", "demo-bucket", "us-east-1")
TEAM = '\n[[workstation]]\nname = "bob"\ninstance_type = "m7i.large"\n'


@pytest.fixture(scope="module")
def team(local_checkout: Checkout) -> Checkout:
    """A second config in the checkout: the default one, and bob."""
    config = local_checkout.root / "config" / "team.toml"
    config.write_text((local_checkout.root / "config" / "default.toml").read_text() + TEAM)
    done = subprocess.run(
        [local_checkout.root / ".venv" / "bin" / "python", "-m", "generator", "--config", config],
        cwd=local_checkout.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    started = local_checkout.deploy(*LOCAL, "--dry-run")
    assert started.returncode == 0, started.stderr
    return local_checkout


def deploy_team(checkout: Checkout, stack: str = "team") -> subprocess.CompletedProcess[str]:
    return checkout.deploy("--local", stack, "demo-bucket", "us-east-1", "--config", "config/team.toml")


def test_one_failing_machine_leaves_the_others_alone(team: Checkout) -> None:
    words = "There is no Spot or On-Demand capacity"
    team.faults(
        {"service": "ec2", "operation": "RunInstances", "code": "InsufficientInstanceCapacity", "message": words}
    )
    try:
        done = deploy_team(team)
    finally:
        team.faults()
    again = deploy_team(team)

    results = re.findall(r"^workstation (\w+): (\w+)$", done.stdout, flags=re.MULTILINE)
    assert sorted(result for _, result in results) == ["created", "failed"]
    (failed,) = [name for name, result in results if result == "failed"]
    assert done.returncode == 1
    assert re.search(rf"^workstation {failed}: failed: Instance \(AWS::EC2::Instance\): .*{words}", done.stderr, re.M)
    assert again.returncode == 0, again.stderr
    assert f"workstation {failed} (failed before): removed, it held nothing (" in again.stderr


def test_a_machine_that_left_the_config_stays_and_is_named(team: Checkout) -> None:
    assert deploy_team(team, "crew").returncode == 0

    done = team.deploy("--local", "crew", "demo-bucket", "us-east-1")

    assert done.returncode == 0
    assert "  stack crew-bob is no longer in the config: it stays as it is" in done.stderr
    stack = team.client("cloudformation").describe_stacks(StackName="crew-bob")["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"


def test_a_failing_environment_says_that_no_machine_was_tried(team: Checkout) -> None:
    team.faults(
        {"service": "ec2", "operation": "AllocateAddress", "code": "AddressLimitExceeded", "message": "Too many"}
    )
    try:
        done = team.deploy("--local", "poor", "demo-bucket", "us-east-1")
    finally:
        team.faults()

    assert (done.returncode, done.stdout) == (1, "environment poor: failed\n")
    assert re.search(r"^environment poor: failed: NatAddressA \(AWS::EC2::EIP\): .*Too many", done.stderr, re.M)
    assert "the workstations were not tried: poor-ada\n" in done.stderr


def test_stale_templates_are_refused_with_the_command_that_mends_them(
    make_checkout: Callable[[], Checkout], root: Path
) -> None:
    checkout = make_checkout()
    (checkout.root / ".venv").symlink_to(root / ".venv")
    (checkout.root / "templates" / "environment.yaml").open("a").write("# edited by hand\n")

    done = checkout.deploy("demo", "demo-bucket", "us-east-1")

    assert done.returncode == 1
    assert "python -m generator" in done.stderr
    assert "-# edited by hand" in done.stderr
    assert not checkout.log.exists()


@pytest.mark.parametrize("version", ["2.9.19", "1.22.34"])
def test_an_old_cli_on_path_is_never_called_in_local(team: Checkout, tmp_path: Path, version: str) -> None:
    log = tmp_path / "log"
    path = write_fake_aws(tmp_path / "old", version=f"aws-cli/{version} Python/3.11.2", log=log)

    done = team.deploy(*LOCAL, PATH=f"{path.parent}:{team.environment['PATH']}")

    needed = "2.13.0" if version.startswith("2") else "1.29.0"
    line = f"AWS CLI: {path} is {version}, and before {needed} it would ignore the local AWS: using our own\n"
    assert done.returncode == 0, done.stderr
    assert line in done.stderr
    assert not log.exists()


@pytest.fixture
def aws(team: Checkout) -> dict[str, str]:
    """The environment of somebody with an account; the account is the local AWS, but deploy.sh is not told so."""
    return {
        "AWS_ENDPOINT_URL": team.endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def test_without_yes_and_without_a_terminal_nothing_is_done(team: Checkout, aws: dict[str, str]) -> None:
    done = team.deploy("asked", "asked-bucket", "--create-bucket", *NO_QUOTAS, **aws)

    assert done.returncode == 3
    assert done.stderr.startswith("region us-east-1 (from: AWS_DEFAULT_REGION)\n")
    assert "plan for AWS account 123456789012, region us-east-1\n" in done.stderr
    hint = "--dry-run shows what would change, --yes deploys without a question"
    assert done.stderr.endswith(f"deploy.sh: nobody to ask: {hint}; nothing was done\n")
    assert "asked-bucket" not in [bucket["Name"] for bucket in team.client("s3").list_buckets()["Buckets"]]


def test_a_missing_bucket_is_refused_with_the_command_that_makes_it(team: Checkout, aws: dict[str, str]) -> None:
    done = team.deploy("asked", "missing-bucket", "--yes", "--config", "config/team.toml", *NO_QUOTAS, **aws)

    assert done.returncode == 1
    command = "./deploy.sh asked missing-bucket us-east-1 --config config/team.toml --create-bucket"
    wanted = "want a bucket of account 123456789012 in us-east-1"
    line = f"deploy.sh: error P004: bucket: missing-bucket does not exist, {wanted}; make it with `{command}`\n"
    assert line in done.stderr


def answer_on_terminal(checkout: Checkout, answer: str, environment: dict[str, str]) -> tuple[int, str]:
    """Run deploy.sh on a terminal and type the answer when it asks."""
    terminal, end = pty.openpty()
    command = [checkout.root / "deploy.sh", "asked", "asked-bucket", "us-east-1", "--create-bucket", *NO_QUOTAS]
    process = subprocess.Popen(
        command, stdin=end, stdout=end, stderr=end, env=checkout.environment | environment | {"TERM": "xterm"}
    )
    os.close(end)
    seen = b""
    while True:
        try:
            got = os.read(terminal, 4_096)
        except OSError:  # the other side closed
            break
        seen += got
        if b"[y/N] " in got:
            os.write(terminal, answer.encode() + b"\n")
    os.close(terminal)
    return process.wait(), seen.decode()


def test_a_no_on_the_terminal_does_nothing_and_a_yes_deploys(team: Checkout, aws: dict[str, str]) -> None:
    refused, said = answer_on_terminal(team, "n", aws)
    after_no = [bucket["Name"] for bucket in team.client("s3").list_buckets()["Buckets"]]
    agreed, _ = answer_on_terminal(team, "y", aws)

    assert (refused, agreed) == (3, 0)
    assert "refused; nothing was done" in said
    assert "asked-bucket" not in after_no
    stack = team.client("cloudformation").describe_stacks(StackName="asked-ada")["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_an_interrupted_deploy_says_how_to_carry_on_and_leaves_no_file(
    team: Checkout, number: signal.Signals, status: int
) -> None:
    stack = f"cut{status}"
    team.faults({"service": "ec2", "operation": "CreateVpc", "delay": 3, "code": "", "status": 200})
    try:
        process = subprocess.Popen(
            [team.root / "deploy.sh", "--local", stack, "demo-bucket", "us-east-1"],
            env=team.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        said = ""
        for line in process.stderr or ():
            said += line
            if line == f"environment {stack} …\n":
                process.send_signal(number)
        ended = process.wait()
    finally:
        team.faults()

    assert ended == status
    expected = "deploy.sh: interrupted; what AWS has begun goes on there; run the same command again to carry on\n"
    assert said.endswith(expected)
    assert "Traceback" not in said
    assert os.listdir(team.environment["TMPDIR"]) == []
