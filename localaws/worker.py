"""One resource at a time: make it, change it, remove it, and tell each step in an event."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from analysis import schemas
from analysis.resolve import FunctionError, Reference, Resource, finish
from localaws.conform import conform
from localaws.handlers import HANDLERS
from localaws.handlers.base import HandlerError, Job, Made, Old
from localaws.stacks import ACCOUNT, Stack, StackResource, Store

log = logging.getLogger("localaws")

CREATES_NEW = "Requested update requires the creation of a new physical resource; hence creating one."

HANDLER_ERROR_CODES = {
    "AccessDenied": "AccessDenied",
    "AccessDeniedException": "AccessDenied",
    "AddressLimitExceeded": "ServiceLimitExceeded",
    "DependencyViolation": "InvalidRequest",
    "EntityAlreadyExists": "AlreadyExists",
    "NoSuchEntity": "NotFound",
    "RequestLimitExceeded": "Throttling",
    "ResourceAlreadyExistsException": "AlreadyExists",
    "Throttling": "Throttling",
    "UnauthorizedOperation": "AccessDenied",
    "VcpuLimitExceeded": "ServiceLimitExceeded",
    "VpcLimitExceeded": "ServiceLimitExceeded",
}
"""A service's error code to CloudFormation's; others become InvalidRequest or GeneralServiceException.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
"""


SERVICES = {"EC2": "Ec2", "IAM": "Iam", "KMS": "Kms", "Logs": "CloudWatchLogs", "SSM": "Ssm"}
"""How an event's reason names a service."""


class ResourceFailed(Exception):  # noqa: N818 - it is told in an event, nothing is raised to people
    """A resource could not be made, changed or removed; its event says why."""

    def __init__(self, logical_id: str, action: str) -> None:
        super().__init__(logical_id)
        self.logical_id, self.action = logical_id, action


class Worker:
    """Does the work of one stack operation. `tags` are the stack tags that it gives."""

    def __init__(self, store: Store, stack: Stack, endpoint: str, tags: Mapping[str, str]) -> None:
        self.store, self.stack, self.endpoint, self.tags = store, stack, endpoint, dict(tags)

    def known(self, reference: Reference) -> Any:
        record = self.stack.resources[reference.logical_id]
        return record.attributes[reference.attribute] if reference.attribute else record.physical_id

    def final_properties(self, resource: Resource) -> dict[str, Any]:
        """The properties with all references filled in. Raises HandlerError when they do not fit the schema."""
        properties = finish(resource.properties, self.known)
        properties, findings = conform(properties, schemas.schema(resource.type, self.stack.region))
        if findings:
            raise HandlerError(
                f"Properties validation failed for resource {resource.logical_id} with message: {findings[0]}"
            )
        return properties

    def make(self, resource: Resource, record: StackResource, action: str) -> None:
        """Create the resource into `record`. `action` names the events: CREATE, or UPDATE for a replacement."""

        def identify(physical_id: str) -> None:
            record.physical_id = physical_id

        with self.failing(record, action):
            record.properties = self.final_properties(resource)
            job = replace(self.job(record), identify=identify)
            made = HANDLERS[resource.type].create(job)
            self.keep(record, made)
            self.store.set_resource(self.stack, record, f"{action}_IN_PROGRESS", "Resource creation Initiated")
            self.store.set_resource(self.stack, record, f"{action}_COMPLETE", _simulated(made))

    def change(
        self, record: StackResource, old: StackResource, old_tags: Mapping[str, str], *, reverting: bool = False
    ) -> None:
        """Change the resource in place, from what `old` holds to what `record` holds."""
        with self.failing(record, "UPDATE"):
            handler = HANDLERS[record.type]
            refusal = "" if reverting else handler.refuses(old.properties, record.properties)
            if refusal:
                raise HandlerError(refusal)
            if handler.update is None:
                raise HandlerError(f"Update to resource type {record.type} is not supported.")
            before = Old(Made(old.physical_id, old.attributes), old.properties, dict(old_tags))
            made = handler.update(self.job(record), before)
            self.keep(record, made)
            self.store.set_resource(self.stack, record, "UPDATE_COMPLETE", _simulated(made))

    def remove(self, record: StackResource, policy: str) -> None:
        """Remove the resource as `policy` says. Raises ResourceFailed."""
        if not record.exists:
            if record.status != "DELETE_COMPLETE":
                self.store.set_resource(self.stack, record, "DELETE_COMPLETE")
            return
        if policy == "Retain":
            self.store.set_resource(self.stack, record, "DELETE_SKIPPED")
            return
        self.store.set_resource(self.stack, record, "DELETE_IN_PROGRESS")
        with self.failing(record, "DELETE"):
            job, handler = self.job(record), HANDLERS[record.type]
            if policy == "Snapshot" and handler.snapshot:
                handler.snapshot(job, record.physical_id)
            handler.delete(job, record.physical_id)
            self.store.set_resource(self.stack, record, "DELETE_COMPLETE")

    def job(self, record: StackResource) -> Job:
        return Job(
            endpoint=self.endpoint,
            region=self.stack.region,
            account=ACCOUNT,
            stack_name=self.stack.name,
            stack_id=self.stack.stack_id,
            logical_id=record.logical_id,
            properties=record.properties,
            stack_tags=self.tags,
        )

    def keep(self, record: StackResource, made: Made) -> None:
        record.physical_id, record.attributes, record.simulated = made.physical_id, made.attributes, made.simulated

    def failing(self, record: StackResource, action: str) -> _Failing:
        return _Failing(self, record, action)


