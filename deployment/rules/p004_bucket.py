"""The bucket is there, ours, and in the region."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule


def check(facts: Facts) -> Iterator[Problem]:
    is_there, problem = facts.bucket()
    if problem and (is_there or not facts.asked.may_create_bucket):
        yield problem


RULE = Rule(
    id="P004",
    level="error",
    title="The bucket is there, belongs to the account, and is in the region",
    actions=("s3:ListBucket",),
    hint="choose another bucket, or pass --create-bucket",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html",
    check=check,
)
