"""Policies in plain words; what has none is shown as it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analysis.committed import read_committed
from analysis.partial import resolve_partly
from analysis.review.facts import ANYWHERE
from analysis.rights import Policy, policies
from analysis.rights_words import in_words
from tests.conftest import ROOT

CONFIGS = sorted(str(file.parent.relative_to(ROOT)) for file in (ROOT / "templates").rglob("stacks.json"))
"""Every directory of generated templates."""
INSTANCES = "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/*"


def template(statement: dict[str, Any], **more: Any) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": statement}
    policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}
    return {"Resources": {"Policy": policy, "Shell": {"Type": "AWS::SSM::Document"}} | more}


def found(body: dict[str, Any]) -> tuple[Policy, ...]:
    return policies(resolve_partly(body, {}, ANYWHERE))


def words(**statement: Any) -> str:
    (policy,) = found(template({"Effect": "Allow"} | statement))
    return str(in_words(policy.statements[0], policy.kind))


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({"Action": "ssm:StartSession", "Resource": "*"}, "may start a session, on every resource"),
        (
            {"Action": ["ec2:StopInstances", "ec2:StartInstances"], "Resource": {"Fn::Sub": INSTANCES}},
            "may start and stop the machine, on every EC2 instance of this account in this region",
        ),
        ({"Action": "ec2:StopInstances", "Resource": "*"}, "may stop the machine, on every resource"),
        ({"Action": "s3:Frobnicate", "Resource": "*"}, "may s3:Frobnicate, on every resource"),
        (
            {"Action": ["s3:GetObject", "ssm:StartSession"], "Resource": "arn:aws:s3:::data"},
            "may s3:GetObject and start a session, on AWS's S3 bucket data",
        ),
        ({"Action": "*", "Resource": "*"}, "may do everything in every service, on every resource"),
        ({"Action": "iam:*", "Resource": "*"}, "may do everything that iam has, on every resource"),
        ({"Action": "iam:Pass*", "Resource": "*"}, "may iam:Pass*, on every resource"),
        ({"NotAction": "iam:*", "Resource": "*"}, "may do anything but: do everything that iam has, on every resource"),
        (
            {"Action": "ssm:StartSession", "NotResource": {"Fn::Sub": INSTANCES}},
            "may start a session, on anything but: every EC2 instance of this account in this region",
        ),
        ({"Effect": "Deny", "Action": "kms:*", "Resource": "*"},
         "may never do everything with the key, and decide who else may, on every resource"),
        ({"Action": "ssm:StartSession", "Resource": {"Ref": "Shell"}}, "may start a session, on Shell"),
        (
            {"Action": "ssm:StartSession", "Resource": "arn:aws:quantum:us-east-1:1:cat/alive"},
            "may start a session, on arn:aws:quantum:us-east-1:1:cat/alive",
        ),
        (
            {"Action": "ssm:StartSession", "Resource": "arn:aws:ssm:eu-west-1:111122223333:document/Mine*"},
            "may start a session, on every SSM document named Mine* of account 111122223333 in eu-west-1",
        ),
    ],
)  # fmt: skip
def test_a_statement_reads_as_a_sentence(statement: dict[str, Any], expected: str):
    assert words(**statement) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (
            {"StringEquals": {"ssm:resourceTag/Owner": "${aws:username}"}},
            "its tag Owner is the caller's user name",
        ),
        (
            {"StringLike": {"ec2:ResourceTag/Team": ["a*", "b*"]}, "Bool": {"kms:GrantIsForAWSResource": True}},
            "its tag Team is like a* or b* and an AWS service asks for it, to use it for the caller",
        ),
        (
            {"StringEqualsIfExists": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
            "the account that the service works for is this account, or that is not known",
        ),
        ({"DateLessThan": {"aws:CurrentTime": "2030"}}, "DateLessThan aws:CurrentTime 2030"),
        ({"StringEquals": {"aws:Unheard": "of"}}, "StringEquals aws:Unheard of"),
        ({"Bool": {"kms:GrantIsForAWSResource": "?"}}, "Bool kms:GrantIsForAWSResource ?"),
        ({"ForAnyValue:StringLike": {"aws:SourceArn": "x"}}, "ForAnyValue:StringLike aws:SourceArn x"),
    ],
)
def test_a_condition_reads_as_a_clause_or_as_it_stands(condition: dict[str, Any], expected: str):
    assert words(Action="ssm:StartSession", Resource="*", Condition=condition) == (
        f"may start a session, on every resource, only if {expected}"
    )


def test_who_may_is_said_of_a_policy_that_names_principals():
    trust = {
        "Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    }
    everybody = {"Statement": [{"Effect": "Allow", "NotPrincipal": {"AWS": "1"}, "Action": "kms:*", "Resource": "*"}]}
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}}
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": everybody}}

    told = [str(in_words(item.statements[0], item.kind)) for item in found({"Resources": {"Role": role, "Key": key}})]

    assert told == [
        "the AWS service ec2.amazonaws.com may take this role",
        "anybody but: AWS:1 may do everything with the key, and decide who else may, on this resource",
    ]


def test_a_boundary_is_told_apart_from_what_is_given():
    role = {"Type": "AWS::IAM::Role", "Properties": {"PermissionsBoundary": {"Ref": "Policy"}}}
    (boundary,) = found(template({"Effect": "Allow", "Action": "*", "Resource": "*"}, Role=role))

    assert (boundary.kind, boundary.holders) == ("boundary", ("Role",))
    assert str(in_words(boundary.statements[0], boundary.kind)).startswith("can at most be allowed to do everything")


def test_a_policy_is_found_wherever_it_stands():
    document = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    deep = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyName": "x", "PolicyDocument": document}]}}
    endpoint = {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"PolicyDocument": document}}

    places = [(item.logical_id, item.place, item.kind) for item in found({"Resources": {"A": deep, "B": endpoint}})]

    assert places == [("A", "Policies/0/PolicyDocument", "identity"), ("B", "PolicyDocument", "resource")]


@pytest.mark.parametrize("directory", CONFIGS)
def test_every_right_that_our_templates_give_has_words(root: Path, directory: str):
    told = [
        phrase
        for body in read_committed(root / directory).templates.values()
        for policy in found(body)
        for statement in policy.statements
        for part in vars(in_words(statement, policy.kind)).values()
        if isinstance(part, tuple)
        for phrase in part
    ]

    assert told
    assert [phrase for phrase in told if not phrase.words] == []
