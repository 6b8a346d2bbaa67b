"""The bucket is there, ours, and in the region."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule


def check(facts: Facts) -> Iterator[Problem]:
    is_there, problem = facts.bucket()
    if problem is None or (is_there is False and facts.asked.may_create_bucket):
        return
    if (
        is_there is None and facts.write() is None
    ):  # S3 took it from us as the owner's, in this region: nothing is left to see
        return
    yield problem


RULE = Rule(
    id="P004",
    level="error",
    title="The bucket is there, belongs to the account, and is in the region",
    actions=("s3:ListBucket", "s3:PutObject"),
    hint="choose another bucket, or pass --create-bucket",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html",
    check=check,
)
