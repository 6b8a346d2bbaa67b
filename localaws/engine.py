"""Stack operations, each in its own thread: create, update, roll back, delete."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable

from analysis.resolve import Resource
from localaws.prepare import Prepared
from localaws.removal import new_record, outputs, remove_all
from localaws.stacks import Desired, Stack, StackResource, Store, now
from localaws.updates import Updates
from localaws.worker import ResourceFailed, Worker, waves


class Engine:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.endpoint = ""
        self.finished: Callable[[], None] = lambda: None
        self.threads: list[threading.Thread] = []

    # -- starting ----------------------------------------------------------------------------------------------

    def create(self, stack: Stack, prepared: Prepared, *, on_failure: str) -> None:
        self._start(stack, "CREATE_IN_PROGRESS", lambda: self._create(stack, prepared, on_failure))

    def update(self, stack: Stack, prepared: Prepared, desired: Desired, *, disable_rollback: bool) -> None:
        stack.updated = now()
        self._start(
            stack,
            "UPDATE_IN_PROGRESS",
            lambda: self._updates(stack).update(prepared, desired, disable_rollback=disable_rollback),
        )

    def delete(self, stack: Stack, *, retain: Iterable[str], force: bool) -> None:
        kept = frozenset(retain)
        self._start(stack, "DELETE_IN_PROGRESS", lambda: self._delete(stack, kept, force=force))

    def continue_rollback(self, stack: Stack, *, skip: Iterable[str]) -> None:
        skipped = frozenset(skip)
        self._start(stack, "UPDATE_ROLLBACK_IN_PROGRESS", lambda: self._updates(stack).roll_back(skipped))

    def join(self, seconds: float) -> None:
        for thread in self.threads:
            thread.join(seconds)

    def _start(self, stack: Stack, status: str, work: Callable[[], None]) -> None:
        stack.operation_id = str(uuid.uuid4())
        self.store.set_status(stack, status, "User Initiated")

        def run() -> None:
            work()
            self.finished()

        thread = threading.Thread(target=run, name=stack.name, daemon=True)
        self.threads = [*(one for one in self.threads if one.is_alive()), thread]
        thread.start()

    def _updates(self, stack: Stack) -> Updates:
        return Updates(self.store, stack, self.endpoint)

    def _worker(self, stack: Stack, tags: dict[str, str]) -> Worker:
        return Worker(self.store, stack, self.endpoint, tags)

    # -- create ------------------------------------------------------------------------------------------------

    def _create(self, stack: Stack, prepared: Prepared, on_failure: str) -> None:
        worker = self._worker(stack, stack.desired.tags)
        stack.description, stack.parameters = prepared.description, dict(prepared.resolved.parameters)
        failed = self._make_all(worker, prepared.resources)
        if not failed:
            stack.outputs = outputs(worker, prepared)
            self.store.set_status(stack, "CREATE_COMPLETE")
            return
        reason = f"The following resource(s) failed to create: [{', '.join(failed)}]."
        if on_failure == "DO_NOTHING":
            self.store.set_status(stack, "CREATE_FAILED", reason)
        elif on_failure == "DELETE":
            self.store.set_status(stack, "DELETE_IN_PROGRESS", f"{reason} Delete requested by user.")
            self._remove_created(worker, "DELETE")
        else:
            self.store.set_status(stack, "ROLLBACK_IN_PROGRESS", f"{reason} Rollback requested by user.")
            self._remove_created(worker, "ROLLBACK")

    def _make_all(self, worker: Worker, resources: dict[str, Resource]) -> tuple[str, ...]:
        """Make resources in waves; at a failure the rest of the wave is cancelled. Returns what failed."""
        for wave in waves({name: item.dependencies() for name, item in resources.items()}):
            records = [new_record(resources[name]) for name in wave]
            for record in records:
                worker.stack.resources[record.logical_id] = record
                self.store.set_resource(worker.stack, record, "CREATE_IN_PROGRESS")
            for position, record in enumerate(records):
                try:
                    worker.make(resources[record.logical_id], record, "CREATE")
                except ResourceFailed:
                    for other in records[position + 1 :]:
                        self.store.set_resource(worker.stack, other, "CREATE_FAILED", "Resource creation cancelled")
                    return tuple(other.logical_id for other in records[position:])
        return ()

    def _remove_created(self, worker: Worker, action: str) -> None:
        """Roll a create back. `Retain` holds here too; `RetainExceptOnCreate` and `Snapshot` just remove."""
        records = list(worker.stack.resources.values())
        failed = remove_all(worker, records, lambda item: "Retain" if item.deletion_policy == "Retain" else "Delete")
        end = f"{action}_FAILED" if failed else f"{action}_COMPLETE"
        reason = f"The following resource(s) failed to delete: [{', '.join(failed)}]. " if failed else ""
        self.store.set_status(worker.stack, end, reason)

    # -- delete ------------------------------------------------------------------------------------------------

    def _delete(self, stack: Stack, retain: frozenset[str], *, force: bool) -> None:
        worker = self._worker(stack, stack.desired.tags)

        def policy(record: StackResource) -> str:
            return "Retain" if record.logical_id in retain else record.deletion_policy.removesuffix("ExceptOnCreate")

        failed = remove_all(worker, list(stack.resources.values()), policy)
        if failed and not force:
            reason = f"The following resource(s) failed to delete: [{', '.join(failed)}]. "
            self.store.set_status(stack, "DELETE_FAILED", reason)
        else:
            self.store.set_status(stack, "DELETE_COMPLETE")
