"""The config: typed, frozen, validated. Each setting says what it is and what changing it does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from generator.network_config import NetworkConfig
from generator.settings import Choice, Flag, ListOf, Text, Whole, setting

NAME = Text(
    r"[a-z]([a-z0-9-]{0,30}[a-z0-9])?",
    "lower-case letters, digits and hyphens, starting with a letter, at most 32, not ending in a hyphen",
)
"""Becomes the end of a stack name (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/
API_CreateStack.html: letters, digits, hyphens, at most 128) and a host name for `ssh`."""

OWNER = Text(
    r"[A-Za-z0-9+=,.@_-]{1,64}",
    "an IAM user name or a session name: letters, digits and + = , . @ _ -, at most 64",
)
"""Compared with a policy variable, so no `*`, `?` or `$`. The characters of an IAM user name
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)."""

INSTANCE_TYPE = Text(r"[a-z][a-z0-9-]*\.[a-z0-9-]+", 'an EC2 instance type such as "m7i.xlarge"')


@dataclass(frozen=True)
class EncryptionConfig:
    """Which key encrypts volumes and logs."""

    key: Literal["aws-managed", "customer"] = setting(
        Choice(("aws-managed", "customer")),
        "AWS's own keys at no cost, or a KMS key of yours ($1 a month), whose policy and use you can audit",
        effect="replaces every volume: decide before the first deploy",
        default="aws-managed",
    )


@dataclass(frozen=True)
class HomeVolumeConfig:
    """Every workstation's home volume."""

    when_removed: Literal["snapshot", "keep"] = setting(
        Choice(("snapshot", "keep")),
        "What happens to a home volume whose stack or resource goes away: a last snapshot, or the volume itself stays",
        effect="no machine restarts",
        default="snapshot",
    )
    iops: int = setting(
        Whole(3000, 16000, "I/O operations a second"),
        "Provisioned IOPS; 3000 are included in the price",
        effect="no machine restarts; one change in six hours",
        default=3000,
    )
    throughput_mibps: int = setting(
        Whole(125, 1000, "MiB a second"),
        "Provisioned throughput; 125 are included in the price",
        effect="no machine restarts; one change in six hours",
        default=125,
    )


@dataclass(frozen=True)
class MachineConfig:
    """What all workstations have in common."""

    detailed_monitoring: bool = setting(
        Flag(),
        "Metrics every minute instead of every five ($2.10 a month and machine)",
        effect="no machine restarts",
        default=False,
    )
    containers: bool = setting(
        Flag(),
        "Let containers on the machine reach instance metadata (IMDSv2 with two hops instead of one)",
        effect="new machines only",
        default=False,
    )


@dataclass(frozen=True)
class WorkstationConfig:
    """One person's machine."""

    name: str = setting(NAME, "The workstation's name: `ssh NAME`", effect="removes the old machine, makes a new one")
    owner: str = setting(
        OWNER,
        "Who may connect: an IAM user name or the `Owner` tag of a role session; the name if left out",
        effect="no restart; the old owner loses access",
        default="",
    )
    instance_type: str = setting(
        INSTANCE_TYPE,
        "The EC2 instance type; its processor decides the image's architecture",
        effect="stops and starts the machine",
        default="m7i.xlarge",
    )
    fallback_instance_types: tuple[str, ...] = setting(
        ListOf(INSTANCE_TYPE),
        "Types of the same architecture that a deploy offers, in this order, where AWS has no machine of "
        "instance_type free",
        effect="none on a live machine: a type is only offered, never taken unasked",
        default=(),
    )
    operating_system: Literal["amazon-linux-2023", "ubuntu-24.04"] = setting(
        Choice(("amazon-linux-2023", "ubuntu-24.04")),
        "The operating system",
        effect="refused for a live machine, since it would replace it",
        default="amazon-linux-2023",
    )
    image: str = setting(
        Text(r"standard|deep-learning|ami-([0-9a-f]{8}|[0-9a-f]{17})", '"standard", "deep-learning" or an AMI id'),
        "Which image: the operating system's own, AWS's Deep Learning AMI with NVIDIA drivers, or one of yours",
        effect="none on a live machine: its image moves only on purpose",
        default="standard",
    )
    zone: str = setting(
        Choice(("a", "b", "c", "d")),
        "The zone by position; the home volume lives in it",
        effect="refused for a live machine, since its volume cannot move",
        default="a",
    )
    key_name: str = setting(
        Text(r"[ -~]{0,255}", "the name of an EC2 key pair of the region, or nothing"),
        "An existing EC2 key pair for SSH; none is needed for Session Manager",
        effect="refused for a live machine, since it would replace it",
        default="",
    )
    root_volume_gib: int = setting(
        Whole(20, 16384, "GiB"),
        "Size of the root volume",
        effect="refused for a live machine, since it would replace it",
        default=30,
    )
    home_volume_gib: int = setting(
        Whole(10, 16384, "GiB"),
        "Size of the home volume, which outlives the machine",
        effect="grows without a restart; never shrinks",
        default=100,
    )

    @property
    def architecture(self) -> Literal["x86_64", "arm64"]:
        return architecture(self.instance_type)


@dataclass(frozen=True)
class Config:
    """What `templates/` is generated from."""

    network: NetworkConfig
    encryption: EncryptionConfig
    home_volume: HomeVolumeConfig
    machine: MachineConfig
    workstations: tuple[WorkstationConfig, ...]


def architecture(instance_type: str) -> Literal["x86_64", "arm64"]:
    """The processor architecture, from AWS's naming rule: a `g` after the generation is Graviton (`m7g`), `gb` Grace.

    https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
    """
    family = instance_type.partition(".")[0]
    options = re.sub(r"^[a-z]+[0-9]+", "", family)
    return "arm64" if options.startswith("g") or "-gb" in options or family == "a1" else "x86_64"
