"""How a removal ended: what stays on stdout, what failed on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deployment.arguments import Arguments
from deployment.deletion import Removed
from deployment.removal import Left, RemovalPlan, total
from deployment.snapshots import Snapshot
from deployment.talk import Talk

Saved = Mapping[str, Snapshot | None]


def nothing(arguments: Arguments) -> int:
    """The end of a removal that finds no stack."""
    if arguments.json:
        print(json.dumps({"name": arguments.stack, "plan": [], "stacks": [], "left": []}, indent=2), flush=True)
    return 0


def finish(
    plan: RemovalPlan, outcomes: Sequence[Removed], saved: Saved, talk: Talk, *, as_json: bool, dry_run: bool = False
) -> int:
    """Print what became of every stack and what stays; 0 when all is as planned, else 1."""
    failed = [one for one in outcomes if one.result == "failed"]
    for one in failed:
        talk.say(f"{one.label}: failed: {one.reason}")
        for line in one.failure.lines()[1:] if one.failure else ():
            talk.say(line)
        hint = "mend it and run the same command again; --retain LOGICAL_ID leaves a resource where it is"
        talk.say(f"  to do: {hint}")
    unsaved = tuple(_unsaved(saved))
    for line in unsaved:
        talk.say(line)
    with talk.quiet():
        if as_json:
            print(json.dumps(_json(plan, outcomes, saved, dry_run=dry_run), indent=2, ensure_ascii=False), flush=True)
        elif not dry_run:
            for line in lines(plan, outcomes, saved):
                print(line)
            sys.stdout.flush()
    if not dry_run:
        talk.say(_summary(plan, outcomes))
    return 1 if failed or unsaved else 0


def lines(plan: RemovalPlan, outcomes: Sequence[Removed], saved: Saved) -> Iterator[str]:
    """Each stack with its end, then what stays and what it costs."""
    for one in outcomes:
        yield f"{one.label}: {one.result}"
    left = _left(plan, outcomes)
    if not left:
        yield "nothing stays"
        return
    yield "what stays:"
    for one in left:
        snapshot = saved.get(one.held.physical_id)
        yield f"  {one}{f' ({snapshot.identifier})' if snapshot else ''}"
    yield f"  at most ${total(left):,.2f} a month in all, at list prices"


def _left(plan: RemovalPlan, outcomes: Sequence[Removed]) -> tuple[Left, ...]:
    gone = [one.name for one in outcomes if one.result == "removed"]
    return tuple(one for one in plan.left if one.stack in gone)


def _unsaved(saved: Saved) -> Iterator[str]:
    """One line for each volume without a snapshot that can be used."""
    for volume, snapshot in saved.items():
        look = f"aws ec2 describe-snapshots --owner-ids self --filters Name=volume-id,Values={volume}"
        if snapshot is None:
            yield f"volume {volume}: no snapshot of it is to be found, want one; look yourself: {look}"
        elif snapshot.state == "pending":
            yield f"volume {volume}: {snapshot.identifier} is at {snapshot.progress}, AWS goes on; look later: {look}"
        elif snapshot.state != "completed":
            yield f"volume {volume}: {snapshot.identifier} is {snapshot.state}, want completed; look yourself: {look}"


def _summary(plan: RemovalPlan, outcomes: Sequence[Removed]) -> str:
    removed = sum(one.result == "removed" for one in outcomes)
    stayed = len(plan.stacks) - removed
    words = f"{removed} removed" + (f", {stayed} still there" if stayed else "")
    return f"{words}\nlocal: nothing was removed on AWS" if plan.local else words


def _json(plan: RemovalPlan, outcomes: Sequence[Removed], saved: Saved, *, dry_run: bool) -> dict[str, Any]:
    left = plan.left if dry_run else _left(plan, outcomes)
    return {
        "account": plan.account,
        "region": plan.region,
        "local": plan.local,
        "dry_run": dry_run,
        "name": plan.name,
        "plan": [{"name": one.name, "status": one.status, "protected": one.protected} for one in plan.stacks],
        "stacks": [_ended(one) for one in outcomes],
        "left": [_stays(one, saved.get(one.held.physical_id)) for one in left],
        "left_monthly_usd": str(total(left)),
    }


def _ended(one: Removed) -> dict[str, Any]:
    return {"name": one.name, "result": one.result, **({"reason": one.reason} if one.reason else {})}


def _stays(one: Left, snapshot: Snapshot | None) -> dict[str, Any]:
    found = {"snapshot": snapshot.identifier, "snapshot_state": snapshot.state} if snapshot else {}
    price = None if one.monthly is None else str(one.monthly)
    held = one.held
    what = {"stack": one.stack, "logical_id": held.logical_id, "type": held.type, "physical_id": held.physical_id}
    return {**what, "how": one.how, **found, "monthly_usd": price}
