"""Operations on change sets."""

from __future__ import annotations

import uuid
from typing import Any

from moto.core.responses import ActionResult, EmptyResult

from localaws import describe
from localaws.api_base import CloudFormationBase, Service
from localaws.changesets import changes
from localaws.errors import (
    AlreadyExistsError,
    ChangeSetNotFoundError,
    InvalidChangeSetStatusError,
    ValidationError,
)
from localaws.prepare import missing_parameter_values, prepare
from localaws.requests import check_stack_name, desired
from localaws.stacks import ACCOUNT, ChangeSet, Desired, Stack

NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."


class ChangeSetOperations(CloudFormationBase):
    def create_change_set(self) -> ActionResult:
        name, kind = self._request("StackName"), self._request("ChangeSetType") or "UPDATE"
        stack = Service.store.find(self.region, name)
        if kind == "CREATE":
            if not str(name).startswith("arn:"):
                check_stack_name(name)
            if stack is not None and stack.status != "REVIEW_IN_PROGRESS":
                raise ValidationError(
                    f"Stack [{stack.name}] already exists and cannot be created again with the changeSet "
                    f"[{self._request('ChangeSetName')}]."
                )
        elif stack is None or stack.status == "REVIEW_IN_PROGRESS":
            raise ValidationError(f"Stack [{name}] does not exist")
        else:
            self._check_updatable(stack)
        stack, item = self._make_change_set(stack, kind)
        return ActionResult({"Id": item.change_set_id, "StackId": stack.stack_id})

    def _make_change_set(self, stack: Stack | None, kind: str) -> tuple[Stack, ChangeSet]:
        wanted = desired(self._all(), stack if kind == "UPDATE" else None)
        name = self._request("ChangeSetName")
        prepared = prepare(
            wanted,
            region=self.region,
            stack_name=stack.name if stack else self._request("StackName"),
            stack_id=stack.stack_id if stack else "",
        )
        if stack is None:
            stack = Service.store.add(
                region=self.region, name=self._request("StackName"), status="", desired=Desired("")
            )
            Service.store.set_status(stack, "REVIEW_IN_PROGRESS", "User Initiated")
        if name in stack.change_sets:
            raise AlreadyExistsError(f"ChangeSet [{name}]")
        item = ChangeSet(
            name=name,
            change_set_id=f"arn:aws:cloudformation:{self.region}:{ACCOUNT}:changeSet/{name}/{uuid.uuid4()}",
            kind=kind,
            desired=wanted,
            description=self._request("Description") or "",
            on_stack_failure=self._request("OnStackFailure") or "",
        )
        missing = missing_parameter_values(prepared.resolved, prepared.template, self.region)
        if kind == "CREATE":
            found: Any = changes(stack, None, prepared, tags_changed=False)
        else:
            found = self._differences(stack, prepared, wanted)
        if missing or found is None:
            item.status, item.execution_status, item.reason = "FAILED", "UNAVAILABLE", missing or NO_CHANGES
        item.changes = found or ()
        stack.change_sets[name] = item
        return stack, item

    def describe_change_set(self) -> ActionResult:
        stack, item = self._change_set()
        return ActionResult(describe.change_set(item, stack))

    def list_change_sets(self) -> ActionResult:
        stack = self._stack()
        return ActionResult(
            {"Summaries": [describe.change_set_summary(item, stack) for item in stack.change_sets.values()]}
        )

    def delete_change_set(self) -> ActionResult:
        try:
            stack, item = self._change_set()
        except ChangeSetNotFoundError:
            return EmptyResult()
        del stack.change_sets[item.name]
        return EmptyResult()

    def execute_change_set(self) -> ActionResult:
        stack, item = self._change_set()
        if item.execution_status != "AVAILABLE":
            raise InvalidChangeSetStatusError(
                f"ChangeSet [{item.change_set_id}] cannot be executed in its current status of [{item.status}]"
            )
        if item.kind == "UPDATE":
            self._check_updatable(stack)
        prepared = self._prepared(item.desired, stack)
        stack.change_sets = {}
        stack.token = self._request("ClientRequestToken") or ""
        disable = bool(self._request("DisableRollback"))
        if item.kind == "CREATE":
            stack.desired, stack.disable_rollback = item.desired, disable
            on_failure = item.on_stack_failure or ("DO_NOTHING" if disable else "ROLLBACK")
            Service.engine.create(stack, prepared, on_failure=on_failure)
        else:
            Service.engine.update(stack, prepared, item.desired, disable_rollback=disable)
        return EmptyResult()
