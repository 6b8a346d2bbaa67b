"""The plan of a removal: a value, printed by `--dry-run` and carried out by the real run. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from analysis.cost import monthly
from analysis.resolve import TemplateError
from deployment.existing import Stack

STAYS = {"Retain": "kept", "RetainExceptOnCreate": "kept", "Snapshot": "snapshot"}
"""What a DeletionPolicy leaves.

docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
"""
GONE = ("DELETE_COMPLETE", "DELETE_SKIPPED")
VOLUME = "AWS::EC2::Volume"
INSTANCE = "AWS::EC2::Instance"


@dataclass(frozen=True)
class Held:
    """A resource of a stack, as ListStackResources tells it."""

    logical_id: str
    type: str
    physical_id: str
    status: str


@dataclass(frozen=True)
class Left:
    """Something that stays after the removal, with what it then costs a month in US dollars (None: unknown)."""

    stack: str
    held: Held
    how: str
    """`kept`, or `snapshot` where a snapshot takes its place."""
    monthly: Decimal | None

    def __str__(self) -> str:
        held = self.held
        what = f"a snapshot of {held.physical_id}" if self.how == "snapshot" else held.physical_id
        most = "at most " if self.how == "snapshot" else ""
        price = "price unknown here" if self.monthly is None else f"{most}${self.monthly:,.2f} a month"
        if self.monthly == 0:
            price = "paid by what is in it"
        return f"{held.logical_id} ({held.type}): {what}, {price}"


@dataclass(frozen=True)
class StackRemoval:
    """One stack to remove."""

    name: str
    label: str
    status: str
    protected: bool
    held: tuple[Held, ...]
    left: tuple[Left, ...]
    unsaved: tuple[Held, ...]
    """Volumes that would be deleted without a snapshot."""
    cause: str = ""
    """Why an earlier removal failed."""
    retain: tuple[str, ...] = ()
    """Logical ids that are left where they are, since they stand in the way."""

    def of_type(self, kind: str) -> tuple[Held, ...]:
        """What it holds of one resource type."""
        return tuple(held for held in self.held if held.type == kind)


@dataclass(frozen=True)
class RemovalPlan:
    """Everything that a removal does, in order: workstations side by side, then the environment."""

    account: str
    region: str
    local: bool
    name: str
    workstations: tuple[StackRemoval, ...]
    environment: StackRemoval | None

    @property
    def stacks(self) -> tuple[StackRemoval, ...]:
        """In the order of their removal."""
        return (*self.workstations, *filter(None, [self.environment]))

    @property
    def left(self) -> tuple[Left, ...]:
        """What stays, of all stacks."""
        return tuple(left for stack in self.stacks for left in stack.left)

    @property
    def home_volumes(self) -> bool:
        """Whether somebody's disk is among what goes."""
        return any(stack.of_type(VOLUME) for stack in self.stacks)


def stack_removal(
    stack: Stack,
    label: str,
    *,
    template: Mapping[str, Any],
    resources: Sequence[Held],
    region: str,
    cause: str = "",
    retain: Sequence[str] = (),
) -> StackRemoval:
    """The removal of one stack, by the template that it was deployed with."""
    held = tuple(one for one in resources if one.physical_id and one.status not in GONE)
    known = tuple(name for name in retain if any(one.logical_id == name for one in held))
    policies = {name: STAYS.get(body.get("DeletionPolicy", "")) for name, body in template["Resources"].items()}
    policies |= dict.fromkeys(known, "kept")
    prices = _prices(template, stack.parameters, region, retained=known)
    left = tuple(
        Left(stack.name, one, policies[one.logical_id] or "", prices.get(one.logical_id))
        for one in held
        if policies.get(one.logical_id)
    )
    unsaved = tuple(one for one in held if one.type == VOLUME and not policies.get(one.logical_id))
    return StackRemoval(stack.name, label, stack.status, stack.protected, held, left, unsaved, cause, known)


def _prices(
    template: Mapping[str, Any], parameters: Mapping[str, str], region: str, *, retained: Sequence[str]
) -> dict[str, Decimal | None]:
    """What each resource costs once its stack is gone; 0 where nothing stands, None where it is unknown."""
    try:
        cost = monthly(template, parameters, region)
    except TemplateError:
        return {}
    prices: dict[str, Decimal | None] = dict.fromkeys(template["Resources"], Decimal(0))
    for line in cost.lines:
        price, before = (line.running if line.logical_id in retained else line.removed), prices[line.logical_id]
        prices[line.logical_id] = None if price is None or before is None else before + price
    return prices


def total(left: Sequence[Left]) -> Decimal:
    """Of what has a known price, in US dollars a month."""
    return sum((one.monthly for one in left if one.monthly is not None), Decimal(0))


def lines(plan: RemovalPlan, *, running: Sequence[str] = ()) -> Iterator[str]:
    """The plan for people; `running` are the instances that run now."""
    where = "the local AWS" if plan.local else f"AWS account {plan.account}"
    yield f"removal from {where}, region {plan.region}"
    for stack in plan.stacks:
        yield f"  {stack.label} (stack {stack.name}, {stack.status}): remove {_count(stack)}"
        if stack.protected:
            yield "    its termination protection is switched off first"
        if stack.cause:
            yield f"    an earlier removal failed: {stack.cause}"
        for name in stack.retain:
            yield f"    {name} is left where it is, since --retain names it"
        for instance in stack.of_type(INSTANCE):
            state = "it runs now; " if instance.physical_id in running else ""
            yield f"    {instance.logical_id} {instance.physical_id}: {state}what is on its root volume is lost"
        for left in stack.left:
            yield f"    stays: {left}"
    yield f"  what stays costs at most ${total(plan.left):,.2f} a month, at list prices"


def _count(stack: StackRemoval) -> str:
    number = len(stack.held) - sum(left.how == "kept" for left in stack.left)
    return f"{number} resource{'' if number == 1 else 's'}"
