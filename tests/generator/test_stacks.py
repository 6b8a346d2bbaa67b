"""What the deploy step is told."""

from __future__ import annotations

import json

import pytest

from generator.config import architecture
from generator.reader import read_config
from generator.stacks import stacks
from tests.conftest import ROOT

SSM = "/aws/service"


def only_workstation(lines: str) -> dict[str, object]:
    return stacks(read_config(f'[[workstation]]\nname = "ada"\n{lines}', "any"))["workstations"][0]


def test_the_default_config_asks_for_one_workstation():
    assert json.loads((ROOT / "templates/stacks.json").read_text()) == {
        "environment": {"template": "environment.yaml", "zones": ["A", "B"], "parameters": {}},
        "workstations": [
            {
                "name": "ada",
                "template": "workstation.yaml",
                "zone": "A",
                "architecture": "x86_64",
                "image": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
                "fallback_instance_types": [],
                "parameters": {
                    "WorkstationName": "ada",
                    "Owner": "ada",
                    "OperatingSystem": "amazon-linux-2023",
                    "InstanceType": "m7i.xlarge",
                    "KeyName": "",
                    "RootVolumeGiB": "30",
                    "HomeVolumeGiB": "100",
                },
            }
        ],
    }


@pytest.mark.parametrize(
    ("lines", "image"),
    [
        ("", f"{SSM}/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"),
        ('instance_type = "t4g.large"', f"{SSM}/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"),
        (
            'operating_system = "ubuntu-24.04"',
            f"{SSM}/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
        ),
        (
            'operating_system = "ubuntu-24.04"\ninstance_type = "m7g.large"',
            f"{SSM}/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
        ),
        (
            'image = "deep-learning"\nroot_volume_gib = 100',
            f"{SSM}/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-al2023/latest/ami-id",
        ),
        (
            'image = "deep-learning"\nroot_volume_gib = 100\noperating_system = "ubuntu-24.04"\n'
            'instance_type = "g5g.xlarge"',
            f"{SSM}/deeplearning/ami/arm64/base-oss-nvidia-driver-gpu-ubuntu-24.04/latest/ami-id",
        ),
        ('image = "ami-0123456789abcdef0"', "ami-0123456789abcdef0"),
    ],
)
def test_each_choice_of_image_leads_to_its_parameter(lines, image):
    assert only_workstation(lines)["image"] == image


@pytest.mark.parametrize(
    ("instance_type", "expected"),
    [
        ("m7i.xlarge", "x86_64"),
        ("m7g.xlarge", "arm64"),
        ("m7gd.xlarge", "arm64"),
        ("c6gn.large", "arm64"),
        ("t4g.nano", "arm64"),
        ("g4dn.xlarge", "x86_64"),
        ("g5.xlarge", "x86_64"),
        ("g5g.xlarge", "arm64"),
        ("gr6.4xlarge", "x86_64"),
        ("a1.large", "arm64"),
        ("im4gn.large", "arm64"),
        ("is4gen.large", "arm64"),
        ("p6-b200.48xlarge", "x86_64"),
        ("p6e-gb200.36xlarge", "arm64"),
        ("u-6tb1.metal", "x86_64"),
    ],
)
def test_the_type_s_name_tells_its_architecture(instance_type, expected):
    assert architecture(instance_type) == expected


def test_an_owner_left_out_is_the_name():
    assert only_workstation("")["parameters"]["Owner"] == "ada"
    assert only_workstation('owner = "grace"')["parameters"]["Owner"] == "grace"


def test_the_types_to_fall_back_on_keep_their_order():
    lines = 'fallback_instance_types = ["m6i.xlarge", "m7a.xlarge", "m5.xlarge"]'

    assert only_workstation("")["fallback_instance_types"] == []
    assert only_workstation(lines)["fallback_instance_types"] == ["m6i.xlarge", "m7a.xlarge", "m5.xlarge"]


def values(network: str) -> dict[str, str]:
    return stacks(read_config(f"[network]\n{network}\n", "any"))["environment"]["parameters"]


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        ('vpc = "ipam"', {}),
        ('vpc = "ipam"\nipam_pool_id = "ipam-pool-01234567"', {"IpamPoolId": "ipam-pool-01234567"}),
        ('vpc = "existing"\nnat = "none"', {}),
        (
            'vpc = "existing"\nnat = "none"\nvpc_id = "vpc-01234567"\n'
            'subnet_ids = ["subnet-01234567", "subnet-89abcdef"]',
            {"VpcId": "vpc-01234567", "PrivateSubnetIdA": "subnet-01234567", "PrivateSubnetIdB": "subnet-89abcdef"},
        ),
    ],
)
def test_what_the_config_says_of_a_network_is_handed_to_the_deploy_step(network, expected):
    assert values(network) == expected
