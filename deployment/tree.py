"""How far a stack is: from its events to resources with times, and an estimate of what is left. Pure."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from deployment.causes import explain
from deployment.events import Event
from deployment.failure import CONSEQUENCE

DOING = {"CREATE": "making", "UPDATE": "changing", "DELETE": "removing", "IMPORT": "importing"}
DONE = {"CREATE": "made", "UPDATE": "changed", "DELETE": "removed", "IMPORT": "imported"}
UNDOING = "undoing"


@dataclass(frozen=True)
class Row:
    """One resource: what is or was done to it, and when that began and ended."""

    name: str
    type: str
    state: str
    """`making`, `made`, `failed`, `cancelled`, `kept` …"""
    began: datetime
    ended: datetime | None = None
    reason: str = ""
    """Why it failed, one line, in plain words; it stays while the failure is undone."""

    @property
    def failed(self) -> bool:
        """Whether it failed by itself."""
        return self.state == "failed"

    def seconds(self, now: datetime) -> float:
        """How long it took, or has taken until `now`."""
        return max(0.0, ((self.ended or now) - self.began).total_seconds())


@dataclass(frozen=True)
class Expected:
    """What an operation has to make: seconds by logical id (None where unknown), and who waits for whom."""

    seconds: Mapping[str, int | None] = field(default_factory=dict)
    needs: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Tree:
    """A stack on its way: its resources in the order in which they began."""

    label: str
    rows: tuple[Row, ...] = ()
    doing: str = ""
    """`making`, `changing`, `undoing` …; empty before the first event."""
    began: datetime | None = None
    ended: datetime | None = None
    expected: Expected = field(default_factory=Expected)

    @property
    def creates(self) -> bool:
        """Whether the stack is being made, so that everything in the template is still to come."""
        return self.doing == "making"

    @property
    def total(self) -> int:
        """How many resources there will be; only what has begun counts where that is not known."""
        return len({row.name for row in self.rows} | set(self.expected.seconds)) if self.creates else len(self.rows)

    def left_seconds(self, now: datetime) -> int | None:
        """An estimate of what is left: the longest chain of what waits and what is under way; None if unknown."""
        if not self.creates or not self.expected.seconds:
            return None
        begun = {row.name: row for row in self.rows}
        chains: dict[str, float] = {}
        for name in graphlib.TopologicalSorter(self.expected.needs).static_order():
            before = max((chains[need] for need in self.expected.needs.get(name, ())), default=0.0)
            chains[name] = before + _left(begun.get(name), self.expected.seconds.get(name) or 0, now)
        return round(max(chains.values(), default=0.0))


def grow(tree: Tree, events: Iterable[Event]) -> Tree:
    """The tree after some more events, oldest first. An event that begins an operation begins the tree anew."""
    rows = {row.name: row for row in tree.rows}
    for event in events:
        if event.begins:
            rows = {}
            doing = DOING[event.status.partition("_")[0]]
            tree = replace(tree, doing=doing, began=event.moment, ended=None)
        elif event.is_stack:
            tree = _stack_moves(tree, event)
        elif not event.is_hook:
            rows[event.logical_id] = _moved(rows.get(event.logical_id), event)
    return replace(tree, rows=tuple(rows.values()))


def _stack_moves(tree: Tree, event: Event) -> Tree:
    tree = replace(tree, began=tree.began or event.moment)
    if event.status.endswith("_IN_PROGRESS"):
        back = "ROLLBACK" in event.status and "CLEANUP" not in event.status
        doing = UNDOING if back else tree.doing or "changing"
        return replace(tree, doing="" if event.status == "REVIEW_IN_PROGRESS" else doing, ended=None)
    return replace(tree, ended=event.moment)


def _moved(row: Row | None, event: Event) -> Row:
    verb, _, stage = event.status.partition("_")
    verb = "DELETE" if verb == "ROLLBACK" else verb
    if stage == "IN_PROGRESS" or stage.endswith("ROLLBACK_IN_PROGRESS"):
        state = DOING.get(verb, "changing")
        same = row is not None and row.state == state and row.ended is None
        began = row.began if row is not None and same else event.moment
        return Row(event.logical_id, event.type, state, began, reason=row.reason if row else "")
    state, reason = DONE.get(verb, "changed"), row.reason if row else ""
    if stage.endswith("FAILED"):
        cancelled = bool(CONSEQUENCE.match(event.reason))
        state = "cancelled" if cancelled else "failed"
        reason = "" if cancelled else explain(event.type, event.reason or event.status).words
    elif stage == "SKIPPED":
        state = "kept"
    began = row.began if row is not None and row.ended is None else event.moment
    return Row(event.logical_id, event.type, state, began, event.moment, reason)


def _left(row: Row | None, seconds: int, now: datetime) -> float:
    if row is None:
        return seconds
    return 0.0 if row.ended else max(0.0, seconds - row.seconds(now))
