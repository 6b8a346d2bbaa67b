"""What changing a property does to what is there: by AWS's schemas, and by what is known where they leave it open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from analysis.schemas import Recreation, UnknownTypeError, recreation, schema

UpdateEffect = Literal["no restart", "stop and start", "may be replaced", "replaced", "AWS refuses"]
MILDEST_FIRST: tuple[UpdateEffect, ...] = ("no restart", "stop and start", "may be replaced", "replaced", "AWS refuses")

EFFECTS: Mapping[str, Mapping[str, UpdateEffect]] = {
    "AWS::EC2::Instance": {
        "AdditionalInfo": "stop and start",
        "EbsOptimized": "stop and start",
        "InstanceType": "stop and start",
        "KernelId": "stop and start",
        "RamdiskId": "stop and start",
        "SecurityGroupIds": "no restart",
        "UserData": "stop and start",
    },
}
"""Where AWS's schemas say "conditional" and the answer is known: every image of ours is EBS-backed, in a VPC.

Reviewed 2026-11-24: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html
"""

FIXED: Mapping[str, frozenset[str]] = {
    "AWS::EC2::Volume": frozenset({"AvailabilityZone", "Encrypted", "KmsKeyId", "SnapshotId"}),
}
"""Properties that no update changes: the stack would fail and be rolled back.

Reviewed 2026-11-24: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-volume.html
"""


def effect_of_change(resource_type: str, name: str, *, region: str) -> UpdateEffect:
    """What a change of the property `name` does; `may be replaced` where nothing is known of the type."""
    if name in FIXED.get(resource_type, ()):
        return "AWS refuses"
    known = EFFECTS.get(resource_type, {}).get(name)
    if known:
        return known
    recreates = recreation_of(resource_type, name, region=region)
    return {"Never": "no restart", "Conditionally": "may be replaced", "Always": "replaced"}[recreates]


def recreation_of(resource_type: str, name: str, *, region: str) -> Recreation:
    """Whether a change of the property makes a new resource; for a type without a schema nobody knows."""
    try:
        return recreation(schema(resource_type, region), name)
    except UnknownTypeError:
        return "Conditionally"
