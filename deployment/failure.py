"""Why a stack failed: the first resource that did, in CloudFormation's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from cloud.session import Cloud

CANCELLED = ("Resource creation cancelled", "Resource update cancelled")
EVENTS = 2_000
"""As far back as we look; one operation on the largest template has some 1,500."""


def first_cause(cloud: Cloud, stack: str) -> str | None:
    """The first failure of the stack's last operation, one line; None when there was none. Raises `CloudError`."""
    events = cloud.pages("cloudformation", "DescribeStackEvents", "StackEvents", StackName=stack)
    return cause_in(islice(events, EVENTS))


def cause_in(events: Iterable[Mapping[str, Any]]) -> str | None:
    """The oldest failure among the events of the last operation; `events` come newest first, as AWS sends them."""
    cause = None
    for event in events:
        status, reason = event["ResourceStatus"], event.get("ResourceStatusReason", "")
        if event["PhysicalResourceId"] == event["StackId"]:
            if status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"):
                break
        elif status.endswith("_FAILED") and not reason.startswith(CANCELLED):
            cause = f"{event['LogicalResourceId']} ({event['ResourceType']}): {' '.join(reason.split()) or status}"
    return cause
