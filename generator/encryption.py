"""The customer's KMS key for volumes and logs, where the config asks for one."""

from __future__ import annotations

from typing import NamedTuple

from awacs import kms
from awacs.aws import Allow, ArnLike, Bool, BoolIfExists, Condition, Deny, Principal, Statement, StringEquals
from troposphere import Ref, Sub, Tags
from troposphere.kms import Key

from generator.config import EncryptionConfig
from generator.policies import statements
from generator.tags import name_tag

THIS_KEY = ["*"]  # what a wildcard means in a key's own policy


class Encryption(NamedTuple):
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
            DeletionPolicy="RetainExceptOnCreate",  # the key of a failed first deploy encrypted nothing
            UpdateReplacePolicy="Retain",
            Tags=Tags(name_tag("volumes-and-logs")),
        )
    )


def key_policy() -> tuple[Statement, ...]:
    """The account decides by IAM who uses the key; EBS and the flow log may use it for this account.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html
    """
    use = [kms.Decrypt, kms.DescribeKey, kms.Encrypt, kms.GenerateDataKeyWithoutPlaintext, kms.ReEncryptFrom]
    return (
        Statement(
            Sid="AccountDecidesByIam",
            Effect=Allow,
            Principal=Principal("AWS", Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")),
            Action=[kms.Action("*")],
            Resource=THIS_KEY,
        ),
        Statement(
            Sid="VolumesOfThisAccount",
            Effect=Allow,
            Principal=Principal("AWS", "*"),
            Action=[*use, kms.ReEncryptTo],
            Resource=THIS_KEY,
            Condition=_through_ec2(),
        ),
        Statement(
            Sid="GrantsForVolumesOfThisAccount",
            Effect=Allow,
            Principal=Principal("AWS", "*"),
            Action=[kms.CreateGrant],
            Resource=THIS_KEY,
            Condition=_through_ec2(Bool({"kms:GrantIsForAWSResource": True})),
        ),
        Statement(
            # Whatever IAM allows: only AWS's services are granted the use of the key (Control Tower's CT.KMS.PR.3).
            Sid="NoGrantsButToServices",
            Effect=Deny,
            Principal=Principal("AWS", "*"),
            Action=[kms.CreateGrant],
            Resource=THIS_KEY,
            Condition=Condition(
                BoolIfExists({"kms:GrantIsForAWSResource": "false", "aws:PrincipalIsAWSService": "false"})
            ),
        ),
        Statement(
            Sid="LogsOfThisAccount",
            Effect=Allow,
            Principal=Principal("Service", Sub("logs.${AWS::Region}.${AWS::URLSuffix}")),
            Action=[kms.Decrypt, kms.DescribeKey, kms.Encrypt, kms.GenerateDataKey, kms.ReEncryptFrom, kms.ReEncryptTo],
            Resource=THIS_KEY,
            Condition=Condition(
                ArnLike(
                    {
                        "kms:EncryptionContext:aws:logs:arn": Sub(
                            "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*"
                        )
                    }
                )
            ),
        ),
    )


def _through_ec2(*more: Bool) -> Condition:
    return Condition(
        [
            StringEquals(
                {
                    "kms:CallerAccount": Ref("AWS::AccountId"),
                    "kms:ViaService": Sub("ec2.${AWS::Region}.${AWS::URLSuffix}"),
                }
            ),
            *more,
        ]
    )
