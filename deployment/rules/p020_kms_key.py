"""The key of the volumes can be used."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule

HINTS = {
    "Disabled": "enable it: aws kms enable-key --key-id {key} --region {region}",
    "PendingDeletion": "save it: aws kms cancel-key-deletion --key-id {key} --region {region}, then enable it",
}


def check(facts: Facts) -> Iterator[Problem]:
    key = facts.volume_key()
    if key:
        answer = facts.cloud.call("kms", "DescribeKey", KeyId=key)["KeyMetadata"]
        if answer["KeyState"] != "Enabled":
            name, region = key.rpartition("/")[2], facts.cloud.region
            value = f"{name} is {answer['KeyState']}"
            hint = HINTS.get(
                answer["KeyState"], "see what became of it: aws kms describe-key --key-id {key} --region {region}"
            )
            yield Problem("key of the volumes", value, "a key that is Enabled", hint.format(key=name, region=region))


RULE = Rule(
    id="P020",
    level="error",
    title="The KMS key of the volumes is enabled",
    actions=("kms:DescribeKey", "cloudformation:DescribeStacks"),
    hint="enable the key",
    link="https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html",
    check=check,
)
