"""Operations on drift. A detection is over when its call returns; what it found is kept until the process ends."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from moto.core.responses import ActionResult

from localaws.api_base import CloudFormationBase, Service
from localaws.drift import DELETED, IN_SYNC, MODIFIED, NOT_CHECKED, Drift, drift
from localaws.errors import NotSupportedError, ValidationError
from localaws.stacks import Stack, StackResource, now
from localaws.worker import Worker

DETECTABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED")


@dataclass(frozen=True)
class Detection:
    """One detection: each resource with what became of it."""

    stack_id: str
    found: tuple[tuple[StackResource, Drift], ...]
    identifier: str = field(default_factory=lambda: str(uuid.uuid4()))
    moment: datetime = field(default_factory=now)

    @property
    def drifted(self) -> int:
        return sum(result.status in (MODIFIED, DELETED) for _, result in self.found)


class DriftOperations(CloudFormationBase):
    detections: ClassVar[dict[str, Detection]] = {}
    """By id."""

    def detect_stack_drift(self) -> ActionResult:
        stack = self._stack()
        if self._request("LogicalResourceIds"):
            raise NotSupportedError("LogicalResourceIds of DetectStackDrift")
        if stack.status not in DETECTABLE:
            raise ValidationError(f"Drift detection cannot be performed on stack in {stack.status} state.")
        worker = Worker(Service.store, stack, Service.engine.endpoint, stack.desired.tags)
        found = tuple((one, _drift(worker, one)) for one in stack.resources.values() if one.exists)
        detection = Detection(stack.stack_id, found)
        self.detections[detection.identifier] = detection
        return ActionResult({"StackDriftDetectionId": detection.identifier})

    def describe_stack_drift_detection_status(self) -> ActionResult:
        wanted = self._request("StackDriftDetectionId")
        detection = self.detections.get(wanted)
        if detection is None:
            raise ValidationError(f"DriftDetectionId [{wanted}] does not exist")
        return ActionResult(
            {
                "StackId": detection.stack_id,
                "StackDriftDetectionId": detection.identifier,
                "StackDriftStatus": "DRIFTED" if detection.drifted else IN_SYNC,
                "DetectionStatus": "DETECTION_COMPLETE",
                "DriftedStackResourceCount": detection.drifted,
                "Timestamp": detection.moment,
            }
        )

    def describe_stack_resource_drifts(self) -> ActionResult:
        """What the last detection found; resources that are not checked are left out unless they are asked for."""
        stack = self._stack(or_deleted=True)
        wanted = self._request("StackResourceDriftStatusFilters") or (IN_SYNC, MODIFIED, DELETED)
        last = [one for one in self.detections.values() if one.stack_id == stack.stack_id][-1:]
        found = [
            _described(resource, result, detection, stack)
            for detection in last
            for resource, result in detection.found
            if result.status in wanted
        ]
        return ActionResult({"StackResourceDrifts": found})


def _drift(worker: Worker, resource: StackResource) -> Drift:
    return drift(worker.job(resource), resource.type, resource.physical_id)


def _described(resource: StackResource, result: Drift, detection: Detection, of: Stack) -> dict[str, Any]:
    described = {
        "StackId": of.stack_id,
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "StackResourceDriftStatus": result.status,
        "Timestamp": detection.moment,
    }
    if result.status != NOT_CHECKED:
        described["ExpectedProperties"] = json.dumps(resource.properties, default=str)
        described["ActualProperties"] = json.dumps(result.actual, default=str)
        described["PropertyDifferences"] = list(result.differences)
    return described
