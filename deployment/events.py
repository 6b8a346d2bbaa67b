"""The events of a stack: what CloudFormation did to which resource, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cloud.errors import CloudError
from cloud.session import Cloud

LIMIT = 5_000
"""As far back as we read; one operation on the largest template, rolled back, has some 2,500."""
BEGINNINGS = frozenset({"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS"})
"""Statuses of a stack that begin an operation; a rollback belongs to the operation that it undoes."""


@dataclass(frozen=True)
class Event:
    """One event. `reason` is on one line, with what a failed hook said."""

    identifier: str
    stack: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str
    moment: datetime
    is_stack: bool
    """Whether it is about the stack itself."""
    is_hook: bool = False
    """Whether it is about a check of the organisation, run on the resource."""

    @property
    def begins(self) -> bool:
        """Whether an operation begins here. A stack deleted because its creation failed is still the same operation."""
        consequence = self.reason.startswith("The following resource(s) failed")
        return self.is_stack and self.status in BEGINNINGS and not consequence


def parse(answers: Iterable[Mapping[str, Any]]) -> tuple[Event, ...]:
    """AWS's answers, newest first as it sends them, to events in the same order."""
    return tuple(_event(answer) for answer in answers)


def read(cloud: Cloud, stack: str, *, after: str = "") -> tuple[Event, ...]:
    """The stack's events that are newer than the one with id `after`, newest first; none when it does not exist.

    Raises `CloudError`.
    """
    found = []
    try:
        for answer in cloud.pages("cloudformation", "DescribeStackEvents", "StackEvents", StackName=stack):
            if answer["EventId"] == after or len(found) == LIMIT:
                break
            found.append(answer)
    except CloudError as error:
        if error.code == "ValidationError" and "does not exist" in error.message:
            return ()
        raise
    return parse(found)


def newest(cloud: Cloud, stack: str) -> str:
    """The id of the stack's last event; empty when there is no such stack. Raises `CloudError`."""
    try:
        answers = cloud.call("cloudformation", "DescribeStackEvents", StackName=stack)["StackEvents"]
    except CloudError as error:
        if error.code == "ValidationError" and "does not exist" in error.message:
            return ""
        raise
    return answers[0]["EventId"] if answers else ""


def operation(events: Sequence[Event]) -> tuple[Event, ...]:
    """The events of the last operation, oldest first; `events` come newest first."""
    found = []
    for event in events:
        found.append(event)
        if event.begins:
            break
    found.reverse()
    return tuple(with_hooks(found))


def with_hooks(events: Iterable[Event]) -> Iterable[Event]:
    """Without the events of hooks; what a hook said is put into the reason of the failure that followed."""
    said: dict[str, str] = {}
    for event in events:
        if event.is_hook:
            said[event.logical_id] = event.reason
        elif event.status.endswith("_FAILED") and event.logical_id in said:
            yield Event(**{**vars(event), "reason": f"{event.reason}: {said[event.logical_id]}"})
        else:
            yield event


def _event(answer: Mapping[str, Any]) -> Event:
    hook = answer.get("HookStatus", "").endswith("FAILED")
    reason = answer.get("HookStatusReason" if "HookType" in answer else "ResourceStatusReason") or ""
    physical = answer.get("PhysicalResourceId", "")
    return Event(
        identifier=answer["EventId"],
        stack=answer["StackName"],
        logical_id=answer["LogicalResourceId"],
        physical_id=physical,
        type=answer["ResourceType"],
        status=answer.get("ResourceStatus", ""),
        reason=" ".join(reason.split()) if hook or "HookType" not in answer else "",
        moment=answer["Timestamp"],
        is_stack=physical == answer["StackId"],
        is_hook="HookType" in answer,
    )
