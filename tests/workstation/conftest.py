"""Workstations to test with: as values, and as instances of a moto server that the real program talks to."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from workstation.machines import Machine

ACCOUNT = "123456789012"
REGION = "us-east-1"
TAGS = {
    "Name": "demo-ada",
    "Workstation": "ada",
    "Environment": "demo",
    "Owner": "ada",
    "LoginUser": "ec2-user",
}

MachineMaker = Callable[..., Machine]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def machine() -> MachineMaker:
    def make(**given: object) -> Machine:
        fields = {
            "name": "ada",
            "environment": "demo",
            "owner": "ada",
            "login_user": "ec2-user",
            "instance_id": "i-0123456789abcdef0",
            "account": ACCOUNT,
            "state": "running",
            "since": datetime(2026, 11, 24, 8, 14, tzinfo=UTC),
            "agent": "online",
            "instance_type": "m7i.xlarge",
            "zone": "us-east-1a",
            "private_address": "10.0.32.4",
        }
        return Machine(**(fields | given))  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def aws_tags() -> list[dict[str, str]]:
    """The tags of a workstation, as EC2 takes them."""
    return [{"Key": key, "Value": value} for key, value in TAGS.items()]


@dataclass(frozen=True)
class Aws:
    """A moto server and the environment in which programs talk to it and nothing else."""

    environment: dict[str, str]

    def client(self, service: str) -> object:
        import boto3

        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.environment["AWS_ENDPOINT_URL"],
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def launch(self, **tags: str) -> str:
        """Start an instance with the tags of a workstation, changed by those given; its id."""
        ec2 = self.client("ec2")
        image = ec2.describe_images()["Images"][0]["ImageId"]
        pairs = [{"Key": key, "Value": value} for key, value in (TAGS | tags).items()]
        answer = ec2.run_instances(
            ImageId=image,
            InstanceType="m7i.xlarge",
            MinCount=1,
            MaxCount=1,
            TagSpecifications=[{"ResourceType": "instance", "Tags": pairs}],
        )
        return answer["Instances"][0]["InstanceId"]

    def terminate_all(self) -> None:
        ec2 = self.client("ec2")
        ids = [
            instance["InstanceId"]
            for reservation in ec2.describe_instances()["Reservations"]
            for instance in reservation["Instances"]
        ]
        if ids:
            ec2.terminate_instances(InstanceIds=ids)


@pytest.fixture(scope="session")
def moto_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a moto server on a free loopback port."""
    log = tmp_path_factory.mktemp("moto") / "log"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with log.open("w") as stream, subprocess.Popen(command, stdout=stream, stderr=stream) as server:
        try:
            yield _address(log, server)
        finally:
            server.terminate()


def _address(log: Path, server: subprocess.Popen[bytes]) -> str:
    while server.poll() is None:
        found = re.search(r"Running on (http://127\.0\.0\.1:\d+)", log.read_text())
        if found:
            return found[1]
        try:
            server.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError(f"moto server ended: {log.read_text()}")


@pytest.fixture
def aws(moto_server: str) -> Iterator[Aws]:
    """The moto server without a machine in it."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith("AWS_") and "proxy" not in key.lower()
    }
    found = Aws(
        kept
        | {
            "AWS_ENDPOINT_URL": moto_server,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    )
    found.terminate_all()
    yield found
    found.terminate_all()


@pytest.fixture
def run(root: Path, tmp_path: Path) -> Run:
    """Run the `workstation` program, started by its directory as the SSH config does, from somewhere else."""

    def run(*words: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        return subprocess.run(
            [sys.executable, str(root / "workstation"), *words],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={**clean, **(environment or {})},
        )

    return run


@pytest.fixture(scope="session")
def parsed() -> Callable[[Path, str], dict[str, str]]:
    """What a real ssh would do for a host; keys in lower case, the last value of each."""

    def parsed(path: Path, host: str) -> dict[str, str]:
        answer = subprocess.run(["ssh", "-G", "-F", str(path), host], capture_output=True, text=True, check=True)
        return dict(line.partition(" ")[::2] for line in answer.stdout.splitlines())

    return parsed
