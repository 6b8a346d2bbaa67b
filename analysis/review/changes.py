"""How two versions of the templates differ: resources property by property, rights, cost."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from analysis.cost import Cost
from analysis.differences import Difference, differences
from analysis.resolve import Resource
from analysis.review.facts import REGION, Facts, Stack
from analysis.review.ways import Way, new_ways
from analysis.rights import Condition, Policy, Statement
from analysis.rights_words import InWords, in_words
from analysis.update_effects import MILDEST_FIRST, UpdateEffect, effect_of_change

ATTRIBUTES = {"DeletionPolicy": "deletion_policy", "UpdateReplacePolicy": "update_replace_policy"}


@dataclass(frozen=True)
class Changed:
    """A resource that is in both versions; each difference with what it does."""

    resource: Resource
    differences: tuple[tuple[Difference, UpdateEffect], ...]

    @property
    def effect(self) -> UpdateEffect:
        return max((effect for _, effect in self.differences), key=MILDEST_FIRST.index)


@dataclass(frozen=True)
class StackChanges:
    name: str
    added: tuple[Resource, ...]
    removed: tuple[Resource, ...]
    changed: tuple[Changed, ...]
    outputs: tuple[Difference, ...]
    asked: tuple[Difference, ...]
    """What `stacks.json` asks for the stack: its zone, its image."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.outputs or self.asked)


@dataclass(frozen=True)
class RightsChange:
    """Rights that only one version gives; `holders` as in a policy."""

    stack: str
    policy: str
    holders: tuple[str, ...]
    words: InWords


@dataclass(frozen=True)
class CostChange:
    name: str
    before: Cost
    after: Cost


@dataclass(frozen=True)
class Changes:
    stacks: tuple[StackChanges, ...]
    ways_added: tuple[Way, ...]
    ways_removed: tuple[Way, ...]
    other_ways_added: tuple[Way, ...]
    """Of machines that are in no template."""
    other_ways_removed: tuple[Way, ...]
    ways_unknown: bool
    """Whether the ways of one version could not be worked out; none are compared then."""
    rights_added: tuple[RightsChange, ...]
    rights_removed: tuple[RightsChange, ...]
    controls_broken: tuple[str, ...]
    """What only the new version does not hold."""
    costs: tuple[CostChange, ...]
    """Of the stacks whose cost differs."""
    before: Cost
    after: Cost

    def __bool__(self) -> bool:
        ways = self.ways_added or self.ways_removed or self.other_ways_added or self.other_ways_removed
        rights = self.rights_added or self.rights_removed
        return bool(self.stacks or ways or rights or self.controls_broken or self.costs)


@dataclass(frozen=True)
class _Right:
    """The smallest piece of a right: one action on one resource."""

    stack: str
    policy: Policy
    statement: Statement


def compare(old: Facts, new: Facts) -> Changes:
    """What the new version changes."""
    before = {stack.name: stack for stack in old.stacks}
    after = {stack.name: stack for stack in new.stacks}
    names = tuple({**after, **before})
    pairs = [(name, before.get(name), after.get(name)) for name in names]
    costs = [CostChange(name, _cost(was), _cost(now)) for name, was, now in pairs]
    rights_before, rights_after = set(_rights(old)), set(_rights(new))
    was, now = old.ways, new.ways
    unknown = bool(was.unknown or now.unknown)
    real_before, real_after = (*was.from_outside, *was.machines), (*now.from_outside, *now.machines)
    return Changes(
        stacks=tuple(found for found in (_stack(*pair) for pair in pairs) if found),
        ways_added=() if unknown else new_ways(real_before, real_after),
        ways_removed=() if unknown else new_ways(real_after, real_before),
        other_ways_added=() if unknown else new_ways(was.others, now.others),
        other_ways_removed=() if unknown else new_ways(now.others, was.others),
        ways_unknown=unknown,
        rights_added=_told(rights_after - rights_before, _rights(new)),
        rights_removed=_told(rights_before - rights_after, _rights(old)),
        controls_broken=tuple(text for text in _broken(new) if text not in _broken(old)),
        costs=tuple(item for item in costs if _amounts(item.before) != _amounts(item.after)),
        before=old.cost,
        after=new.cost,
    )


