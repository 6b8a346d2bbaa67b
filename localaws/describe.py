"""Stacks, events, resources and change sets as the API describes them."""

from __future__ import annotations

from typing import Any

from localaws.stacks import ChangeSet, Desired, Event, Stack, StackResource

Described = dict[str, Any]


def stack(item: Stack) -> Described:
    described = {
        "StackId": item.stack_id,
        "StackName": item.name,
        "Description": item.description or None,
        "Parameters": parameters(item.parameters) or None,
        "CreationTime": item.created,
        "DeletionTime": item.deleted,
        "LastUpdatedTime": item.updated,
        "RollbackConfiguration": {},
        "StackStatus": item.status,
        "StackStatusReason": item.reason or None,
        "DisableRollback": item.disable_rollback,
        "NotificationARNs": list(item.desired.notification_arns),
        "Capabilities": list(item.desired.capabilities),
        "Outputs": list(item.outputs) or None,
        "RoleARN": item.desired.role_arn or None,
        "Tags": tags(item.desired),
        "EnableTerminationProtection": item.termination_protection,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
        "ChangeSetId": item.operation_id if item.status == "REVIEW_IN_PROGRESS" else None,
    }
    return {key: value for key, value in described.items() if value is not None}


def summary(item: Stack) -> Described:
    described = {
        "StackId": item.stack_id,
        "StackName": item.name,
        "TemplateDescription": item.description or None,
        "CreationTime": item.created,
        "DeletionTime": item.deleted,
        "LastUpdatedTime": item.updated,
        "StackStatus": item.status,
        "StackStatusReason": item.reason or None,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
    }
    return {key: value for key, value in described.items() if value is not None}


def parameters(values: dict[str, Any]) -> list[Described]:
    return [
        {"ParameterKey": key, "ParameterValue": value if isinstance(value, str) else ",".join(value)}
        for key, value in values.items()
    ]


def tags(desired: Desired) -> list[Described]:
    return [{"Key": key, "Value": value} for key, value in desired.tags.items()]


def event(item: Event, of: Stack) -> Described:
    described = {
        "StackId": of.stack_id,
        "EventId": item.event_id,
        "StackName": of.name,
        "OperationId": item.operation_id or None,
        "LogicalResourceId": item.logical_id,
        "PhysicalResourceId": item.physical_id,
        "ResourceType": item.type,
        "Timestamp": item.timestamp,
        "ResourceStatus": item.status,
        "ResourceStatusReason": item.reason or None,
        "ResourceProperties": item.properties or None,
        "ClientRequestToken": item.token or None,
    }
    return {key: value for key, value in described.items() if value is not None}


def operation_event(item: Event, of: Stack) -> Described:
    """An event as DescribeEvents tells it."""
    is_stack = item.physical_id == of.stack_id
    described = event(item, of)
    described.pop("StackName")
    return {**described, "EventType": "STACK_EVENT" if is_stack else "PROVISIONING_EVENT"}


def resource(item: StackResource, of: Stack) -> Described:
    described = {
        "StackName": of.name,
        "StackId": of.stack_id,
        "LogicalResourceId": item.logical_id,
        "PhysicalResourceId": item.physical_id or None,
        "ResourceType": item.type,
        "Timestamp": item.timestamp,
        "LastUpdatedTimestamp": item.timestamp,
        "ResourceStatus": item.status,
        "ResourceStatusReason": item.reason or None,
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
    }
    return {key: value for key, value in described.items() if value is not None}


def change_set(item: ChangeSet, of: Stack) -> Described:
    described = {
        **change_set_summary(item, of),
        "Parameters": parameters(item.desired.parameters),
        "Capabilities": list(item.desired.capabilities),
        "NotificationARNs": list(item.desired.notification_arns),
        "Tags": tags(item.desired),
        "RollbackConfiguration": {},
        "OnStackFailure": item.on_stack_failure or None,
        "Changes": list(item.changes),
    }
    return {key: value for key, value in described.items() if value is not None}


def change_set_summary(item: ChangeSet, of: Stack) -> Described:
    described = {
        "ChangeSetName": item.name,
        "ChangeSetId": item.change_set_id,
        "StackId": of.stack_id,
        "StackName": of.name,
        "Description": item.description or None,
        "CreationTime": item.created,
        "ExecutionStatus": item.execution_status,
        "Status": item.status,
        "StatusReason": item.reason or None,
        "IncludeNestedStacks": False,
    }
    return {key: value for key, value in described.items() if value is not None}


def template_summary(template: dict[str, Any]) -> Described:
    resources = template.get("Resources", {})
    iam = [item["Type"] for item in resources.values() if item["Type"].startswith("AWS::IAM::")]
    described = {
        "Parameters": [_declared(name, item) for name, item in template.get("Parameters", {}).items()],
        "Description": template.get("Description"),
        "Capabilities": ["CAPABILITY_IAM"] if iam else None,
        "CapabilitiesReason": f"The following resource(s) require capabilities: [{', '.join(sorted(set(iam)))}]"
        if iam
        else None,
        "ResourceTypes": sorted({item["Type"] for item in resources.values()}),
        "Version": template.get("AWSTemplateFormatVersion"),
    }
    return {key: value for key, value in described.items() if value is not None}


def _declared(name: str, item: dict[str, Any]) -> Described:
    default = item.get("Default")
    allowed = item.get("AllowedValues")
    described = {
        "ParameterKey": name,
        "DefaultValue": None if default is None else str(default),
        "ParameterType": item.get("Type", "String"),
        "NoEcho": str(item.get("NoEcho", False)).lower() == "true",
        "Description": item.get("Description"),
        "ParameterConstraints": {"AllowedValues": [str(value) for value in allowed]} if allowed else {},
    }
    return {key: value for key, value in described.items() if value is not None}
