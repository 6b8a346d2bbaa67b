"""What a deploy changes, stack by stack: as a table for people, and as data. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from analysis.cost import Cost, monthly
from analysis.resolve import Context, Resource, TemplateError
from analysis.update_effects import MILDEST_FIRST
from analysis.values import references
from deployment.differences import Version, outputs, resources
from deployment.effects import Change, changes
from generator.contract import ZONE_LETTERS, handed_over

VERBS = {"new": "add", "removed": "remove"}
WORST_FIRST = ("AWS refuses", "removed", "replaced", "may be replaced", "stop and start", "new", "no restart")
HANDED_OVER = frozenset(output for letter in ZONE_LETTERS for output in handed_over(letter).values())


@dataclass(frozen=True)
class Review:
    """All changes of one stack."""

    stack: str
    label: str
    kind: Literal["new", "changed", "unchanged"]
    change_set: str = ""
    """Its ARN; empty where nothing changes, where the stack is new, and in a dry run."""
    changes: tuple[Change, ...] = ()
    used: frozenset[str] = frozenset()
    """The resources that machines rely on: their own, and what the environment hands over."""
    cost_before: Cost | None = None
    cost_after: Cost | None = None
    values: tuple[tuple[str, str], ...] = ()
    """The parameters that were reviewed."""


def new(stack: str, label: str, version: Version, context: Context) -> Review:
    """A stack that is made: everything in its template."""
    made = resources(version, context)
    added = tuple(Change(name, resource.type, "new") for name, resource in made.items())
    return Review(stack, label, "new", changes=added, cost_after=_monthly(version, context))


def changed(
    stack: str,
    label: str,
    answers: Iterable[Mapping[str, Any]],
    *,
    before: Version,
    after: Version,
    context: Context,
    change_set: str = "",
) -> Review:
    """A stack that is updated; `answers` are the `ResourceChange`s of its change set."""
    old, wanted = resources(before, context), resources(after, context)
    return Review(
        stack,
        label,
        "changed",
        change_set=change_set,
        changes=changes(answers, before=old, after=wanted),
        used=_used(before, old, context),
        cost_before=_monthly(before, context),
        cost_after=_monthly(after, context),
        values=tuple(sorted(after.parameters.items())),
    )


def lines(reviews: Iterable[Review]) -> Iterator[str]:
    """The changes for people, worst first in each stack."""
    for review in reviews:
        if review.kind == "unchanged":
            yield f"{review.label}: no change"
            continue
        count = len(review.changes)
        if review.kind == "new":
            yield f"{review.label}: new, {count} {'resource' if count == 1 else 'resources'}"
        else:
            what = f"{count} {'change' if count == 1 else 'changes'}" if count else "only its outputs or tags change"
            yield f"{review.label}: {what}"
            yield from _table(review.changes)
        yield from _cost_lines(review)


def as_json(review: Review) -> dict[str, Any]:
    """The review as `--json` shows it."""
    return {
        "stack": review.stack,
        "kind": review.kind,
        "change_set": review.change_set,
        "changes": [_change_as_json(item) for item in review.changes],
        "monthly_usd": {"before": _amounts(review.cost_before), "after": _amounts(review.cost_after)},
    }


def worst(review: Review) -> str:
    """The worst effect of all; `no restart` when nothing happens to anything that is there."""
    found = [item.effect for item in review.changes]
    return next((effect for effect in WORST_FIRST if effect in found and effect != "new"), MILDEST_FIRST[0])


def _table(items: Iterable[Change]) -> Iterator[str]:
    ordered = sorted(items, key=lambda item: (WORST_FIRST.index(item.effect), item.logical_id))
    rows = [
        (VERBS.get(item.effect, "modify"), _effect(item), item.logical_id, _short(item.resource_type))
        for item in ordered
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)] if rows else []
    for item, row in zip(ordered, rows, strict=True):
        first, *more = _remarks(item) or ("",)
        yield (
            "  "
            + "  ".join(f"{cell:<{width}}" for cell, width in zip((*row, first), (*widths, 0), strict=True)).rstrip()
        )
        yield from (f"  {'':<{sum(widths) + 6}}  {remark}" for remark in more)


def _effect(item: Change) -> str:
    return "" if item.effect in ("new", "removed") else item.effect


def _remarks(item: Change) -> list[str]:
    """What there is to say of a change beside its effect: values, whom it follows, what is kept."""
    found = [str(difference) for difference in item.differences if difference.before != difference.after]
    if item.follows:
        whom = ", ".join(item.follows)
        return [f"follows {whom}, which stays" if item.effect == "no restart" else f"follows {whom}"]
    found += [name for name in item.properties if not any(_top(value.path) == name for value in item.differences)]
    return [*found, *([f"kept: {item.kept.lower()}"] if item.kept else [])]


def _top(path: str) -> str:
    return path.partition("/")[0]


def _short(resource_type: str) -> str:
    return resource_type.removeprefix("AWS::").replace("::", " ")


def _cost_lines(review: Review) -> Iterator[str]:
    before, after = review.cost_before, review.cost_after
    if after is None:
        return
    now = _per_month(after)
    if before is None:
        yield f"  a month: {now}"
    elif (before.running, before.stopped) != (after.running, after.stopped):
        yield f"  a month: {now} (before: {_per_month(before)})"
    else:
        yield f"  a month: as before, {now}"


def _per_month(cost: Cost) -> str:
    if cost.running == cost.stopped:
        return f"${cost.running:,.2f}"
    return f"${cost.running:,.2f} running, ${cost.stopped:,.2f} stopped"


def _change_as_json(item: Change) -> dict[str, Any]:
    return {
        "do": VERBS.get(item.effect, "modify"),
        "logical_id": item.logical_id,
        "type": item.resource_type,
        "effect": item.effect,
        "properties": list(item.properties),
        "values": [vars(difference) for difference in item.differences],
        "kept": item.kept,
        "follows": list(item.follows),
    }


def _amounts(cost: Cost | None) -> dict[str, str] | None:
    return {"running": str(cost.running), "stopped": str(cost.stopped)} if cost else None


def _monthly(version: Version, context: Context) -> Cost | None:
    try:
        return monthly(version.template, version.parameters, context.region)
    except TemplateError:
        return None


def _used(version: Version, found: Mapping[str, Resource], context: Context) -> frozenset[str]:
    """The stack's machines and everything that they, or the outputs handed to them, need."""
    handed = outputs(version, context)
    waiting = [item.logical_id for name in HANDED_OVER & set(handed) for item in references(handed[name])]
    waiting += [name for name, resource in found.items() if resource.type == "AWS::EC2::Instance"]
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in found and name not in used:
            used.add(name)
            waiting += found[name].dependencies()
    return frozenset(used)
