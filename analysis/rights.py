"""Who may do what: every policy statement of a template, wherever it stands.

    for policy in policies(resolve_partly(template, {}, Context())):
        for statement in policy.statements:
            print(policy.place, statement.allowed, statement.actions)

A policy is whatever holds a `Statement`: of an identity, of a role's trust, of a key, of an endpoint.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from analysis.resolve import Resolved, Resource, references

Kind = Literal["identity", "boundary", "trust", "resource"]


@dataclass(frozen=True)
class Condition:
    """One key that is compared with some values: `StringEquals`, `aws:SourceAccount`, (`123456789012`,)."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """One statement, its names as they stand; `others` are the elements whose list says what is *not* meant."""

    sid: str
    allowed: bool
    principals: tuple[str, ...]
    """`Service:ec2.amazonaws.com`, `AWS:*`; none in a policy of an identity."""
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]
    others: frozenset[str]
    """Of `Action`, `Resource`, `Principal`: those written as `NotAction` and so on."""
    text: str
    """The whole statement as JSON."""


@dataclass(frozen=True)
class Policy:
    logical_id: str
    place: str
    """The property it stands in, `PolicyDocument`, `Policies/0/PolicyDocument`."""
    kind: Kind
    """`boundary` gives nothing: it is the most that its holders can be given."""
    description: str
    holders: tuple[str, ...]
    """Logical ids of the roles that have it; empty for a policy that the template gives to nobody."""
    statements: tuple[Statement, ...]


def policies(found: Resolved) -> tuple[Policy, ...]:
    """Every policy of the template, in its order."""
    return tuple(
        _policy(found, resource, place, document)
        for resource in found.resources.values()
        for place, document in _documents("", resource.properties)
    )


def as_text(value: Any) -> str:
    """A scalar as a policy shows it: `true`, not `True`; references as `${Vpc}`."""
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _documents(place: str, value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, Mapping):
        if "Statement" in value:
            yield place, value
            return
        for key, item in value.items():
            yield from _documents(f"{place}/{key}" if place else str(key), item)
    elif isinstance(value, list | tuple):
        for position, item in enumerate(value):
            yield from _documents(f"{place}/{position}", item)


def _policy(found: Resolved, resource: Resource, place: str, document: Mapping[str, Any]) -> Policy:
    holders, limited = _holders(found, resource.logical_id)
    kind: Kind = "resource"
    if place == "AssumeRolePolicyDocument":
        kind = "trust"
    elif resource.type.startswith("AWS::IAM::"):
        kind = "boundary" if limited and not holders else "identity"
    own = (resource.logical_id,) if resource.type in ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group") else ()
    return Policy(
        logical_id=resource.logical_id,
        place=place,
        kind=kind,
        description=str(resource.properties.get("Description", "")),
        holders=own or holders or limited,
        statements=tuple(_statement(item) for item in _list(document["Statement"])),
    )


def _holders(found: Resolved, policy: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The logical ids of those that are given the policy, and of those that it limits."""
    given, limited = set(), set()
    for name, resource in found.resources.items():
        if policy in _targets(resource.properties.get("ManagedPolicyArns")):
            given.add(name)
        if policy in _targets(resource.properties.get("PermissionsBoundary")):
            limited.add(name)
    own = found.resources[policy].properties
    given |= {name for key in ("Groups", "Roles", "Users") for name in _targets(own.get(key))}
    return tuple(sorted(given)), tuple(sorted(limited))


def _targets(value: Any) -> set[str]:
    return {reference.logical_id for reference in references(value)}


def _statement(item: Mapping[str, Any]) -> Statement:
    return Statement(
        sid=as_text(item.get("Sid", "")),
        allowed=item.get("Effect") == "Allow",
        principals=tuple(_principals(item.get("Principal", item.get("NotPrincipal", ())))),
        actions=_texts(item.get("Action", item.get("NotAction", ()))),
        resources=_texts(item.get("Resource", item.get("NotResource", ()))),
        conditions=tuple(_conditions(item.get("Condition", {}))),
        others=frozenset(name for name in ("Action", "Resource", "Principal") if f"Not{name}" in item),
        text=json.dumps(item, indent=2, default=str),
    )


def _principals(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for kind, names in value.items():
            yield from (f"{kind}:{name}" for name in _texts(names))
    else:
        yield from (f"AWS:{name}" for name in _texts(value))


def _conditions(block: Mapping[str, Any]) -> Iterator[Condition]:
    for operator, tests in block.items():
        for key, values in tests.items():
            yield Condition(str(operator), str(key), _texts(values))


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(as_text(item) for item in _list(value))


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
