"""Whether a stack's policy lets an update touch a resource.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html: with a policy, whatever no
statement allows is denied; a Deny wins over an Allow; without a policy everything is allowed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal

Action = Literal["Update:Modify", "Update:Replace", "Update:Delete"]


def refusal(policy: str, action: Action, *, logical_id: str, resource_type: str) -> str:
    """Why the policy denies the action on the resource, in AWS's words; empty where it is allowed."""
    if not policy:
        return ""
    allowed = False
    for number, statement in enumerate(_listed(json.loads(policy)["Statement"]), 1):
        if not _matches(statement, action, logical_id=logical_id, resource_type=resource_type):
            continue
        if statement["Effect"] == "Deny":
            return _words(f"Statement [#{number}] does not allow", action, logical_id)
        allowed = True
    return "" if allowed else _words("no statement allows", action, logical_id)


def _words(who: str, action: Action, logical_id: str) -> str:
    return f"Action denied by stack policy: {who} [{action}] for resource [{logical_id}]"


def _matches(statement: Mapping[str, Any], action: str, *, logical_id: str, resource_type: str) -> bool:
    target = f"LogicalResourceId/{logical_id}"
    return (
        _named(statement, "Action", action)
        and _named(statement, "Resource", target)
        and all(_holds(operator, keys, resource_type) for operator, keys in statement.get("Condition", {}).items())
    )


def _named(statement: Mapping[str, Any], element: str, value: str) -> bool:
    """Whether `element` names the value, or its opposite (`NotAction`, `NotResource`) does not."""
    if f"Not{element}" in statement:
        return not _any(statement[f"Not{element}"], value)
    return _any(statement.get(element, ()), value)


def _holds(operator: str, keys: Mapping[str, Any], resource_type: str) -> bool:
    """`ResourceType` is the only key that AWS has here, StringEquals and StringLike the operators."""
    if operator not in ("StringEquals", "StringLike") or set(keys) != {"ResourceType"}:
        raise ValueError(f"stack policy: no such condition: {operator} of {', '.join(keys)}")
    return _any(keys["ResourceType"], resource_type)


def _any(patterns: object, value: str) -> bool:
    return any(fnmatchcase(value, str(pattern)) for pattern in _listed(patterns))


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
