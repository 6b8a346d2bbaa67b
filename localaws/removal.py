"""Removing resources, and the small steps that creating and updating share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from analysis.resolve import Resource, finish
from localaws.prepare import Prepared
from localaws.stacks import StackResource
from localaws.worker import ResourceFailed, Worker, waves


def remove_all(worker: Worker, records: list[StackResource], policy: Callable[[StackResource], str]) -> tuple[str, ...]:
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


def new_record(resource: Resource) -> StackResource:
    return StackResource(
        logical_id=resource.logical_id,
        type=resource.type,
        dependencies=resource.dependencies(),
        deletion_policy=resource.deletion_policy,
        update_replace_policy=resource.update_replace_policy,
    )


def _dependents_first(records: list[StackResource]) -> list[StackResource]:
    dependencies: dict[str, tuple[str, ...]] = {}
    for record in records:
        dependencies[record.logical_id] = (*dependencies.get(record.logical_id, ()), *record.dependencies)
    order = [name for wave in waves(dependencies) for name in wave]
    return sorted(records, key=lambda record: order.index(record.logical_id), reverse=True)


def outputs(worker: Worker, prepared: Prepared) -> tuple[dict[str, Any], ...]:
    told = []
    for name, output in prepared.resolved.outputs.items():
        value = finish(output.value, worker.known)
        entry = {"OutputKey": name, "OutputValue": str(value), "Description": output.description}
        told.append({key: text for key, text in entry.items() if text or key != "Description"})
    return tuple(told)
