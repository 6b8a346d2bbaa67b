"""Recorded stack events, as `describe-stack-events` gives them, written in short form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from deployment.events import Event, parse

BEGIN = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
USER = "User Initiated"

Short = tuple[int, str, str, str, str]
"""Second, logical id, type without `AWS::`, status, reason; the stack itself has its own name as logical id."""


def moment(second: float) -> datetime:
    return BEGIN + timedelta(seconds=second)


def answers(stack: str, short: Sequence[Short]) -> list[dict[str, Any]]:
    """AWS's answer: newest first."""
    identifier = f"arn:aws:cloudformation:us-east-1:123456789012:stack/{stack}/1"
    events = [
        {
            "StackId": identifier,
            "EventId": f"{stack}-{position}",
            "StackName": stack,
            "LogicalResourceId": name,
            "PhysicalResourceId": identifier if name == stack else f"{name.lower()}-1",
            "ResourceType": "AWS::CloudFormation::Stack" if name == stack else f"AWS::{kind}",
            "Timestamp": moment(second),
            "ResourceStatus": status,
            **({"ResourceStatusReason": reason} if reason else {}),
        }
        for position, (second, name, kind, status, reason) in enumerate(short)
    ]
    return events[::-1]


def events(stack: str, short: Sequence[Short]) -> tuple[Event, ...]:
    """Newest first."""
    return parse(answers(stack, short))


def oldest_first(stack: str, short: Sequence[Short]) -> tuple[Event, ...]:
    return events(stack, short)[::-1]


MADE: tuple[Short, ...] = (
    (0, "demo", "", "REVIEW_IN_PROGRESS", USER),
    (2, "demo", "", "CREATE_IN_PROGRESS", USER),
    (4, "Vpc", "EC2::VPC", "CREATE_IN_PROGRESS", ""),
    (5, "Vpc", "EC2::VPC", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
    (4, "NatAddressA", "EC2::EIP", "CREATE_IN_PROGRESS", ""),
    (16, "Vpc", "EC2::VPC", "CREATE_COMPLETE", ""),
    (21, "NatAddressA", "EC2::EIP", "CREATE_COMPLETE", ""),
    (22, "NatGatewayA", "EC2::NatGateway", "CREATE_IN_PROGRESS", ""),
    (130, "NatGatewayA", "EC2::NatGateway", "CREATE_COMPLETE", ""),
    (132, "demo", "", "CREATE_COMPLETE", ""),
)
"""A stack that was made."""

TOO_MANY = (
    'Resource handler returned message: "The maximum number of addresses has been reached. (Service: Ec2, Status Code: '
    '400, Request ID: 6b8cf3d3)" (RequestToken: 5f2495db, HandlerErrorCode: GeneralServiceException)'
)

ROLLED_BACK: tuple[Short, ...] = (
    (0, "demo", "", "CREATE_IN_PROGRESS", USER),
    (2, "Vpc", "EC2::VPC", "CREATE_IN_PROGRESS", ""),
    (2, "NatAddressA", "EC2::EIP", "CREATE_IN_PROGRESS", ""),
    (2, "NatAddressB", "EC2::EIP", "CREATE_IN_PROGRESS", ""),
    (3, "NatAddressB", "EC2::EIP", "CREATE_FAILED", TOO_MANY),
    (3, "NatAddressA", "EC2::EIP", "CREATE_FAILED", "Resource creation cancelled"),
    (4, "Vpc", "EC2::VPC", "CREATE_FAILED", "Resource creation cancelled"),
    (
        5,
        "demo",
        "",
        "ROLLBACK_IN_PROGRESS",
        "The following resource(s) failed to create: [NatAddressA, NatAddressB, Vpc]. Rollback requested by user.",
    ),
    (7, "Vpc", "EC2::VPC", "DELETE_IN_PROGRESS", ""),
    (9, "Vpc", "EC2::VPC", "DELETE_COMPLETE", ""),
    (11, "demo", "", "ROLLBACK_COMPLETE", ""),
)
"""A stack that failed for want of an address, and was undone."""
