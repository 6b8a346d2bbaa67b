"""The first cause of a failed stack, among all that follows from it."""

from __future__ import annotations

from collections.abc import Mapping

from deployment.failure import cause_in

STACK = "arn:aws:cloudformation:us-east-1:1:stack/demo/1"


def event(name: str, status: str, reason: str = "", *, kind: str = "AWS::EC2::NatGateway") -> Mapping[str, str]:
    physical = STACK if name == "demo" else f"{name}-id"
    return {
        "StackId": STACK,
        "LogicalResourceId": name,
        "PhysicalResourceId": physical,
        "ResourceType": kind,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }


OLDEST_FIRST = (
    event("demo", "CREATE_IN_PROGRESS", "User Initiated"),
    event("Vpc", "CREATE_FAILED", "an older deploy"),
    event("demo", "ROLLBACK_COMPLETE"),
    event("demo", "UPDATE_IN_PROGRESS", "User Initiated"),
    event("NatGatewayA", "CREATE_FAILED", "The maximum number\n of addresses has been reached"),
    event("NatGatewayB", "CREATE_FAILED", "Resource creation cancelled"),
    event("demo", "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [NatGatewayA]"),
    event("NatGatewayA", "DELETE_FAILED", "still there"),
    event("demo", "UPDATE_ROLLBACK_COMPLETE"),
)


def test_the_first_failure_of_the_last_operation_is_the_cause() -> None:
    expected = "NatGatewayA (AWS::EC2::NatGateway): The maximum number of addresses has been reached"

    assert expected == cause_in(reversed(OLDEST_FIRST))


def test_without_a_failure_there_is_no_cause() -> None:
    assert cause_in(reversed((OLDEST_FIRST[0], event("Vpc", "CREATE_COMPLETE")))) is None
