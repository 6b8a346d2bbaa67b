"""Why a stack failed: the first resource that did, and not what only followed from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cloud.session import Cloud
from deployment.causes import Explanation, explain
from deployment.events import Event, operation, read

CONSEQUENCE = re.compile(
    r"Resource (creation|update|deletion|import) cancel"  # `cancelled`, and `canceled` on newer types
    r"|The following resource\(s\) failed"
    r"|Embedded stack \S+ was not successfully"
    r"|Rollback (requested|succeeded)"
    r"|Delete requested by user"
    r"|Delete after rollback"
)
"""What CloudFormation says of resources that failed because another one did."""


@dataclass(frozen=True)
class Failure:
    """The first cause of a failed operation, and what then kept CloudFormation from undoing it."""

    stack: str
    logical_id: str
    type: str
    explanation: Explanation
    undo: Failure | None = None

    @property
    def cause(self) -> str:
        """Which resource, and what AWS said, one line."""
        if self.logical_id == self.stack:
            return self.explanation.reason
        return f"{self.logical_id} ({self.type}): {self.explanation.reason}"

    def lines(self) -> tuple[str, ...]:
        """The cause, what it means, what to do, and where AWS says more."""
        known = self.explanation
        meaning = (f"that is: {known.words}", f"to do: {known.hint}", f"see: {known.page}") if known.cause else ()
        undo = ("and it could not be undone:", *self.undo.lines()) if self.undo else ()
        return (self.cause, *(f"  {line}" for line in (*meaning, *undo)))


def first_cause(cloud: Cloud, stack: str, *, after: str = "") -> Failure | None:
    """The first cause of the stack's last operation, among its events newer than `after`; None when none failed.

    Raises `CloudError`.
    """
    return cause_in(read(cloud, stack, after=after))


def cause_in(events: Sequence[Event]) -> Failure | None:
    """The first cause of the last operation; `events` come newest first, as AWS sends them."""
    last = operation(events)
    turn = next((position for position, event in enumerate(last) if _turns_back(event)), len(last))
    undo = _earliest(last[turn:])
    first = _earliest(last[:turn]) or _stack_reason(last)
    if first is None:
        return undo
    return Failure(first.stack, first.logical_id, first.type, first.explanation, undo=undo)


def _turns_back(event: Event) -> bool:
    return event.is_stack and event.status in ("ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS")


def _earliest(events: Sequence[Event]) -> Failure | None:
    for event in events:
        if event.status.endswith("_FAILED") and not event.is_stack and not CONSEQUENCE.match(event.reason):
            return _failure(event)
    return None


def _stack_reason(events: Sequence[Event]) -> Failure | None:
    """What was said of the stack itself, where no resource is to blame: a template or a bucket, for example."""
    for event in events:
        failed = event.status.endswith("_FAILED") or _turns_back(event)
        if event.is_stack and failed and event.reason and not CONSEQUENCE.match(event.reason):
            return _failure(event)
    return None


def _failure(event: Event) -> Failure:
    return Failure(event.stack, event.logical_id, event.type, explain(event.type, event.reason or event.status))
