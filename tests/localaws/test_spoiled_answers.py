"""Fault rules on the way back: answers that are lost, cut or not AWS's, after a call or in place of it."""

from __future__ import annotations

import urllib.error
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, HTTPClientError
from botocore.parsers import ResponseParserError

from tests.local_aws_fixture import LocalAws
from tests.localaws.stack import TemplateStack, resource

Faults = Callable[..., Any]


def groups(local_aws: LocalAws) -> int:
    return len(local_aws.client("logs").describe_log_groups(logGroupNamePrefix="spoiled")["logGroups"])


def test_a_lost_answer_leaves_what_the_call_did(local_aws: LocalAws, faults: Faults) -> None:
    faults({"service": "logs", "operation": "CreateLogGroup", "times": 0, "drop": True, "after": True})
    with pytest.raises((ConnectionClosedError, ClientError)):  # a second try finds what the first one made
        local_aws.client("logs").create_log_group(logGroupName="spoiled-lost")
    faults()

    assert groups(local_aws) == 1


def test_a_dropped_call_did_nothing(local_aws: LocalAws, faults: Faults) -> None:
    before = groups(local_aws)
    faults({"service": "logs", "operation": "CreateLogGroup", "times": 0, "drop": True})
    with pytest.raises(ConnectionClosedError):
        local_aws.client("logs").create_log_group(logGroupName="spoiled-dropped")
    faults()

    assert groups(local_aws) == before


def test_an_error_after_the_call_hides_what_it_did(local_aws: LocalAws, faults: Faults) -> None:
    before = groups(local_aws)
    faults({"service": "logs", "operation": "CreateLogGroup", "code": "AccessDenied", "status": 403, "after": True})
    with pytest.raises(ClientError):
        local_aws.client("logs").create_log_group(logGroupName="spoiled-hidden")

    assert groups(local_aws) == before + 1


@pytest.mark.parametrize(
    ("reply", "error"),
    [("empty", ResponseParserError), ("html", KeyError), ("truncated", (HTTPClientError, ResponseParserError))],
)
def test_an_answer_that_is_not_whole_raises_what_botocore_raises(
    local_aws: LocalAws, faults: Faults, reply: str, error: Any
) -> None:
    faults({"service": "cloudformation", "operation": "ListStacks", "times": 0, "reply": reply})

    with pytest.raises(error):
        local_aws.client("cloudformation").list_stacks()


def test_a_rule_can_hit_the_resources_of_stacks_alone(
    local_aws: LocalAws, faults: Faults, stack: TemplateStack
) -> None:
    faults({"service": "ec2", "operation": "CreateVpc", "caller": "cloudformation", "times": 0, "code": "Denied"})
    local_aws.client("ec2").create_vpc(CidrBlock="10.77.0.0/16")
    status = stack.create({"Resources": {"Vpc": resource("AWS::EC2::VPC", {"CidrBlock": "10.78.0.0/16"})}})

    assert status == "ROLLBACK_COMPLETE"


def test_a_rule_can_spare_the_resources_of_stacks(local_aws: LocalAws, faults: Faults, stack: TemplateStack) -> None:
    faults({"service": "ec2", "operation": "CreateVpc", "caller": "outside", "times": 0, "code": "Denied"})
    with pytest.raises(ClientError):
        local_aws.client("ec2").create_vpc(CidrBlock="10.79.0.0/16")
    status = stack.create({"Resources": {"Vpc": resource("AWS::EC2::VPC", {"CidrBlock": "10.80.0.0/16"})}})

    assert status == "CREATE_COMPLETE"


@pytest.mark.parametrize("rule", [{"reply": "nonsense"}, {"caller": "nobody"}])
def test_a_rule_with_an_unknown_value_is_refused(faults: Faults, rule: dict[str, str]) -> None:
    with pytest.raises(urllib.error.HTTPError):
        faults(rule)
