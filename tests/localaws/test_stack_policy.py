"""A stack's policy decides which resources an update may touch."""

from __future__ import annotations

import json

import pytest

from tests.localaws.stack import TemplateStack, resource, template

ALLOW = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
VPC = resource("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"})
OTHER_VPC = resource("AWS::EC2::VPC", {"CidrBlock": "10.1.0.0/16"})
LOGS = resource("AWS::Logs::LogGroup", {"RetentionInDays": 7})
LONGER_LOGS = resource("AWS::Logs::LogGroup", {"RetentionInDays": 30})

CHANGES = {
    "Update:Modify": template(Vpc=VPC, Logs=LONGER_LOGS),
    "Update:Replace": template(Vpc=OTHER_VPC, Logs=LOGS),
    "Update:Delete": template(Vpc=VPC),
}
TOUCHED = {"Update:Modify": "Logs", "Update:Replace": "Vpc", "Update:Delete": "Logs"}


def deny(**more: object) -> dict[str, object]:
    return {"Effect": "Deny", "Action": "Update:*", "Principal": "*", "Resource": "*", **more}


@pytest.fixture
def deployed(stack: TemplateStack) -> TemplateStack:
    stack.create(template(Vpc=VPC, Logs=LOGS))
    return stack


def follow(stack: TemplateStack, *statements: dict[str, object]) -> None:
    body = json.dumps({"Statement": list(statements)})
    stack.cloudformation.set_stack_policy(StackName=stack.name, StackPolicyBody=body)


@pytest.mark.parametrize("action", CHANGES)
def test_a_denied_action_fails_the_update_and_everything_stays(deployed, action):
    vpc_id, log_group = deployed.id("Vpc"), deployed.id("Logs")
    follow(deployed, ALLOW, deny(Action=action))

    assert deployed.update(CHANGES[action]) == "UPDATE_ROLLBACK_COMPLETE"
    assert (deployed.id("Vpc"), deployed.id("Logs")) == (vpc_id, log_group)
    reasons = [
        reason for name, state, reason in deployed.events() if (name, state) == (TOUCHED[action], "UPDATE_FAILED")
    ]
    assert reasons == [
        f"Action denied by stack policy: Statement [#2] does not allow [{action}] for resource [{TOUCHED[action]}]"
    ]


@pytest.mark.parametrize("action", CHANGES)
def test_another_action_than_the_denied_one_goes_through(deployed, action):
    others = [other for other in CHANGES if other != action]
    follow(deployed, ALLOW, deny(Action=others))

    assert deployed.update(CHANGES[action]) == "UPDATE_COMPLETE"


def test_what_no_statement_allows_is_denied(deployed):
    follow(deployed, {**ALLOW, "Resource": "LogicalResourceId/Vpc"})

    assert deployed.update(CHANGES["Update:Modify"]) == "UPDATE_ROLLBACK_COMPLETE"
    assert deployed.update(CHANGES["Update:Replace"]) == "UPDATE_COMPLETE"


@pytest.mark.parametrize(
    "statement",
    [
        deny(Resource="LogicalResourceId/V*"),
        deny(NotResource="LogicalResourceId/Logs", Resource=None),
        deny(Condition={"StringEquals": {"ResourceType": ["AWS::EC2::VPC"]}}),
        deny(Condition={"StringLike": {"ResourceType": ["AWS::EC2::*"]}}),
        deny(NotAction=["Update:Modify", "Update:Delete"], Action=None),
    ],
)
def test_statements_name_resources_types_and_actions(deployed, statement):
    follow(deployed, ALLOW, {key: value for key, value in statement.items() if value is not None})

    assert deployed.update(CHANGES["Update:Modify"]) == "UPDATE_COMPLETE"
    assert deployed.update(CHANGES["Update:Replace"] | template(Vpc=OTHER_VPC, Logs=LONGER_LOGS)) == (
        "UPDATE_ROLLBACK_COMPLETE"
    )
