"""What can be tried where AWS has no machine free: the next type of the workstation's list, and another zone.

Offered, never done unasked: another type costs another price, and a volume does not leave its zone.
"""

from __future__ import annotations

from deployment.execute import Outcome
from deployment.plan import Plan, StackPlan
from generator.contract import ZONE_LETTERS, EnvironmentOutput, WorkstationParameter

CAUSES = ("capacity", "type-not-in-zone", "type-unsupported")
"""Those of `causes.toml` that another type or zone mends."""


def elsewhere(plan: Plan, stack: StackPlan, outcome: Outcome) -> tuple[str, ...]:
    """Lines for a workstation that failed for lack of capacity; none for another failure."""
    if outcome.failure is None or outcome.failure.explanation.cause not in CAUSES:
        return ()
    lines = [_types(plan, stack), _zones(plan, stack)]
    return tuple(f"to try: {line}" for line in lines)


def _types(plan: Plan, stack: StackPlan) -> str:
    used = stack.parameters[WorkstationParameter.INSTANCE_TYPE]
    others = [name for name in stack.fallback_instance_types if name != used]
    if not others:
        return f"another type than {used}: instance_type in the config"
    option = f"--parameter {stack.option(WorkstationParameter.INSTANCE_TYPE)}={others[0]}"
    local = "--local " if plan.local else ""
    command = f"./deploy.sh {local}{plan.environment.name} {plan.bucket} {plan.region} {option}"
    rest = f"; after that {', '.join(others[1:])}" if others[1:] else ""
    return f"{others[0]}, the next of its types: {command}{rest}"


def _zones(plan: Plan, stack: StackPlan) -> str:
    outputs = plan.environment.template.body.get("Outputs", {})
    there = [letter for letter in ZONE_LETTERS if EnvironmentOutput.private_subnet_id(letter) in outputs]
    own = [letter for letter in there if EnvironmentOutput.private_subnet_id(letter) in stack.from_environment.values()]
    others = [letter.lower() for letter in there if letter not in own]
    if stack.exists:
        where = f"zone {own[0].lower()}" if own else "its zone"
        return f"nothing in another zone: its home volume is in {where}, and no deploy moves it"
    if not others:
        return "another zone: zones in the config, which has one only"
    choice = " or ".join(f'zone = "{letter}"' for letter in others)
    return f"another zone: {choice} for this workstation in the config; nothing of it is there yet"
