"""What an update would do, resource by resource, as DescribeChangeSet tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis import schemas
from analysis.resolve import Resource
from analysis.values import references
from localaws.prepare import Prepared
from localaws.stacks import Stack

Change = dict[str, Any]

ATTRIBUTES = {"DeletionPolicy": "deletion_policy", "UpdateReplacePolicy": "update_replace_policy"}


def changes(stack: Stack, before: Prepared | None, after: Prepared, *, tags_changed: bool) -> tuple[Change, ...]:
    """The changes from `before` (None for a new stack) to `after`, in order of logical id."""
    old = before.resources if before else {}
    made = [_change("Add", item) for name, item in after.resources.items() if name not in old]
    made += [_removal(item, stack) for name, item in old.items() if name not in after.resources]
    if before:
        made += _modifications(stack, before, after, tags_changed=tags_changed)
    ordered = sorted(made, key=lambda item: item["ResourceChange"]["LogicalResourceId"])
    return tuple(ordered)


def _change(action: str, resource: Resource, physical_id: str = "") -> Change:
    change = {
        "Action": action,
        "LogicalResourceId": resource.logical_id,
        "ResourceType": resource.type,
        "Scope": [],
        "Details": [],
    }
    if physical_id:
        change["PhysicalResourceId"] = physical_id
    return {"Type": "Resource", "ResourceChange": change}


def _removal(resource: Resource, stack: Stack) -> Change:
    change = _change("Remove", resource, _physical_id(stack, resource.logical_id))
    policy = resource.deletion_policy
    change["ResourceChange"]["PolicyAction"] = {"Snapshot": "Snapshot", "Delete": "Delete"}.get(policy, "Retain")
    return change


def _physical_id(stack: Stack, logical_id: str) -> str:
    resource = stack.resources.get(logical_id)
    return resource.physical_id if resource else ""


def _modifications(stack: Stack, before: Prepared, after: Prepared, *, tags_changed: bool) -> list[Change]:
    """Direct changes first; then whatever refers to a changed resource, until nothing more is found."""
    common = [name for name in after.resources if name in before.resources]
    details = {name: _direct(before, after, name, stack.region, tags_changed=tags_changed) for name in common}
    while True:
        changed = {name: _replacement(items) for name, items in details.items() if items}
        found = False
        for name in common:
            for detail in _dynamic(after.resources[name], changed, stack.region):
                key = (detail["Target"].get("Name"), detail["CausingEntity"])
                if key not in [(item["Target"].get("Name"), item.get("CausingEntity")) for item in details[name]]:
                    details[name].append(detail)
                    found = True
        if not found:
            break
    return [_modification(stack, after.resources[name], items) for name, items in details.items() if items]


def _modification(stack: Stack, resource: Resource, details: list[dict[str, Any]]) -> Change:
    change = _change("Modify", resource, _physical_id(stack, resource.logical_id))
    replacement = _replacement(details)
    change["ResourceChange"] |= {
        "Replacement": replacement,
        "Scope": sorted({item["Target"]["Attribute"] for item in details}),
        "Details": details,
    }
    if replacement != "False":
        policies = {"Delete": "ReplaceAndDelete", "Retain": "ReplaceAndRetain", "Snapshot": "ReplaceAndSnapshot"}
        change["ResourceChange"]["PolicyAction"] = policies[resource.update_replace_policy]
    return change


def _replacement(details: list[dict[str, Any]]) -> str:
    """`True` when a property known now needs a new resource, `Conditional` when it depends, else `False`."""
    needs = {(item["Target"].get("RequiresRecreation", "Never"), item["Evaluation"]) for item in details}
    if ("Always", "Static") in needs:
        return "True"
    return "Conditional" if any(need in ("Always", "Conditionally") for need, _ in needs) else "False"


def _direct(before: Prepared, after: Prepared, name: str, region: str, *, tags_changed: bool) -> list[dict[str, Any]]:
    """Properties and attributes of one resource that differ between the two templates."""
    old, new = before.resources[name], after.resources[name]
    if old.type != new.type:
        return [_detail("Properties", "Type", "Always", "Static", "DirectModification")]
    schema = schemas.schema(new.type, region)
    details = []
    for key in sorted({*old.properties, *new.properties}):
        if old.properties.get(key) == new.properties.get(key):
            continue
        source, cause = _source(before, after, name, key)
        recreation = schemas.recreation(schema, key)
        attribute = "Tags" if key == "Tags" else "Properties"
        detail = _detail(attribute, "" if key == "Tags" else key, recreation, "Static", source)
        details.append({**detail, **({"CausingEntity": cause} if cause else {})})
    if tags_changed and schema.get("tagging", {}).get("taggable"):
        details.append(_detail("Tags", "", "Never", "Static", "DirectModification"))
    for attribute, field in ATTRIBUTES.items():
        if getattr(old, field) != getattr(new, field):
            details.append(_detail(attribute, "", "Never", "Static", "DirectModification"))
    return details


def _detail(attribute: str, name: str, recreation: str, evaluation: str, source: str) -> dict[str, Any]:
    target = {"Attribute": attribute, "RequiresRecreation": recreation, **({"Name": name} if name else {})}
    return {"Target": target, "Evaluation": evaluation, "ChangeSource": source}


def _source(before: Prepared, after: Prepared, name: str, key: str) -> tuple[str, str]:
    """Why a property differs: the template's text, or the value of a parameter that it names."""
    old, new = (_written(prepared, name, key) for prepared in (before, after))
    if old == new:
        for parameter in _parameters_in(new):
            if before.resolved.parameters.get(parameter) != after.resolved.parameters.get(parameter):
                return "ParameterReference", parameter
    return "DirectModification", ""


def _written(prepared: Prepared, name: str, key: str) -> Any:
    return prepared.template["Resources"][name].get("Properties", {}).get(key)


def _parameters_in(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        direct = [value["Ref"]] if isinstance(value.get("Ref"), str) else []
        return direct + [name for item in value.values() for name in _parameters_in(item)]
    if isinstance(value, list):
        return [name for item in value for name in _parameters_in(item)]
    return []


def _dynamic(resource: Resource, changed: Mapping[str, str], region: str) -> list[dict[str, Any]]:
    """Properties that refer to a resource whose id or attribute may change with this update."""
    schema = schemas.schema(resource.type, region)
    details = []
    for key, value in resource.properties.items():
        for reference in dict.fromkeys(references(value)):
            replaced = changed.get(reference.logical_id)
            if replaced is None or (not reference.attribute and replaced == "False"):
                continue
            source = "ResourceAttribute" if reference.attribute else "ResourceReference"
            cause = f"{reference.logical_id}.{reference.attribute}".rstrip(".")
            detail = _detail("Properties", key, schemas.recreation(schema, key), "Dynamic", source)
            details.append({**detail, "CausingEntity": cause})
    return details
