"""Operations that only read: stacks, events, resources, templates."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult

from localaws import describe
from localaws.api_base import CloudFormationBase, Service
from localaws.errors import ValidationError, stack_does_not_exist
from localaws.prepare import parsed
from localaws.requests import refuse_unsupported, template_body
from localaws.stacks import Stack

LONG_POLL_SECONDS = 25
PAGE = 100


class ReadingOperations(CloudFormationBase):
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
        stack = self._stack_with(physical_id) if physical_id else self._stack(or_deleted=True)
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
