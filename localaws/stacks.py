"""What CloudFormation remembers: stacks, their resources, events and change sets, for each region."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

ACCOUNT = "123456789012"


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class StackResource:
    """A resource that was made, or tried. `properties` are the final values that it was last given."""

    logical_id: str
    type: str
    physical_id: str = ""
    properties: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    simulated: str = ""
    status: str = ""
    reason: str = ""
    timestamp: datetime = field(default_factory=now)
    dependencies: tuple[str, ...] = ()
    deletion_policy: str = "Delete"
    update_replace_policy: str = "Delete"

    @property
    def exists(self) -> bool:
        return bool(self.physical_id) and self.status not in ("DELETE_COMPLETE", "DELETE_SKIPPED")


@dataclass(frozen=True)
class Event:
    event_id: str
    operation_id: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str
    timestamp: datetime
    properties: str
    token: str


@dataclass(frozen=True)
class Desired:
    """What a create or update asks for: the template and everything that goes with it."""

    template_body: str
    parameters: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    role_arn: str = ""
    notification_arns: tuple[str, ...] = ()


@dataclass
class ChangeSet:
    name: str
    change_set_id: str
    kind: str
    desired: Desired
    description: str = ""
    status: str = "CREATE_COMPLETE"
    reason: str = ""
    execution_status: str = "AVAILABLE"
    on_stack_failure: str = ""
    changes: tuple[dict[str, Any], ...] = ()
    created: datetime = field(default_factory=now)


@dataclass
class Stack:
    name: str
    stack_id: str
    region: str
    status: str
    desired: Desired
    reason: str = ""
    description: str = ""
    created: datetime = field(default_factory=now)
    updated: datetime | None = None
    deleted: datetime | None = None
    termination_protection: bool = False
    disable_rollback: bool = False
    policy: str = ""
    operation_id: str = ""
    token: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    outputs: tuple[dict[str, str], ...] = ()
    resources: dict[str, StackResource] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    change_sets: dict[str, ChangeSet] = field(default_factory=dict)
    failed_update: dict[str, Any] = field(default_factory=dict)

    @property
    def in_progress(self) -> bool:
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"


class Store:
    """All stacks of all regions. Hold `changed` to read or change them; each event wakes those who wait."""

    def __init__(self) -> None:
        self.stacks: list[Stack] = []
        self.changed = threading.Condition(threading.RLock())

    def __getstate__(self) -> dict[str, Any]:
        return {"stacks": self.stacks}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.stacks = state["stacks"]
        self.changed = threading.Condition(threading.RLock())

    def find(self, region: str, name_or_id: str) -> Stack | None:
        """The stack of that id, or the one of that name that is not deleted."""
        for stack in reversed(self.stacks):
            if stack.region == region and stack.stack_id == name_or_id:
                return stack
            if stack.region == region and stack.name == name_or_id and stack.status != "DELETE_COMPLETE":
                return stack
        return None

    def add(self, *, region: str, name: str, status: str, desired: Desired) -> Stack:
        stack_id = f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{name}/{uuid.uuid4()}"
        stack = Stack(name=name, stack_id=stack_id, region=region, status=status, desired=desired)
        with self.changed:
            self.stacks.append(stack)
        return stack

    def set_status(self, stack: Stack, status: str, reason: str = "") -> None:
        """Change the stack's status and tell it in an event."""
        with self.changed:
            stack.status, stack.reason = status, reason
            if status == "DELETE_COMPLETE":
                stack.deleted = now()
            self._add_event(stack, stack.name, stack.stack_id, "AWS::CloudFormation::Stack", status, reason, "")

    def set_resource(self, stack: Stack, resource: StackResource, status: str, reason: str = "") -> None:
        """Change a resource's status and tell it in an event."""
        import json

        with self.changed:
            resource.status, resource.reason, resource.timestamp = status, reason, now()
            properties = json.dumps(resource.properties, default=str)
            self._add_event(stack, resource.logical_id, resource.physical_id, resource.type, status, reason, properties)

    def wait(self, until: Callable[[], bool], seconds: float) -> None:
        """Return when `until()` holds, or after `seconds`."""
        with self.changed:
            self.changed.wait_for(until, timeout=seconds)

    def _add_event(
        self, stack: Stack, logical_id: str, physical_id: str, kind: str, status: str, reason: str, properties: str
    ) -> None:
        stack.events.append(
            Event(
                event_id=str(uuid.uuid4()),
                operation_id=stack.operation_id,
                logical_id=logical_id,
                physical_id=physical_id,
                type=kind,
                status=status,
                reason=reason,
                timestamp=now(),
                properties=properties,
                token=stack.token,
            )
        )
        self.changed.notify_all()
