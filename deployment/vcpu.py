"""Which vCPU quota an instance type counts against. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """A group of instance types with one quota, in vCPUs, for running On-Demand Instances."""

    name: str
    quota: str
    """Code in Service Quotas, service `ec2`."""


# docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html#ec2-on-demand-instances-limits;
# codes as `aws service-quotas list-service-quotas --service-code ec2` shows them, November 2026
STANDARD = Family("Standard (A, C, D, H, I, M, R, T, Z)", "L-1216C47A")
BY_LETTERS = {
    "g": Family("G and VT", "L-DB2E81BA"),
    "vt": Family("G and VT", "L-DB2E81BA"),
    "gr": Family("G and VT", "L-DB2E81BA"),
    "p": Family("P", "L-417A185B"),
    "f": Family("F", "L-74FC7D96"),
    "x": Family("X", "L-7295265B"),
    "inf": Family("Inf", "L-1945791B"),
    "trn": Family("Trn", "L-2C3B7624"),
    "dl": Family("DL", "L-6E869C2A"),
    "u": Family("High Memory", "L-43DA4232"),
    "hpc": Family("HPC", "L-F7808C92"),
} | dict.fromkeys(("a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"), STANDARD)


def family(instance_type: str) -> Family | None:
    """The family of `m7i.xlarge`; None for letters that nobody has written down here."""
    letters = re.match(r"[a-z]+", instance_type)
    return BY_LETTERS.get(letters[0]) if letters else None
