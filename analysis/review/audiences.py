"""The rights by those who have them: people, roles, and whoever comes to a resource with a policy of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.resolve import Resource, is_known
from analysis.review.facts import Stack
from analysis.rights import Policy, Statement
from analysis.rights_words import InWords, in_words

TITLES = {
    "identity": "What it may do",
    "boundary": "The most that it can ever be allowed",
    "trust": "Who may take the role",
    "resource": "Who may use it",
}
ORDER = ("trust", "identity", "boundary", "resource")


@dataclass(frozen=True)
class PolicyInWords:
    title: str
    policy: Policy
    statements: tuple[tuple[Statement, InWords], ...]
    same_as: str
    """The logical id of a policy above it with the same statements, which are then not told again."""


@dataclass(frozen=True)
class Holder:
    """A role, a resource with a policy, or the people who are given one."""

    name: str
    """Its logical id."""
    policies: tuple[PolicyInWords, ...]
    elsewhere: tuple[str, ...]
    """Policies that it has and whose statements are in no template: AWS's own, or the account's."""

    @property
    def description(self) -> str:
        return next((item.policy.description for item in self.policies if item.policy.description), "")


@dataclass(frozen=True)
class Audience:
    title: str
    note: str
    holders: tuple[Holder, ...]


def audiences(stack: Stack) -> tuple[Audience, ...]:
    """The stack's policies by who has them; none that nobody is in."""
    resources = {item.resource.logical_id: item.resource for item in stack.resources}
    people = [item for item in stack.policies if item.kind == "identity" and not item.holders]
    keys = [item for item in stack.policies if item.kind == "resource"]
    roles = sorted({name for item in stack.policies for name in item.holders} | set(_with_policies(resources.values())))
    found = (
        Audience(
            "People",
            "No template gives these policies to anybody: you attach them to the groups, roles or permission sets "
            "of the people who shall have them.",
            tuple(_holder(item.logical_id, (item,), None) for item in people),
        ),
        Audience(
            "Machines and services",
            "Each role: who may take it, and what it may then do.",
            tuple(
                _holder(role, [item for item in stack.policies if role in item.holders], resources[role])
                for role in roles
            ),
        ),
        Audience(
            "Resources with a policy of their own",
            "These say themselves who may use them.",
            tuple(_holder(item.logical_id, (item,), None) for item in keys),
        ),
    )
    return tuple(audience for audience in found if audience.holders)


def _with_policies(resources: Iterable[Resource]) -> Iterable[str]:
    return (item.logical_id for item in resources if "ManagedPolicyArns" in item.properties)


def _holder(name: str, policies: Iterable[Policy], role: Resource | None) -> Holder:
    told: list[PolicyInWords] = []
    for policy in sorted(policies, key=lambda item: ORDER.index(item.kind)):
        statements = tuple((item, in_words(item, policy.kind)) for item in policy.statements)
        same = next((item.policy.logical_id for item in told if item.policy.statements == policy.statements), "")
        told.append(PolicyInWords(TITLES[policy.kind], policy, statements, same))
    return Holder(name, tuple(told), _elsewhere(role) if role else ())


def _elsewhere(role: Resource) -> tuple[str, ...]:
    given = role.properties.get("ManagedPolicyArns", ())
    boundary = role.properties.get("PermissionsBoundary")
    return tuple(str(item) for item in (*given, *([boundary] if boundary else [])) if is_known(item))
