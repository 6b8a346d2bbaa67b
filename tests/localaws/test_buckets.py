"""What a bucket's policy denies is denied, but that the local AWS speaks HTTP is not held against anybody."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws_fixture import LocalAws

ARN = "arn:aws:s3:::policies"


def statement(**more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [f"{ARN}/*"], **more}


@pytest.fixture
def put(local_aws: LocalAws) -> Iterator[Callable[..., None]]:
    """Put an object under a policy with these statements."""
    s3 = local_aws.client("s3")
    s3.create_bucket(Bucket="policies")

    def put(*statements: dict[str, Any]) -> None:
        s3.put_bucket_policy(Bucket="policies", Policy=json.dumps({"Statement": list(statements)}))
        s3.put_object(Bucket="policies", Key="a", Body=b"a")

    yield put
    s3.delete_bucket_policy(Bucket="policies")
    s3.delete_object(Bucket="policies", Key="a")
    s3.delete_bucket(Bucket="policies")


def test_a_bucket_for_https_only_can_be_used(put: Callable[..., None]) -> None:
    put(statement(Condition={"Bool": {"aws:SecureTransport": "false"}}))


def test_what_a_policy_denies_is_denied(put: Callable[..., None]) -> None:
    with pytest.raises(ClientError, match="403"):
        put(statement(Condition={"Bool": {"aws:SecureTransport": "false"}}), statement())
