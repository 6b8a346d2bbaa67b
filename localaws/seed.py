"""What every AWS account finds and moto lacks: public AMI parameters, and images that they name."""

from __future__ import annotations

import hashlib
from typing import Any

from moto.core.utils import utcnow

from localaws.moto_objects import backend, ec2_backend
from localaws.stacks import ACCOUNT

AMAZON = "137112412989"
"""The account of Amazon Linux images."""
CANONICAL = "099720109477"
"""Canonical's account, https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/"""

UBUNTU = "/aws/service/canonical/ubuntu/server/24.04/stable/current"
DEEP_LEARNING = "/aws/service/deeplearning/ami"

IMAGES = (
    (
        f"{UBUNTU}/amd64/hvm/ebs-gp3/ami-id",
        "x86_64",
        "/dev/sda1",
        "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-local",
    ),
    (
        f"{UBUNTU}/arm64/hvm/ebs-gp3/ami-id",
        "arm64",
        "/dev/sda1",
        "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-local",
    ),
    (
        f"{DEEP_LEARNING}/x86_64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id",
        "x86_64",
        "/dev/xvda",
        "Deep Learning Base OSS Nvidia Driver GPU AMI (Amazon Linux 2023) local",
    ),
    (
        f"{DEEP_LEARNING}/x86_64/base-oss-nvidia-driver-gpu-ubuntu-24.04/latest/ami-id",
        "x86_64",
        "/dev/sda1",
        "Deep Learning Base OSS Nvidia Driver GPU AMI (Ubuntu 24.04) local",
    ),
    (
        f"{DEEP_LEARNING}/arm64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id",
        "arm64",
        "/dev/xvda",
        "Deep Learning ARM64 Base OSS Nvidia Driver GPU AMI (Amazon Linux 2023) local",
    ),
    (
        f"{DEEP_LEARNING}/arm64/base-oss-nvidia-driver-gpu-ubuntu-24.04/latest/ami-id",
        "arm64",
        "/dev/sda1",
        "Deep Learning ARM64 Base OSS Nvidia Driver GPU AMI (Ubuntu 24.04) local",
    ),
)
"""Parameter, architecture, root device and image name.

Names of the parameters: https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/ and
https://docs.aws.amazon.com/dlami/latest/devguide/find-dlami-id.html
"""


def image_id(name: str, region: str) -> str:
    """The same id for the same image in each run."""
    return "ami-" + hashlib.sha256(f"{region} {name}".encode()).hexdigest()[:17]


def fill(region: str) -> None:
    """Add images and parameters to `region`, once."""
    ssm, ec2 = backend("ssm", region), ec2_backend(region)
    if image_id(IMAGES[0][3], region) in ec2.amis:
        return
    for snapshot in ec2.snapshots.values():
        if snapshot.from_ami:
            snapshot.owner_id = AMAZON  # moto gives the snapshots behind public images to the account
    for parameter, architecture, root_device, name in IMAGES:
        identifier = image_id(name, region)
        _add_image(ec2, identifier, architecture, root_device, name)
        _add_parameter(ssm, parameter, identifier)


def _add_image(ec2: Any, identifier: str, architecture: str, root_device: str, name: str) -> None:
    from moto.ec2.models.amis import Ami

    ec2.amis[identifier] = Ami(
        ec2,
        ami_id=identifier,
        name=name,
        description=name,
        owner_id=CANONICAL if name.startswith("ubuntu/") else AMAZON,
        public=True,
        virtualization_type="hvm",
        architecture=architecture,
        state="available",
        image_type="machine",
        platform=None,
        hypervisor="xen",
        root_device_name=root_device,
        root_device_type="ebs",
        image_location=f"amazon/{name}",
    )


def _add_parameter(ssm: Any, name: str, value: str) -> None:
    from moto.ssm.models import Parameter

    ssm._parameters[name] = [
        Parameter(
            account_id=ACCOUNT,
            name=name,
            value=value,
            parameter_type="String",
            description="",
            allowed_pattern=None,
            keyid=None,
            last_modified_date=utcnow(),
            version=1,
            data_type="aws:ec2:image",
        )
    ]