def _broken(facts: Facts) -> tuple[str, ...]:
    return tuple(text for item in facts.controls for text in item.broken)


def _cost(stack: Stack | None) -> Cost:
    return stack.cost if stack else Cost((), ())


def _amounts(cost: Cost) -> tuple[Decimal | int, ...]:
    return (cost.running, cost.idle_stop, cost.stopped, cost.removed, len(cost.unknown))


def _stack(name: str, before: Stack | None, after: Stack | None) -> StackChanges:
    old, new = _resources(before), _resources(after)
    same = [key for key in new if key in old and old[key].type == new[key].type]
    found = (Changed(new[key], tuple(_differences(old[key], new[key]))) for key in same)
    return StackChanges(
        name=name,
        added=tuple(item for key, item in new.items() if key not in same),
        removed=tuple(item for key, item in old.items() if key not in same),
        changed=tuple(item for item in found if item.differences),
        outputs=_all_differences(_outputs(before), _outputs(after)),
        asked=_all_differences(before.asked if before else {}, after.asked if after else {}),
    )


def _resources(stack: Stack | None) -> dict[str, Resource]:
    return {item.resource.logical_id: item.resource for item in stack.resources} if stack else {}


def _outputs(stack: Stack | None) -> dict[str, str]:
    return {name: value.text for name, value, _ in stack.outputs} if stack else {}


def _all_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    return tuple(found for key in {**after, **before} for found in differences(before, after, key))


def _differences(old: Resource, new: Resource) -> Iterator[tuple[Difference, UpdateEffect]]:
    for key in sorted({*old.properties, *new.properties}):
        effect = effect_of_change(new.type, key, region=REGION)
        yield from ((found, effect) for found in differences(old.properties, new.properties, key))
    for key, name in ATTRIBUTES.items():
        if getattr(old, name) != getattr(new, name):
            yield Difference(key, getattr(old, name), getattr(new, name)), "no restart"
    if old.depends_on != new.depends_on:
        yield Difference("DependsOn", ", ".join(old.depends_on), ", ".join(new.depends_on)), "no restart"


def _rights(facts: Facts) -> Iterator[_Right]:
    for stack in facts.stacks:
        for policy in stack.policies:
            for statement in policy.statements:
                conditions = tuple(sorted(statement.conditions, key=_condition_order))
                bare = replace(statement, sid="", text="", conditions=conditions)
                for action, resource in itertools.product(statement.actions, statement.resources or ("",)):
                    one = replace(bare, actions=(action,), resources=(resource,) if resource else ())
                    yield _Right(stack.name, replace(policy, description="", statements=()), one)


def _told(wanted: set[_Right], order: Iterable[_Right]) -> tuple[RightsChange, ...]:
    """The wanted rights, those that differ only in action and resource in one sentence, in the policies' order."""
    groups: dict[Any, list[_Right]] = {}
    for right in dict.fromkeys(order):
        if right in wanted:
            one = right.statement
            key = (right.stack, right.policy, one.allowed, one.principals, one.resources, one.conditions, one.others)
            groups.setdefault(key, []).append(right)
    return tuple(_sentence(rights) for rights in groups.values())


def _sentence(rights: list[_Right]) -> RightsChange:
    first = rights[0]
    whole = replace(first.statement, actions=tuple(right.statement.actions[0] for right in rights))
    policy = first.policy
    return RightsChange(first.stack, policy.logical_id, policy.holders, in_words(whole, policy.kind))


def _condition_order(item: Condition) -> str:
    return json.dumps([item.operator, item.key, item.values])
