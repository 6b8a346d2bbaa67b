"""Every boundary between two steps at which a run is ended, and the steps and calls of the code that they belong to.

A new step, or a new call that changes something, fails `test_boundaries.py` until it has a point here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """A boundary between two steps: the n-th call of an operation, before it is carried out, or a line on stderr."""

    service: str = ""
    operation: str = ""
    occurrence: int = 1
    line: str = ""

    def __str__(self) -> str:
        return self.line or f"{self.service} {self.operation} {self.occurrence}"


def _calls(service: str, *operations: str) -> tuple[Point, ...]:
    """`Operation`, or `Operation n` for the n-th."""
    words = [operation.split() for operation in operations]
    return tuple(Point(service, name, int(number[0]) if number else 1) for name, *number in words)


def _lines(*lines: str) -> tuple[Point, ...]:
    return tuple(Point(line=f"{line} …") for line in lines)


AGENT = "workstation ada: waiting for the SSM agent of i-…"
TRYING = ("CreateMultipartUpload", "AbortMultipartUpload")
"""How the preflight tries whether it may write."""
ASKING = (
    *_calls("sts", "GetCallerIdentity"),
    *_calls("s3", "HeadBucket"),
    *_calls("iam", "SimulatePrincipalPolicy"),
    *_calls("s3", "CreateMultipartUpload"),
)

POINTS: Mapping[str, tuple[Point, ...]] = {
    "first": (
        *_lines("templates", "preflight", "environment demo", "workstation ada", AGENT),
        *ASKING,
        *_calls("s3", "CreateBucket", "PutBucketPublicaccessblock", "PutBucketEncryption", "PutBucketVersioning"),
        *_calls("s3", "PutBucketLifecycle", "PutBucketPolicy"),
        *_calls("s3", "HeadObject", "PutObject", "PutObject 2"),
        *_calls("cloudformation", "CreateChangeSet", "DescribeChangeSet", "ExecuteChangeSet"),
        *_calls("ec2", "DescribeSecurityGroups", "RevokeSecurityGroupEgress"),
        *_calls("cloudformation", "CreateChangeSet 2", "ExecuteChangeSet 2"),
        *_calls("ssm", "DescribeInstanceInformation"),
        *_calls("cloudformation", "UpdateTerminationProtection", "UpdateTerminationProtection 2"),
    ),
    "change": (
        *_lines("templates", "preflight", "changes", "workstation ada", AGENT),
        *ASKING,
        *_calls("s3", "AbortMultipartUpload"),
        *_calls("cloudformation", "GetTemplateSummary", "CreateChangeSet", "CreateChangeSet 2", "DescribeChangeSet"),
        *_calls("cloudformation", "ListChangeSets 3", "DeleteChangeSet", "GetTemplate", "ExecuteChangeSet"),
        *_calls("ssm", "DescribeInstanceInformation"),
    ),
    "again": (*_lines("environment demo (failed before)"), *_calls("cloudformation", "DeleteStack")),
    "remove": (
        *_lines("what is there", "workstation ada", "environment demo", "snapshots"),
        *_calls("sts", "GetCallerIdentity"),
        *_calls("cloudformation", "ListStackResources"),
        *_calls("cloudformation", "UpdateTerminationProtection", "DeleteStack"),
        *_calls("cloudformation", "UpdateTerminationProtection 2", "DeleteStack 2"),
        *_calls("ec2", "DescribeSnapshots 2"),
    ),
}
"""Kind of run to its boundaries. What changes something is there each time, what only asks where it begins a step."""

STEPS: Mapping[tuple[str, str], str] = {
    ("after", "{outcome.label}: waiting for the SSM agent of {instance}"): f"{AGENT} …",
    ("deletion", "{stack.label}"): "workstation ada …",
    ("execute", "{stack.label}"): "workstation ada …",
    ("preflight", "preflight"): "preflight …",
    ("recover", "{stack.label} (failed before)"): "environment demo (failed before) …",
    ("remove", "what is there"): "what is there …",
    ("remove", "snapshots"): "snapshots …",
    ("rollout", "changes"): "changes …",
    ("run", "templates"): "templates …",
}
"""Module and words of each step of the code to the line at which it is ended."""

STEPS_ELSEWHERE: Mapping[tuple[str, str], str] = {
    ("continue_rollback", "{planned.label}"): "tests/deployment/test_continue_rollback.py",
    ("drift", "drift of {name}"): "tests/deployment/test_drift.py",
    ("entry", "local AWS"): "tests/deployment/test_local_aws.py",
    ("resume", "{label} (begun earlier)"): "tests/deployment/test_watch_deploy.py",
    ("run", "changes"): "tests/deployment/test_local_deploy.py",
    ("run", "local AWS"): "tests/deployment/test_local_aws.py",
}
"""Steps at which no run is ended, and where they are tested: they change nothing, or go on at AWS by themselves."""

CALLS_ELSEWHERE: Mapping[str, str] = {
    "ContinueUpdateRollback": "begun with a token and then only waited for, as UPDATE_ROLLBACK_IN_PROGRESS is",
    "DetectStackDrift": "looks, and changes nothing",
    "RevokeSecurityGroupIngress": "the local AWS makes no such rule; RevokeSecurityGroupEgress is the same step",
    "RollbackStack": "as ContinueUpdateRollback: begun with a token and then only waited for",
}
"""Calls that change something, or begin to, at which no run is ended, and why."""

ON_THE_WIRE = {
    "PutBucketLifecycleConfiguration": "PutBucketLifecycle",
    "PutPublicAccessBlock": "PutBucketPublicaccessblock",
}
"""Operations whose names are others in a record of the calls."""
