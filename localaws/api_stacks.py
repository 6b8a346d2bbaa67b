"""Operations that create, change and delete stacks."""

from __future__ import annotations

import json

from moto.core.responses import ActionResult, EmptyResult

from localaws.api_base import CloudFormationBase, Service
from localaws.errors import AlreadyExistsError, ValidationError
from localaws.prepare import missing_parameter_values, prepare
from localaws.requests import check_stack_name, desired


class StackOperations(CloudFormationBase):
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
