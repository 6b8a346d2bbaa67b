"""The customer's KMS key for volumes and logs, where the config asks for one."""

from __future__ import annotations

from dataclasses import dataclass

from troposphere import Tags
from troposphere.kms import Key

from generator.config import EncryptionConfig
from generator.policies import key_policy, statements
from generator.tags import name_tag


@dataclass(frozen=True)
class Encryption:
    """The key, or None for AWS's own keys."""

    encryption_key: Key | None


def encryption(config: EncryptionConfig) -> Encryption:
    """A key that rotates every year and cannot be lost in a hurry: kept on delete, 30 days of grace."""
    if config.key == "aws-managed":
        return Encryption(encryption_key=None)
    return Encryption(
        encryption_key=Key(
            "EncryptionKey",
            Description="Volumes and logs of the workstations",
            EnableKeyRotation=True,
            PendingWindowInDays=30,  # the longest, https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
            KeyPolicy=statements(*key_policy()),
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
            Tags=Tags(name_tag("volumes-and-logs")),
        )
    )
