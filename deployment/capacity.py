"""What can be tried where AWS has no machine free: the next type of the workstation's list, and another zone.

Offered, never done unasked: another type costs another price, and a volume does not leave its zone.
"""

from __future__ import annotations

from collections.abc import Iterator

from deployment.execute import Outcome
from deployment.plan import Plan, StackPlan
from generator.contract import ZONE_LETTERS, EnvironmentOutput, WorkstationParameter

CAUSES = ("capacity", "type-not-in-zone", "type-unsupported")
"""Those of `causes.toml` that another type or zone mends."""


def elsewhere(plan: Plan, stack: StackPlan, outcome: Outcome) -> tuple[str, ...]:
    """Lines for a workstation that failed for lack of capacity; none for another failure."""
    if outcome.failure is None or outcome.failure.explanation.cause not in CAUSES:
        return ()
    return (*_types(stack), *_zones(plan, stack))


def _types(stack: StackPlan) -> Iterator[str]:
    """The next type of the list, after the one that was tried."""
    used, listed = stack.parameters[WorkstationParameter.INSTANCE_TYPE], stack.fallback_instance_types
    others = listed[listed.index(used) + 1 :] if used in listed else listed
    if not listed:
        yield f"to try: another type than {used}: instance_type, or a list in fallback_instance_types, in the config"
        return
    if not others:
        yield f"to try: the same again in some minutes, {used} is the last of its types; or more types in the config"
        return
    option = f"--parameter {stack.option(WorkstationParameter.INSTANCE_TYPE)}={others[0]}"
    rest = f"; after that {', '.join(others[1:])}" if others[1:] else ""
    yield f"to try: {others[0]}, the next of its types: the same command with {option}{rest}"
    yield f'once it runs: instance_type = "{others[0]}" in the config, or the next deploy changes it back'


def _zones(plan: Plan, stack: StackPlan) -> Iterator[str]:
    """Another zone, while there is no volume that would have to move."""
    outputs = plan.environment.template.body.get("Outputs", {})
    there = [letter for letter in ZONE_LETTERS if EnvironmentOutput.private_subnet_id(letter) in outputs]
    own = [letter for letter in there if EnvironmentOutput.private_subnet_id(letter) in stack.from_environment.values()]
    others = [letter.lower() for letter in there if letter not in own]
    if stack.exists:
        where = f"zone {own[0].lower()}" if own else "its zone"
        yield f"not another zone: its home volume is in {where}, and no deploy moves it"
        return
    choice = " or ".join(f'zone = "{letter}"' for letter in others)
    yield f"to try: another zone: {choice} for this workstation in the config; nothing of it is there yet"
