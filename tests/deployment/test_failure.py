"""The first cause of a failed stack, among all that follows from it."""

from __future__ import annotations

from pathlib import Path

from deployment.events import parse
from deployment.failure import cause_in
from deployment.frame import frame
from tests.deployment.stack_events import MADE, ROLLED_BACK, USER, answers, events, moment
from tests.deployment.test_tree import tree

RETRY = (
    (20, "demo", "", "UPDATE_IN_PROGRESS", USER),
    (22, "Subnet", "EC2::Subnet", "UPDATE_FAILED", "Resource update cancelled"),
    (22, "Route", "EC2::Route", "CREATE_FAILED", "the moon"),
    (23, "demo", "", "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Route]."),
    (25, "Route", "EC2::Route", "DELETE_COMPLETE", ""),
    (26, "demo", "", "UPDATE_ROLLBACK_COMPLETE", ""),
)


def test_the_first_cause_of_a_stack_that_was_undone_is_said_in_plain_words() -> None:
    failure = cause_in(events("demo", ROLLED_BACK))

    assert failure is not None
    assert failure.lines() == (
        "NatAddressB (AWS::EC2::EIP): The maximum number of addresses has been reached.",
        "  that is: the account has no Elastic IP address left in this region (the quota is 5 unless it was raised)",
        "  to do: release addresses that nobody uses (`aws ec2 describe-addresses`), or ask for more in Service Quotas",
        "  see: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
    )


def test_the_guide_shows_what_is_really_said(root: Path) -> None:
    failure = cause_in(events("demo", ROLLED_BACK))
    shown = frame([tree(MADE[:8])], width=80, height=20, now=moment(52))
    guide = (root / "docs" / "guides" / "deploying.md").read_text()

    assert failure is not None
    assert f"environment demo: failed: {chr(10).join(failure.lines())}\n" in guide
    assert "".join(f"{line.text}\n" for line in shown) in guide


def test_only_the_last_operation_counts() -> None:
    failure = cause_in(events("demo", ROLLED_BACK + RETRY))

    assert failure is not None
    assert failure.lines() == ("Route (AWS::EC2::Route): the moon",)


def test_an_operation_that_went_well_after_one_that_failed_has_no_cause() -> None:
    well = ((20, "demo", "", "UPDATE_IN_PROGRESS", USER), (21, "demo", "", "UPDATE_COMPLETE", ""))

    assert cause_in(events("demo", ROLLED_BACK + well)) is None


def test_the_earliest_of_two_causes_is_told() -> None:
    two = (
        (0, "demo", "", "CREATE_IN_PROGRESS", USER),
        (1, "A", "EC2::VPC", "CREATE_FAILED", "first"),
        (1, "B", "EC2::VPC", "CREATE_FAILED", "second"),
    )
    failure = cause_in(events("demo", two))

    assert failure is not None
    assert failure.cause == "A (AWS::EC2::VPC): first"


def test_what_kept_the_rollback_from_ending_is_told_as_well() -> None:
    stuck = (
        *ROLLED_BACK[:-2],
        (9, "Vpc", "EC2::VPC", "DELETE_FAILED", "The vpc 'vpc-1' has dependencies and cannot be deleted."),
        (11, "demo", "", "ROLLBACK_FAILED", "The following resource(s) failed to delete: [Vpc]. "),
    )
    failure = cause_in(events("demo", stuck))

    assert failure is not None
    assert failure.logical_id == "NatAddressB"
    assert failure.undo is not None
    assert failure.undo.explanation.cause == "something-left"
    assert "  and it could not be undone:" in failure.lines()
    assert "  Vpc (AWS::EC2::VPC): The vpc 'vpc-1' has dependencies and cannot be deleted." in failure.lines()


def test_a_failure_of_the_stack_itself_is_told_where_no_resource_failed() -> None:
    unread = (
        (0, "demo", "", "CREATE_IN_PROGRESS", USER),
        (1, "demo", "", "CREATE_FAILED", "S3 error: Access Denied"),
    )
    failure = cause_in(events("demo", unread))

    assert failure is not None
    assert (failure.cause, failure.explanation.cause) == ("S3 error: Access Denied", "template-unreachable")


def test_a_failed_removal_has_a_cause() -> None:
    removal = (
        (30, "demo", "", "DELETE_IN_PROGRESS", USER),
        (31, "Group", "EC2::SecurityGroup", "DELETE_FAILED", "resource sg-1 has a dependent object"),
        (32, "demo", "", "DELETE_FAILED", "The following resource(s) failed to delete: [Group]. "),
    )
    failure = cause_in(events("demo", ROLLED_BACK + removal))

    assert failure is not None
    assert failure.explanation.cause == "security-group-in-use"


def test_a_stack_deleted_because_its_creation_failed_tells_why_it_failed() -> None:
    turned = (
        *ROLLED_BACK[:7],
        (5, "demo", "", "DELETE_IN_PROGRESS", "The following resource(s) failed to create: [Vpc]. Delete requested."),
        (7, "demo", "", "DELETE_COMPLETE", ""),
    )
    failure = cause_in(events("demo", turned))

    assert failure is not None
    assert failure.logical_id == "NatAddressB"


def test_a_nested_stack_is_not_the_cause_of_itself() -> None:
    nested = (
        (0, "demo", "", "CREATE_IN_PROGRESS", USER),
        (1, "Inner", "EC2::VPC", "CREATE_FAILED", "The following resource(s) failed to create: [Vpc]."),
    )

    assert cause_in(events("demo", nested)) is None


def test_what_a_hook_said_is_part_of_the_reason() -> None:
    hook = "The following hook(s) failed: [Acme::Tags]"
    recorded = answers(
        "demo", ((0, "demo", "", "CREATE_IN_PROGRESS", USER), (2, "Vpc", "EC2::VPC", "CREATE_FAILED", hook))
    )
    said = {
        **recorded[0],
        "EventId": "hook",
        "HookType": "Acme::Tags",
        "HookStatus": "HOOK_COMPLETE_FAILED",
        "HookStatusReason": "the tag CostCentre\n is missing",
        "ResourceStatus": "CREATE_IN_PROGRESS",
    }
    failure = cause_in(parse([recorded[0], said, recorded[1]]))

    assert failure is not None
    assert failure.cause == f"Vpc (AWS::EC2::VPC): {hook}: the tag CostCentre is missing"
    assert failure.explanation.cause == "hook"


def test_without_a_failure_there_is_no_cause() -> None:
    assert cause_in(events("demo", ROLLED_BACK[:3])) is None
    assert cause_in(()) is None
