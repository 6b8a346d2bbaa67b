"""The templates can be put into the bucket."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule


def check(facts: Facts) -> Iterator[Problem]:
    if facts.bucket() == (True, None):  # of any other bucket P004 tells
        problem = facts.write()
        if problem:
            yield problem


RULE = Rule(
    id="P005",
    level="error",
    title="The templates can be put into the bucket",
    actions=("s3:PutObject", "s3:ListBucket"),
    hint="ask the bucket's owner for s3:PutObject",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html",
    check=check,
)
