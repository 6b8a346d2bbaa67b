"""What no deploy loses unless it is told to by name. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from analysis.update_effects import FIXED
from deployment.effects import HARMFUL, Change
from deployment.names import shown
from deployment.plan import StackPlan
from deployment.review import Review

GUARDED: Mapping[str, str] = {
    "AWS::EC2::Instance": "what is on its root volume is lost",
    "AWS::EC2::Volume": "the machine loses what is on it",
    "AWS::EC2::VolumeAttachment": "the machine loses its volume while it runs",
    "AWS::EC2::Subnet": "every machine in it is replaced",
    "AWS::EC2::VPC": "everything in it is replaced",
    "AWS::EFS::FileSystem": "every machine loses what is on it",
    "AWS::KMS::Key": "what it encrypted can no longer be read",
    "AWS::Logs::LogGroup": "what it recorded is lost",
}
"""Types, and what is lost with one."""
GUARDED_WHERE_USED: Mapping[str, str] = {
    "AWS::EC2::SecurityGroup": "the machines in it are replaced",
    "AWS::IAM::InstanceProfile": "the machines lose their rights for a while",
    "AWS::IAM::Role": "the machines lose their rights for a while, and who trusts its ARN has to be told",
}
"""Types of which only those that machines rely on are guarded."""
KEPT = {
    "Snapshot": "a snapshot of the old one is made, and the new one begins empty",
    "Retain": "the old one is kept, without a stack, and costs money until somebody deletes it",
}
"""What a policy (UpdateReplacePolicy, DeletionPolicy) does for what a deploy takes away."""


@dataclass(frozen=True)
class Loss:
    """A guarded resource that a deploy takes away, or may."""

    stack: str
    label: str
    change: Change
    reason: str

    @property
    def name(self) -> str:
        """As `--allow-replacement` takes it."""
        return f"{self.stack}/{self.change.logical_id}"

    def __str__(self) -> str:
        change = self.change
        happens = {"replaced": "would be replaced", "removed": "would be removed"}.get(change.effect, change.effect)
        kept = f"; its policy: {KEPT[change.kept]}" if change.kept in KEPT else ""
        what = f"{self.name} ({change.resource_type}) {happens}: {self.reason}{kept}"
        return f"{what}; to let it happen: --allow-replacement {self.name}{self._better()}"

    def _better(self) -> str:
        """A new AMI has a way of its own."""
        images = [found for found in self.change.differences if found.path == "ImageId"]
        if self.change.resource_type != "AWS::EC2::Instance" or not images:
            return ""
        machine = self.label.removeprefix("workstation ")
        return f"; for another AMI `workstation upgrade {machine}` will be the way"


def losses(reviews: Iterable[Review]) -> tuple[Loss, ...]:
    """Every guarded resource that is taken away; not what only follows one of them, as an attachment its machine."""
    found = tuple(loss for review in reviews for change in review.changes for loss in _losses(review, change))
    names = {loss.name for loss in found}
    return tuple(loss for loss in found if not _follows(loss, names))


def impossible(reviews: Iterable[Review]) -> tuple[str, ...]:
    """One line for each change that AWS would refuse in the middle of the deploy."""
    return tuple(
        f"{review.stack}/{change.logical_id} ({change.resource_type}): AWS cannot change {_unchangeable(change)} "
        "of what is there, and the deploy would fail; put it back as it was"
        for review in reviews
        for change in review.changes
        if change.effect == "AWS refuses"
    )


def refusals(found: Iterable[Loss], allowed: Collection[str]) -> tuple[str, ...]:
    """One line for each loss that was not named."""
    found = tuple(found)
    named = {loss.name for name in allowed for loss in _meant(found, name)[:1] if len(_meant(found, name)) == 1}
    return tuple(str(loss) for loss in found if loss.name not in named)


def misnamed(found: Iterable[Loss], allowed: Iterable[str], *, later: Collection[str] = ()) -> tuple[str, ...]:
    """One line for each name that is none of the losses, or more than one.

    `later` are the names of what a second review may still find, as `STACK/LOGICAL_ID`.
    """
    found = tuple(found)
    names = [loss.name for loss in found]
    wrong = []
    for name in allowed:
        meant = _meant(found, name)
        if len(meant) > 1:
            could = " or ".join(loss.name for loss in meant)
            wrong.append(f"option: --allow-replacement got {shown(name)}, want {could}; name it with its stack")
        elif not meant and not any(name in (full, full.partition("/")[2]) for full in later):
            short = [full.partition("/")[2] for full in names]
            close = get_close_matches(name, [*names, *short], n=1)
            hint = f"did you mean {close[0]}?" if close else "leave it out"
            want = f"one of {', '.join(names)}" if names else "none: this deploy replaces and removes nothing guarded"
            wrong.append(f"option: --allow-replacement got {shown(name)}, want {want}; {hint}")
    return tuple(wrong)


def later(reviews: Iterable[Review], workstations: Iterable[StackPlan]) -> tuple[str, ...]:
    """What of the machines a changed environment may replace afterwards, as `STACK/LOGICAL_ID`."""
    moved = any(
        change.effect in HARMFUL and change.logical_id in review.used
        for review in reviews
        for change in review.changes
        if change.resource_type != "AWS::EC2::Instance"
    )
    stacks = tuple(workstations) if moved else ()
    return tuple(f"{stack.name}/{name}" for stack in stacks for name in stack.template.body["Resources"])


def _losses(review: Review, change: Change) -> Iterator[Loss]:
    if change.effect not in HARMFUL:
        return
    reason = GUARDED.get(change.resource_type)
    if reason is None and change.logical_id in review.used:
        reason = GUARDED_WHERE_USED.get(change.resource_type)
    if reason:
        yield Loss(review.stack, review.label, change, reason)


def _follows(loss: Loss, names: Collection[str]) -> bool:
    causes = [f"{loss.stack}/{name}" for name in loss.change.follows]
    return bool(causes) and set(causes) <= set(names)


def _meant(found: Iterable[Loss], name: str) -> tuple[Loss, ...]:
    return tuple(loss for loss in found if name in (loss.name, loss.change.logical_id))


def _unchangeable(change: Change) -> str:
    fixed = [name for name in change.properties if name in FIXED.get(change.resource_type, ())]
    values = [str(found) for found in change.differences if found.path in fixed or (not fixed and found.path == "Size")]
    return ", ".join(values or fixed)
