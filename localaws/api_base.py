"""What all operations of the CloudFormation API share: the state, and finding stacks and change sets."""

from __future__ import annotations

from typing import Any

from moto.core.responses import BaseResponse
from moto.core.utils import camelcase_to_underscores

from localaws.changesets import changes
from localaws.engine import Engine
from localaws.errors import ChangeSetNotFoundError, NotSupportedError, ValidationError, stack_does_not_exist
from localaws.prepare import Prepared, prepare
from localaws.stacks import ChangeSet, Desired, Stack, Store

UPDATABLE = (
    "CREATE_COMPLETE",
    "IMPORT_COMPLETE",
    "ROLLBACK_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_COMPLETE",
)


class Service:
    """The state and engine that all requests share; `__main__` sets it."""

    store: Store
    engine: Engine


class CloudFormationBase(BaseResponse):
    def __init__(self) -> None:
        super().__init__(service_name="cloudformation")
        self.automated_parameter_parsing = True

    def call_action(self) -> Any:
        action = self._get_action()
        if not hasattr(type(self), camelcase_to_underscores(action)):
            self.unsupported_action = action
            self.querystring["Action"] = ["ListTypes"]
        return super().call_action()

    def list_types(self) -> Any:
        raise NotSupportedError(f"the operation {getattr(self, 'unsupported_action', 'ListTypes')}")

    # -- finding -----------------------------------------------------------------------------------------------

    def _request(self, name: str, default: Any = None) -> Any:
        return self._get_param(name, default)

    def _all(self) -> dict[str, Any]:
        names = (
            "TemplateBody TemplateURL UsePreviousTemplate Parameters Tags Capabilities RoleARN NotificationARNs "
            "ResourcesToImport IncludeNestedStacks ImportExistingResources ResourceTypes DeploymentMode"
        )
        return {name: self._get_param(name) for name in names.split()}

    def _stack(self, *, or_deleted: bool = False) -> Stack:
        name = self._request("StackName") or ""
        stack = Service.store.find(self.region, name)
        if stack is None or (stack.status == "DELETE_COMPLETE" and not or_deleted and name == stack.name):
            raise stack_does_not_exist(name)
        return stack

    def _change_set(self) -> tuple[Stack, ChangeSet]:
        wanted, stack_name = self._request("ChangeSetName") or "", self._request("StackName")
        for stack in Service.store.stacks:
            named = stack_name in (stack.name, stack.stack_id) or not stack_name
            if stack.region != self.region or not named or stack.status == "DELETE_COMPLETE":
                continue
            for item in stack.change_sets.values():
                if wanted in (item.name if stack_name else None, item.change_set_id):
                    return stack, item
        if stack_name and Service.store.find(self.region, stack_name) is None:
            raise ValidationError(f"Stack [{stack_name}] does not exist")
        raise ChangeSetNotFoundError(wanted)

    def _prepared(self, wanted: Desired, stack: Stack) -> Prepared:
        return prepare(wanted, region=self.region, stack_name=stack.name, stack_id=stack.stack_id)

    def _check_updatable(self, stack: Stack) -> None:
        if stack.status == "ROLLBACK_COMPLETE" or stack.status not in UPDATABLE:
            raise ValidationError(f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.")

    def _differences(self, stack: Stack, prepared: Prepared, wanted: Desired) -> tuple[dict[str, Any], ...] | None:
        """The changes; None when nothing differs at all (a changed output is a difference without a change)."""
        before = prepare(stack.desired, region=self.region, stack_name=stack.name, stack_id=stack.stack_id)
        self._refuse_type_changes(before, prepared)
        found = changes(stack, before, prepared, tags_changed=wanted.tags != stack.desired.tags)
        same_outputs = before.resolved.outputs == prepared.resolved.outputs
        if not found and same_outputs and wanted.tags == stack.desired.tags:
            return None
        return found

    def _refuse_type_changes(self, before: Prepared, after: Prepared) -> None:
        changed = [
            name
            for name, item in after.resources.items()
            if name in before.resources and before.resources[name].type != item.type
        ]
        if changed:
            raise ValidationError(
                "Update of resource type is not permitted. The new template modifies resource type of the following "
                f"resources: [{', '.join(changed)}]"
            )
