"""The change sets of a stack, as AWS lists them."""

from __future__ import annotations

from typing import Any

from cloud.errors import CloudError
from cloud.session import Cloud

PREFIX = "awscli-cloudformation-package-deploy-"
"""How the AWS CLI, of both generations, begins the names of its change sets."""
UNDER_WAY = ("CREATE_PENDING", "CREATE_IN_PROGRESS")


def proposed(cloud: Cloud, stack: str, *, prefix: str = PREFIX) -> list[dict[str, Any]]:
    """Those whose names begin with `prefix`; none where there is no such stack. Raises `CloudError`."""
    try:
        found = list(cloud.pages("cloudformation", "ListChangeSets", "Summaries", StackName=stack))
    except CloudError as error:
        if error.code == "ValidationError" and "does not exist" in error.message:
            return []
        raise
    return [item for item in found if item["ChangeSetName"].startswith(prefix)]


def waiting(cloud: Cloud, stack: str) -> list[dict[str, Any]]:
    """The AWS CLI's change sets that somebody may still execute, oldest first. Raises `CloudError`."""
    found = [
        item for item in proposed(cloud, stack) if item["ExecutionStatus"] == "AVAILABLE" or item["Status"] in UNDER_WAY
    ]
    return sorted(found, key=lambda item: item["CreationTime"])
