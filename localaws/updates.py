"""Updates and their rollback."""

from __future__ import annotations

from dataclasses import replace

from analysis import schemas
from analysis.resolve import Resource
from localaws.handlers import HANDLERS
from localaws.prepare import Prepared
from localaws.removal import new_record, outputs, remove_all
from localaws.stack_policy import Action, refusal
from localaws.stacks import Desired, Stack, StackResource, Store
from localaws.worker import CREATES_NEW, ResourceFailed, Worker, waves

Journal = list[tuple[StackResource | None, StackResource]]
"""What an update did, in order: the resource before (None when it was made) and after."""


class Updates:
    """One update of one stack."""

    def __init__(self, store: Store, stack: Stack, endpoint: str) -> None:
        self.store, self.stack, self.endpoint = store, stack, endpoint

    def worker(self, tags: dict[str, str]) -> Worker:
        return Worker(self.store, self.stack, self.endpoint, tags)

    # -- update ------------------------------------------------------------------------------------------------

    def update(self, prepared: Prepared, desired: Desired, *, disable_rollback: bool) -> None:
        """Make the stack what `desired` says, or roll back."""
        stack, worker = self.stack, self.worker(desired.tags)
        journal: Journal = []
        try:
            self._refuse_removals(prepared)
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
            self.roll_back(frozenset())
            return
        self._finish_update(worker, prepared, desired, journal)

    def _update_one(self, worker: Worker, resource: Resource, journal: Journal) -> None:
        stack = worker.stack
        old = stack.resources.get(resource.logical_id)
        if old is None or not old.exists:
            record = new_record(resource)
            stack.resources[resource.logical_id] = record
            journal.append((None, record))
            self.store.set_resource(stack, record, "CREATE_IN_PROGRESS")
            worker.make(resource, record, "CREATE")
            return
        record = replace(
            new_record(resource),
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
        replaced = _is_replaced(old, record, stack.region)
        self._refuse(record, "Update:Replace" if replaced else "Update:Modify", back=old)
        if replaced:
            self._replace(worker, resource, old, record, journal)
            return
        journal.append((old, record))
        self.store.set_resource(stack, record, "UPDATE_IN_PROGRESS")
        worker.change(record, old, stack.desired.tags)

    def _refuse_removals(self, prepared: Prepared) -> None:
        for name, record in self.stack.resources.items():
            if name not in prepared.resources:
                self._refuse(record, "Update:Delete", back=record)

    def _refuse(self, record: StackResource, action: Action, *, back: StackResource) -> None:
        """Raises ResourceFailed, with `back` in the stack again, where the stack's policy denies the action."""
        names = {"logical_id": record.logical_id, "resource_type": record.type}
        reason = refusal(self.stack.policy, action, **names)
        if reason:
            self.stack.resources[record.logical_id] = back
            self.store.set_resource(self.stack, back, "UPDATE_FAILED", reason)
            raise ResourceFailed(record.logical_id, "UPDATE")

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
        stack.outputs = outputs(worker, prepared)
        self.store.set_status(stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        replaced = [old for old, record in journal if old and old.physical_id != record.physical_id]
        removed = [record for name, record in stack.resources.items() if name not in prepared.resources]
        obsolete = {id(record): record.update_replace_policy for record in replaced}

        def policy(record: StackResource) -> str:
            return obsolete.get(id(record)) or record.deletion_policy.removesuffix("ExceptOnCreate")

        remove_all(worker, [*replaced, *removed], policy)
        stack.resources = {name: item for name, item in stack.resources.items() if name in prepared.resources}
        self.store.set_status(stack, "UPDATE_COMPLETE")

    # -- update rollback ---------------------------------------------------------------------------------------

    def roll_back(self, skip: frozenset[str]) -> None:
        """Put everything back as it was before the update; resources in `skip` stay as they are."""
        stack = self.stack
        journal: Journal = stack.failed_update.get("journal", [])
        worker = self.worker(stack.desired.tags)
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
        remove_all(worker, new, lambda item: "Retain" if item.deletion_policy == "Retain" else "Delete")
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


def _is_replaced(old: StackResource, new: StackResource, region: str) -> bool:
    schema, handler = schemas.schema(new.type, region), HANDLERS[new.type]
    changed = [
        name for name in {*old.properties, *new.properties} if old.properties.get(name) != new.properties.get(name)
    ]
    effects = {schemas.recreation(schema, name) for name in changed}
    return "Always" in effects or ("Conditionally" in effects and handler.replaces(old.properties, new.properties))