class _Failing:
    """Turns an error inside into the resource's FAILED event and ResourceFailed."""

    def __init__(self, worker: Worker, record: StackResource, action: str) -> None:
        self.worker, self.record, self.action = worker, record, action

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None:
            return
        reason = _reason(error, self.record.type)
        self.worker.store.set_resource(self.worker.stack, self.record, f"{self.action}_FAILED", reason)
        raise ResourceFailed(self.record.logical_id, self.action) from error


def _simulated(made: Made) -> str:
    return f"[simulated: {made.simulated}]" if made.simulated else ""


def _reason(error: BaseException, resource_type: str) -> str:
    """The event's words for an error, as AWS's resource handlers write them."""
    token = f"(RequestToken: {uuid.uuid4()}, HandlerErrorCode: "
    if isinstance(error, ClientError):
        code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        meta = error.response.get("ResponseMetadata", {})
        status = meta.get("HTTPStatusCode", 400)
        service = SERVICES.get(resource_type.split("::")[1], "Aws")
        general = "InvalidRequest" if status < 500 else "GeneralServiceException"
        request = (
            f"Service: {service}, Status Code: {status}, Error Code: {code}, Request ID: {meta.get('RequestId', '')}"
        )
        told = f"{message} ({request})"
        return f'Resource handler returned message: "{told}" {token}{HANDLER_ERROR_CODES.get(code, general)})'
    if isinstance(error, HandlerError | FunctionError):
        return f'Resource handler returned message: "{error}" {token}InvalidRequest)'
    if isinstance(error, BotoCoreError):
        return f'Resource handler returned message: "{error}" {token}NetworkFailure)'
    log.error("a bug in the local AWS", exc_info=error)
    return f'Resource handler returned message: "A bug in the local AWS: {error!r}" {token}InternalFailure)'


def waves(dependencies: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Names in groups, each group needing only those before it; names outside the mapping count as there."""
    waiting = {name: set(needs) & set(dependencies) for name, needs in dependencies.items()}
    while waiting:
        ready = tuple(sorted(name for name, needs in waiting.items() if not needs))
        yield ready
        waiting = {name: needs - set(ready) for name, needs in waiting.items() if name not in ready}
