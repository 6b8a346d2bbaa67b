"""`workstation --local`: the local AWS and never the real one."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.local_aws_fixture import started

START = """
import sys
from pathlib import Path
import workstation.context
from workstation.__main__ import main
workstation.context.ROOT = Path(sys.argv[1])
sys.exit(main(sys.argv[2:]))
"""
"""The program as if it lay in another checkout, the one whose local AWS the test has started."""

TRAPS = {
    "AWS_PROFILE": "",
    "AWS_ACCESS_KEY_ID": "AKIAREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_ENDPOINT_URL_EC2": "http://127.0.0.1:1",
    "HTTPS_PROXY": "http://127.0.0.1:1",
    "HTTP_PROXY": "http://127.0.0.1:1",
}
"""What would lead the program astray if `--local` let it through."""

RunLocal = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, aws_tags: list[dict[str, str]]) -> Iterator[Path]:
    """A directory whose `.local/` is that of a running local AWS with one workstation."""
    checkout = tmp_path_factory.mktemp("checkout")
    (checkout / ".local").mkdir()
    with started(checkout / ".local") as local_aws:
        ec2 = local_aws.client("ec2")
        ec2.run_instances(
            ImageId=ec2.describe_images()["Images"][0]["ImageId"],
            InstanceType="m7i.xlarge",
            MinCount=1,
            MaxCount=1,
            TagSpecifications=[{"ResourceType": "instance", "Tags": aws_tags}],
        )
        yield checkout


@pytest.fixture
def run_local(checkout: Path, root: Path) -> RunLocal:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", START, str(checkout), *words],
            cwd=root,
            env=os.environ | TRAPS | {"HOME": pwd.getpwuid(os.getuid()).pw_dir},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_the_list_is_that_of_the_local_aws(run_local: RunLocal) -> None:
    answer = run_local("--local", "--region", "us-east-1", "list", "--json")

    assert (answer.returncode, answer.stderr) == (0, "")
    assert [(entry["name"], entry["account"]) for entry in json.loads(answer.stdout)] == [("ada", "123456789012")]


def test_the_block_stays_with_the_local_aws(run_local: RunLocal) -> None:
    answer = run_local("--local", "--region", "us-east-1", "ssh-config")

    assert " proxy --local ada.demo.us-east-1.123456789012 %p" in answer.stdout


def test_ssh_to_a_simulated_machine_says_so(run_local: RunLocal) -> None:
    answer = run_local("--local", "proxy", "ada.demo.us-east-1.123456789012", "22")

    assert answer.returncode == 1
    assert answer.stderr == (
        "workstation: ada is simulated by the local AWS of `./deploy.sh --local`: no machine is there to connect to\n"
    )


def test_without_the_local_aws_it_says_how_to_start_one(tmp_path: Path, root: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", START, str(tmp_path), "--local", "--region", "us-east-1", "list"],
        cwd=root,
        env=os.environ | TRAPS,
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 1
    assert answer.stderr == (
        "workstation: no local AWS is running here; start it with `./deploy.sh --local STACK BUCKET`\n"
    )
