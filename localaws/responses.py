"""CloudFormation's API, in moto's frame: one method for each operation; an operation without one is refused."""

from __future__ import annotations

from localaws.api_base import Service
from localaws.api_change_sets import ChangeSetOperations
from localaws.api_drift import DriftOperations
from localaws.api_reading import ReadingOperations
from localaws.api_stacks import StackOperations

__all__ = ["CloudFormationResponse", "Service"]


class CloudFormationResponse(StackOperations, ChangeSetOperations, DriftOperations, ReadingOperations):
    """All operations."""
