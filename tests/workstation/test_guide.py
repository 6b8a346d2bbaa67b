"""docs/guides/connecting.md is executed: every `$ workstation …` in it prints what the guide shows.

The machines are those of the local AWS. What differs at every run, such as ids and times, is made equal first.
"""

from __future__ import annotations

import os
import pwd
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local_aws_fixture import LocalAws, started

CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROFILE = "workstation"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A local AWS in which Ada's machine runs and Bob's is stopped."""
    with started(tmp_path_factory.mktemp("local-aws")) as local_aws:
        _deploy(local_aws)
        yield local_aws.environment()


def _deploy(local_aws: LocalAws) -> None:
    iam, ec2 = local_aws.client("iam"), local_aws.client("ec2")
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
