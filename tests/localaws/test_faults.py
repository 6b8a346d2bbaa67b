"""Fault rules: in each wire protocol, with counts, delays and dice."""

from __future__ import annotations

import json
import urllib.error
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError

from tests.local_aws_fixture import LocalAws

Faults = Callable[..., Any]


@pytest.mark.parametrize(
    ("service", "operation", "call"),
    [
        ("ec2", "DescribeVpcs", lambda client: client.describe_vpcs()),
        ("cloudformation", "ListStacks", lambda client: client.list_stacks()),
        ("iam", "ListRoles", lambda client: client.list_roles()),
        ("s3", "ListObjectsV2", lambda client: client.list_objects_v2(Bucket="nothing")),
        ("ssm", "DescribeParameters", lambda client: client.describe_parameters()),
        ("logs", "DescribeLogGroups", lambda client: client.describe_log_groups()),
        ("kms", "ListKeys", lambda client: client.list_keys()),
    ],
)
def test_an_error_reaches_the_client_in_the_wire_protocol_of_its_service(
    local_aws: LocalAws, faults: Faults, service: str, operation: str, call: Callable[[Any], Any]
) -> None:
    faults({"service": service, "operation": operation, "status": 403, "code": "AccessDenied", "message": "not you"})
    with pytest.raises(ClientError) as raised:
        call(local_aws.client(service))

    error = raised.value.response
    assert (error["Error"]["Code"], error["Error"]["Message"]) == ("AccessDenied", "not you")
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_rule_skips_then_hits_so_many_times(local_aws: LocalAws, faults: Faults) -> None:
    faults({"service": "ec2", "operation": "DescribeVpcs", "skip": 1, "times": 2, "code": "AccessDenied"})
    ec2, seen = local_aws.client("ec2"), []
    for _ in range(5):
        try:
            ec2.describe_vpcs()
            seen.append("ok")
        except ClientError:
            seen.append("hit")

    assert seen == ["ok", "hit", "hit", "ok", "ok"]
    assert [(rule["seen"], rule["hits"]) for rule in local_aws.get("/_local/faults")] == [(5, 2)]


def test_dice_fall_the_same_way_for_the_same_seed(local_aws: LocalAws, faults: Faults) -> None:
    def rolled(seed: int) -> list[bool]:
        faults(
            {"service": "ec2", "operation": "DescribeVpcs", "times": 0, "code": "X", "probability": 0.5, "seed": seed}
        )
        ec2, seen = local_aws.client("ec2"), []
        for _ in range(20):
            try:
                ec2.describe_vpcs()
                seen.append(True)
            except ClientError:
                seen.append(False)
        return seen

    first = rolled(1)
    assert first == rolled(1)
    assert first != rolled(2)
    assert {True, False} == set(first)


def test_a_dropped_connection_is_no_answer(local_aws: LocalAws, faults: Faults) -> None:
    faults({"service": "ec2", "operation": "DescribeVpcs", "times": 0, "drop": True})

    with pytest.raises((ConnectionClosedError, EndpointConnectionError)):
        local_aws.client("ec2").describe_vpcs()


def test_throttling_that_passes_is_not_noticed(local_aws: LocalAws, faults: Faults) -> None:
    faults({"service": "ec2", "operation": "DescribeVpcs", "times": 1, "status": 503, "code": "RequestLimitExceeded"})

    assert local_aws.client("ec2").describe_vpcs()["ResponseMetadata"]["RetryAttempts"] == 1


def test_another_operation_is_not_hit(local_aws: LocalAws, faults: Faults) -> None:
    faults({"service": "ec2", "operation": "DescribeVpcs", "code": "AccessDenied"})

    assert local_aws.client("ec2").describe_subnets()["Subnets"]


def test_a_rule_with_an_unknown_word_is_refused(local_aws: LocalAws, faults: Faults) -> None:
    with pytest.raises(urllib.error.HTTPError) as raised:
        faults({"servcie": "ec2"})

    assert "servcie" in json.load(raised.value)["error"]
