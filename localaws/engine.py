"""Stack operations, each in its own thread: create, update, roll back, delete."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from analysis.resolve import Resource, finish
from localaws import schemas
from localaws.handlers import HANDLERS
from localaws.prepare import Prepared
from localaws.stacks import Desired, Stack, StackResource, Store, now
from localaws.worker import CREATES_NEW, ResourceFailed, Worker, waves

Journal = list[tuple[StackResource | None, StackResource]]
"""What an update did, in order: the resource before (None when it was made) and after."""


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
            lambda: self._update(stack, prepared, desired, disable_rollback=disable_rollback),
        )

    def delete(self, stack: Stack, *, retain: Iterable[str], force: bool) -> None:
        kept = frozenset(retain)
        self._start(stack, "DELETE_IN_PROGRESS", lambda: self._delete(stack, kept, force=force))

    def continue_rollback(self, stack: Stack, *, skip: Iterable[str]) -> None:
        skipped = frozenset(skip)
        self._start(stack, "UPDATE_ROLLBACK_IN_PROGRESS", lambda: self._roll_back_update(stack, skipped))

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

    def _worker(self, stack: Stack, tags: dict[str, str]) -> Worker:
        return Worker(self.store, stack, self.endpoint, tags)

    # -- create ------------------------------------------------------------------------------------------------

    def _create(self, stack: Stack, prepared: Prepared, on_failure: str) -> None:
        worker = self._worker(stack, stack.desired.tags)
        stack.description, stack.parameters = prepared.description, dict(prepared.resolved.parameters)
        failed = self._make_all(worker, prepared.resources)
        if not failed:
            stack.outputs = _outputs(worker, prepared)
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
            records = [_record(resources[name]) for name in wave]
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
        failed = self._remove_all(
            worker, records, lambda item: "Retain" if item.deletion_policy == "Retain" else "Delete"
        )
        end = f"{action}_FAILED" if failed else f"{action}_COMPLETE"
        reason = f"The following resource(s) failed to delete: [{', '.join(failed)}]. " if failed else ""
        self.store.set_status(worker.stack, end, reason)

    def _remove_all(
        self, worker: Worker, records: list[StackResource], policy: Callable[[StackResource], str]
    ) -> tuple[str, ...]:
        """Remove resources, dependents first; carries on after a failure. Returns what failed."""
        failed: list[str] = []
        staying: list[StackResource] = []
        for record in _dependents_first(records):
            if any(record.logical_id in other.dependencies for other in staying):
                staying.append(record)
                continue
            try:
                worker.remove(record, policy(record))
            except ResourceFailed:
                failed.append(record.logical_id)
                staying.append(record)
        return tuple(failed)

    # -- delete ------------------------------------------------------------------------------------------------

    def _delete(self, stack: Stack, retain: frozenset[str], *, force: bool) -> None:
        worker = self._worker(stack, stack.desired.tags)

        def policy(record: StackResource) -> str:
            return "Retain" if record.logical_id in retain else record.deletion_policy.removesuffix("ExceptOnCreate")

        failed = self._remove_all(worker, list(stack.resources.values()), policy)
        if failed and not force:
            reason = f"The following resource(s) failed to delete: [{', '.join(failed)}]. "
            self.store.set_status(stack, "DELETE_FAILED", reason)
        else:
            self.store.set_status(stack, "DELETE_COMPLETE")

    # -- update ------------------------------------------------------------------------------------------------

    def _update(self, stack: Stack, prepared: Prepared, desired: Desired, *, disable_rollback: bool) -> None:
        worker = self._worker(stack, desired.tags)
        journal: Journal = []
        try:
            for wave in waves({name: item.dependencies() for name, item in prepared.resources.items()}):
                for name in wave:
                    self._update_one(worker, prepared.resources[name], journal)
        except ResourceFailed as failure:
            verb = "create" if failure.action == "CREATE" else "update"
            reason = f"The following resource(s) failed to {verb}: [{failure.logical_id}]. "
            if disable_rollback:
                self.store.set_status(stack, "UPDATE_FAILED", reason)
                return
            stack.failed_update = {"journal": journal, "tags": desired.tags}
            self.store.set_status(stack, "UPDATE_ROLLBACK_IN_PROGRESS", reason)
            self._roll_back_update(stack, frozenset())
            return
        self._finish_update(worker, prepared, desired, journal)

    def _update_one(self, worker: Worker, resource: Resource, journal: Journal) -> None:
        stack = worker.stack
        old = stack.resources.get(resource.logical_id)
        if old is None or not old.exists:
            record = _record(resource)
            stack.resources[resource.logical_id] = record
            journal.append((None, record))
            self.store.set_resource(stack, record, "CREATE_IN_PROGRESS")
            worker.make(resource, record, "CREATE")
            return
        record = replace(
            _record(resource),
            physical_id=old.physical_id,
            attributes=old.attributes,
            status=old.status,
            reason=old.reason,
        )
        with worker.failing(record, "UPDATE"):
            record.properties = worker.final_properties(resource)
        schema = schemas.schema(resource.type, stack.region)
        tags_changed = worker.tags != stack.desired.tags and schema.get("tagging", {}).get("taggable", False)
        stack.resources[resource.logical_id] = record
        if record.properties == old.properties and not (tags_changed and HANDLERS[resource.type].update):
            return
        if _is_replaced(old, record, stack.region):
            self._replace(worker, resource, old, record, journal)
            return
        journal.append((old, record))
        self.store.set_resource(stack, record, "UPDATE_IN_PROGRESS")
        worker.change(record, old, stack.desired.tags)

    def _replace(
        self, worker: Worker, resource: Resource, old: StackResource, record: StackResource, journal: Journal
    ) -> None:
        name_property = HANDLERS[resource.type].name_property
        self.store.set_resource(worker.stack, record, "UPDATE_IN_PROGRESS", CREATES_NEW)
        name = record.properties.get(name_property)
        if name and name == old.properties.get(name_property):
            reason = (
                "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
                f"Rename {name} and update the stack again."
            )
            self.store.set_resource(worker.stack, record, "UPDATE_FAILED", reason)
            journal.append((old, old))
            raise ResourceFailed(resource.logical_id, "UPDATE")
        record.physical_id, record.attributes = "", {}
        journal.append((old, record))
        worker.make(resource, record, "UPDATE")

    def _finish_update(self, worker: Worker, prepared: Prepared, desired: Desired, journal: Journal) -> None:
        """The new state is the stack's; then what it no longer needs is removed."""
        stack = worker.stack
        stack.desired, stack.description = desired, prepared.description
        stack.parameters = dict(prepared.resolved.parameters)
        stack.outputs = _outputs(worker, prepared)
        self.store.set_status(stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        replaced = [old for old, record in journal if old and old.physical_id != record.physical_id]
        removed = [record for name, record in stack.resources.items() if name not in prepared.resources]
        obsolete = {id(record): record.update_replace_policy for record in replaced}

        def policy(record: StackResource) -> str:
            return obsolete.get(id(record)) or record.deletion_policy.removesuffix("ExceptOnCreate")

        self._remove_all(worker, [*replaced, *removed], policy)
        stack.resources = {name: item for name, item in stack.resources.items() if name in prepared.resources}
        self.store.set_status(stack, "UPDATE_COMPLETE")

    # -- update rollback ---------------------------------------------------------------------------------------

    def _roll_back_update(self, stack: Stack, skip: frozenset[str]) -> None:
        journal: Journal = stack.failed_update["journal"]
        worker = self._worker(stack, stack.desired.tags)
        failed = [
            old.logical_id
            for old, record in journal
            if old and old.logical_id not in skip and not self._revert(worker, old, record)
        ]
        if failed:
            reason = f"The following resource(s) failed to update: [{', '.join(failed)}]. "
            self.store.set_status(stack, "UPDATE_ROLLBACK_FAILED", reason)
            return
        self.store.set_status(stack, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        new = [record for old, record in journal if old is None or old.physical_id != record.physical_id]
        self._remove_all(worker, new, lambda item: "Retain" if item.deletion_policy == "Retain" else "Delete")
        for old, record in journal:
            if old is None:
                stack.resources.pop(record.logical_id, None)
        stack.failed_update = {}
        self.store.set_status(stack, "UPDATE_ROLLBACK_COMPLETE")

    def _revert(self, worker: Worker, old: StackResource, record: StackResource) -> bool:
        """Put one resource back as it was; False when that failed."""
        stack = worker.stack
        back = replace(old)
        stack.resources[old.logical_id] = back
        self.store.set_resource(stack, back, "UPDATE_IN_PROGRESS")
        if old.physical_id != record.physical_id:
            self.store.set_resource(stack, back, "UPDATE_COMPLETE")
            return True
        try:
            worker.change(back, record, stack.failed_update["tags"], reverting=True)
        except ResourceFailed:
            return False
        return True


def _record(resource: Resource) -> StackResource:
    return StackResource(
        logical_id=resource.logical_id,
        type=resource.type,
        dependencies=resource.dependencies(),
        deletion_policy=resource.deletion_policy,
        update_replace_policy=resource.update_replace_policy,
    )


def _is_replaced(old: StackResource, new: StackResource, region: str) -> bool:
    schema, handler = schemas.schema(new.type, region), HANDLERS[new.type]
    changed = [
        name for name in {*old.properties, *new.properties} if old.properties.get(name) != new.properties.get(name)
    ]
    effects = {schemas.recreation(schema, name) for name in changed}
    return "Always" in effects or ("Conditionally" in effects and handler.replaces(old.properties, new.properties))


def _dependents_first(records: list[StackResource]) -> list[StackResource]:
    dependencies: dict[str, tuple[str, ...]] = {}
    for record in records:
        dependencies[record.logical_id] = (*dependencies.get(record.logical_id, ()), *record.dependencies)
    order = [name for wave in waves(dependencies) for name in wave]
    return sorted(records, key=lambda record: order.index(record.logical_id), reverse=True)


def _outputs(worker: Worker, prepared: Prepared) -> tuple[dict[str, Any], ...]:
    outputs = []
    for name, output in prepared.resolved.outputs.items():
        value = finish(output.value, worker.known)
        entry = {"OutputKey": name, "OutputValue": str(value), "Description": output.description}
        outputs.append({key: text for key, text in entry.items() if text or key != "Description"})
    return tuple(outputs)
