"""CloudFormation's API, in moto's frame: one method for each operation; an operation without one is refused."""

from __future__ import annotations

import json
import uuid
from typing import Any

from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from localaws import describe
from localaws.changesets import changes
from localaws.engine import Engine
from localaws.errors import (
    AlreadyExistsError,
    ChangeSetNotFoundError,
    InvalidChangeSetStatusError,
    NotSupportedError,
    ValidationError,
    stack_does_not_exist,
)
from localaws.prepare import Prepared, missing_parameter_values, parsed, prepare
from localaws.requests import check_stack_name, desired, refuse_unsupported, template_body
from localaws.stacks import ACCOUNT, ChangeSet, Desired, Stack, Store

NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."
UPDATABLE = (
    "CREATE_COMPLETE",
    "IMPORT_COMPLETE",
    "ROLLBACK_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_COMPLETE",
)
LONG_POLL_SECONDS = 25
PAGE = 100


class Service:
    """The state and engine that all requests share; `__main__` sets it."""

    store: Store
    engine: Engine


class CloudFormationResponse(BaseResponse):
    def __init__(self) -> None:
        super().__init__(service_name="cloudformation")
        self.automated_parameter_parsing = True

    def call_action(self) -> Any:
        from moto.core.utils import camelcase_to_underscores

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

    # -- stacks ------------------------------------------------------------------------------------------------

    def create_stack(self) -> ActionResult:
        name = self._request("StackName")
        check_stack_name(name)
        if Service.store.find(self.region, name):
            raise AlreadyExistsError(f"Stack [{name}]")
        wanted = desired(self._all(), None)
        prepared = prepare(wanted, region=self.region, stack_name=name, stack_id="")
        missing = missing_parameter_values(prepared.resolved, prepared.template, self.region)
        if missing:
            raise ValidationError(missing)
        stack = Service.store.add(region=self.region, name=name, status="CREATE_IN_PROGRESS", desired=wanted)
        stack.termination_protection = bool(self._request("EnableTerminationProtection"))
        stack.disable_rollback = bool(self._request("DisableRollback"))
        stack.policy = self._request("StackPolicyBody") or ""
        stack.token = self._request("ClientRequestToken") or ""
        on_failure = self._request("OnFailure") or ("DO_NOTHING" if stack.disable_rollback else "ROLLBACK")
        Service.engine.create(stack, self._prepared(wanted, stack), on_failure=on_failure)
        return ActionResult({"StackId": stack.stack_id, "OperationId": stack.operation_id})

    def update_stack(self) -> ActionResult:
        stack = self._stack()
        self._check_updatable(stack)
        wanted = desired(self._all(), stack)
        prepared = self._prepared(wanted, stack)
        if not self._differences(stack, prepared, wanted):
            raise ValidationError("No updates are to be performed.")
        missing = missing_parameter_values(prepared.resolved, prepared.template, self.region)
        if missing:
            raise ValidationError(missing)
        stack.token = self._request("ClientRequestToken") or ""
        if self._request("StackPolicyBody"):
            stack.policy = self._request("StackPolicyBody")
        disable = bool(self._request("DisableRollback"))
        Service.engine.update(stack, prepared, wanted, disable_rollback=disable)
        return ActionResult({"StackId": stack.stack_id, "OperationId": stack.operation_id})

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
        ]  # noqa: E501
        if changed:
            raise ValidationError(
                "Update of resource type is not permitted. The new template modifies resource type of the following "
                f"resources: [{', '.join(changed)}]"
            )

    def delete_stack(self) -> ActionResult:
        stack = Service.store.find(self.region, self._request("StackName") or "")
        if stack is None or stack.status == "DELETE_COMPLETE":
            return EmptyResult()
        if stack.termination_protection:
            raise ValidationError(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
        if stack.in_progress:
            raise ValidationError(f"Stack:{stack.stack_id} is in {stack.status} state and can not be deleted.")
        retain = self._request("RetainResources") or ()
        if retain and stack.status != "DELETE_FAILED":
            raise ValidationError(
                "Invalid operation on stack. RetainResources is only for stacks in DELETE_FAILED state."
            )
        stack.token = self._request("ClientRequestToken") or ""
        force = self._request("DeletionMode") == "FORCE_DELETE_STACK"
        Service.engine.delete(stack, retain=retain, force=force)
        return EmptyResult()

    def continue_update_rollback(self) -> ActionResult:
        stack = self._stack()
        if stack.status != "UPDATE_ROLLBACK_FAILED":
            raise ValidationError(f"Stack:{stack.stack_id} is in {stack.status} state and can not continue rollback.")
        Service.engine.continue_rollback(stack, skip=self._request("ResourcesToSkip") or ())
        return EmptyResult()

    def update_termination_protection(self) -> ActionResult:
        stack = self._stack()
        stack.termination_protection = bool(self._request("EnableTerminationProtection"))
        return ActionResult({"StackId": stack.stack_id})

    def set_stack_policy(self) -> ActionResult:
        stack, body = self._stack(), self._request("StackPolicyBody") or ""
        try:
            json.loads(body)
        except ValueError as error:
            raise ValidationError("Error validating stack policy: Invalid stack policy") from error
        stack.policy = body
        return EmptyResult()

    def get_stack_policy(self) -> ActionResult:
        policy = self._stack().policy
        return ActionResult({"StackPolicyBody": policy} if policy else {})

    # -- change sets -------------------------------------------------------------------------------------------

    def create_change_set(self) -> ActionResult:
        name, kind = self._request("StackName"), self._request("ChangeSetType") or "UPDATE"
        stack = Service.store.find(self.region, name)
        if kind == "CREATE":
            if not str(name).startswith("arn:"):
                check_stack_name(name)
            if stack is not None and stack.status != "REVIEW_IN_PROGRESS":
                raise ValidationError(
                    f"Stack [{stack.name}] already exists and cannot be created again with the changeSet [{self._request('ChangeSetName')}]."
                )  # noqa: E501
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
        )  # noqa: E501
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

    # -- reading -----------------------------------------------------------------------------------------------

    def describe_stacks(self) -> ActionResult:
        name = self._request("StackName")
        if not name:
            found = [
                item for item in Service.store.stacks if item.region == self.region and item.status != "DELETE_COMPLETE"
            ]
            return ActionResult({"Stacks": [describe.stack(item) for item in reversed(found)]})
        stack = Service.store.find(self.region, name)
        if stack is None:
            raise stack_does_not_exist(name)
        if self._is_waiter():
            Service.store.wait(lambda: not stack.in_progress, LONG_POLL_SECONDS)
            if stack.status == "DELETE_COMPLETE" and name == stack.name:
                raise stack_does_not_exist(name)
        return ActionResult({"Stacks": [describe.stack(stack)]})

    def _is_waiter(self) -> bool:
        """A waiter asks every 30 s: answer it when there is news. Whoever shows progress is answered at once."""
        agent = self.headers.get("User-Agent", "")
        words = agent.split()
        features = next((word[2:].split(",") for word in words if word.startswith("m/")), [])
        return "B" in features or any(word.startswith("md/command#cloudformation.deploy") for word in words)

    def list_stacks(self) -> ActionResult:
        statuses = self._request("StackStatusFilter") or ()
        found = [
            item
            for item in Service.store.stacks
            if item.region == self.region and (not statuses or item.status in statuses)
        ]
        return ActionResult({"StackSummaries": [describe.summary(item) for item in reversed(found)]})

    def describe_stack_events(self) -> ActionResult:
        stack = self._stack(or_deleted=True)
        return ActionResult(self._page("StackEvents", [describe.event(item, stack) for item in reversed(stack.events)]))

    def describe_events(self) -> ActionResult:
        stack = self._stack(or_deleted=True)
        wanted = self._request("OperationId")
        events = [item for item in reversed(stack.events) if wanted in (None, item.operation_id)]
        return ActionResult(self._page("OperationEvents", [describe.operation_event(item, stack) for item in events]))

    def _page(self, name: str, items: list[Any]) -> dict[str, Any]:
        """100 items from the position that the token names."""
        start = int(self._request("NextToken") or 0)
        page = {name: items[start : start + PAGE]}
        return {**page, "NextToken": str(start + PAGE)} if start + PAGE < len(items) else page

    def describe_stack_resource(self) -> ActionResult:
        stack, name = self._stack(), self._request("LogicalResourceId")
        if name not in stack.resources:
            raise ValidationError(f"Resource {name} does not exist for stack {stack.name}")
        return ActionResult({"StackResourceDetail": describe.resource(stack.resources[name], stack)})

    def describe_stack_resources(self) -> ActionResult:
        physical_id = self._request("PhysicalResourceId")
        if physical_id:
            stack = self._stack_with(physical_id)
        else:
            stack = self._stack(or_deleted=True)
        name = self._request("LogicalResourceId")
        items = [item for item in stack.resources.values() if name in (None, item.logical_id)]
        return ActionResult({"StackResources": [describe.resource(item, stack) for item in items]})

    def _stack_with(self, physical_id: str) -> Stack:
        for stack in Service.store.stacks:
            if stack.region == self.region and any(
                item.physical_id == physical_id for item in stack.resources.values()
            ):
                return stack
        raise ValidationError(f"Stack for {physical_id} does not exist")

    def list_stack_resources(self) -> ActionResult:
        stack = self._stack(or_deleted=True)
        items = [describe.resource(item, stack) for item in stack.resources.values()]
        return ActionResult(self._page("StackResourceSummaries", items))

    # -- templates ---------------------------------------------------------------------------------------------

    def get_template(self) -> ActionResult:
        if self._request("ChangeSetName"):
            _, item = self._change_set()
            body = item.desired.template_body
        else:
            body = self._stack(or_deleted=True).desired.template_body
        return ActionResult({"TemplateBody": body, "StagesAvailable": ["Original", "Processed"]})

    def get_template_summary(self) -> ActionResult:
        stack = self._stack() if self._request("StackName") else None
        body = stack.desired.template_body if stack else template_body(self._all(), None)
        return ActionResult(describe.template_summary(parsed(body)))

    def validate_template(self) -> ActionResult:
        refuse_unsupported(self._all())
        summary = describe.template_summary(parsed(template_body(self._all(), None)))
        names = ("Parameters", "Description", "Capabilities", "CapabilitiesReason")
        return ActionResult({name: summary[name] for name in names if name in summary})
