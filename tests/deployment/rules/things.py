"""Single things of an account, as AWS describes them."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from typing import Any

ACCOUNT = "123456789012"
ZONES = ("use1-az1", "use1-az2", "use1-az4", "use1-az5")
NEW = datetime(2026, 11, 24, tzinfo=UTC)
OURS = {"Key": "aws:cloudformation:stack-name", "Value": "demo"}
"""The tag that CloudFormation puts on what the environment's stack makes."""


def instance_type(name: str, vcpus: int = 4) -> dict[str, Any]:
    arm = name.partition(".")[0].rstrip("dn").endswith("g") and not name.startswith("g")
    processor = {"SupportedArchitectures": ["arm64" if arm else "x86_64"]}
    return {"InstanceType": name, "ProcessorInfo": processor, "VCpuInfo": {"DefaultVCpus": vcpus}}


def image_id(name: str) -> str:
    return name if name.startswith("ami-") else f"ami-{zlib.crc32(name.encode()):017x}"


def image(name: str) -> dict[str, str]:
    root = "/dev/sda1" if "ubuntu" in name else "/dev/xvda"
    return {
        "ImageId": image_id(name),
        "Architecture": "arm64" if "arm64" in name else "x86_64",
        "RootDeviceName": root,
    }


def vpc(block: str, name: str, *tags: dict[str, str]) -> dict[str, Any]:
    association = {"CidrBlock": block, "CidrBlockState": {"State": "associated"}}
    return {"VpcId": name, "CidrBlock": block, "CidrBlockAssociationSet": [association], "Tags": list(tags)}


def role(name: str) -> dict[str, Any]:
    path = "/aws-reserved/sso.amazonaws.com/"
    arn = f"arn:aws:iam::{ACCOUNT}:role{path}{name}"
    return {"Path": path, "RoleName": name, "RoleId": "AROA0123456789ABCDEF", "Arn": arn, "CreateDate": NEW}
