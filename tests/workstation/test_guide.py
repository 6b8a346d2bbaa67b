"""docs/guides/connecting.md is executed: every `$ workstation …` in it prints what the guide shows.

The machines are those of the local AWS. What differs at every run, such as ids and times, is made equal first.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROFILE = "workstation"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[str]:
    """A local AWS of our own, as `./deploy.sh --local` would start it."""
    directory = tmp_path_factory.mktemp("localaws")
    state = directory / "localaws.json"
    with (directory / "output").open("w") as output:
        command = [sys.executable, "-m", "localaws", "--directory", str(directory)]
        with subprocess.Popen(command, cwd=root, stdout=output, stderr=output) as server:
            try:
                while not state.exists():
                    if server.poll() is not None:
                        raise RuntimeError((directory / "output").read_text())
                    try:
                        server.wait(0.05)
                    except subprocess.TimeoutExpired:
                        continue
                yield json.loads(state.read_text())["endpoint"]
            finally:
                server.terminate()


@pytest.fixture(scope="module")
def environment(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Ada's machine runs, Bob's is stopped."""
    import boto3

    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    iam, ec2 = (session.client(name, endpoint_url=endpoint) for name in ("iam", "ec2"))
    iam.create_instance_profile(InstanceProfileName=PROFILE)
    image = ec2.describe_images()["Images"][0]["ImageId"]
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.32.0/20", AvailabilityZone="us-east-1a")["Subnet"]["SubnetId"]
    for name, user, address in (("ada", "ec2-user", "10.0.32.4"), ("bob", "ubuntu", "10.0.32.5")):
        tags = {"Name": f"demo-{name}", "Workstation": name, "Environment": "demo", "Owner": name, "LoginUser": user}
        answer = ec2.run_instances(
            ImageId=image,
            InstanceType="m7i.xlarge",
            SubnetId=subnet,
            PrivateIpAddress=address,
            MinCount=1,
            MaxCount=1,
            IamInstanceProfile={"Name": PROFILE},
            TagSpecifications=[
                {"ResourceType": "instance", "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
            ],
        )
    ec2.stop_instances(InstanceIds=[answer["Instances"][0]["InstanceId"]])
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith("AWS_") and "proxy" not in key.lower()
    }
    return kept | {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def examples(guide: str) -> list[tuple[str, str]]:
    """Each command with the output shown below it."""
    return [
        (command, output)
        for block in CONSOLE.findall(guide)
        for command, _, output in (part.partition("\n") for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:])
    ]


def normal(text: str, *, root: Path, home: Path) -> str:
    """The text with what differs from run to run made equal."""
    ids = {
        found: f"i-{number:017x}" for number, found in enumerate(dict.fromkeys(re.findall(r"i-[0-9a-f]{17}", text)), 1)
    }
    for found, shown in ids.items():
        text = text.replace(found, shown)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "2026-11-24 08:14 UTC", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+]00:00", "2026-11-24T08:14:00+00:00", text)
    text = text.replace(sys.executable, "/usr/bin/python3").replace(str(root), "/home/ada/workstations")
    text = text.replace(str(home), "/home/ada")
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("workstation: ssh reads "))


def test_every_command_of_the_guide_prints_what_the_guide_shows(
    root: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    guide = root / "docs" / "guides" / "connecting.md"
    shown = examples(guide.read_text())
    mine = pwd.getpwuid(os.getuid()).pw_dir
    got = []
    for command, _ in shown:
        words = shlex.split(command)
        assert words[0] == "workstation"
        writes = {"--write", "--remove"} & set(words)
        answer = subprocess.run(
            [sys.executable, str(root / "workstation"), *words[1:]],
            env=environment | {"HOME": str(tmp_path) if writes else mine},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        got.append((command, normal(answer.stdout, root=root, home=tmp_path)))

    assert len(got) >= 5
    assert [(command, normal(output, root=root, home=tmp_path)) for command, output in shown] == got
