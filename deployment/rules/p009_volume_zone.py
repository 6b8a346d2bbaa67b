"""A workstation stays in the zone that its home volume is in."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule
from generator.contract import EnvironmentOutput, WorkstationParameter, workstation_stack_name


def check(facts: Facts) -> Iterator[Problem]:
    deployed, asked = facts.standing(), facts.asked
    outputs = deployed[asked.stack].outputs if asked.stack in deployed else {}
    for entry in asked.stacks.workstations:
        stack = deployed.get(workstation_stack_name(asked.stack, entry.name))
        there = stack.parameters.get(WorkstationParameter.AVAILABILITY_ZONE) if stack else None
        wanted = outputs.get(EnvironmentOutput.availability_zone(entry.zone))
        if there and wanted and there != wanted:
            about, value = f"workstation {entry.name}", f"its home volume is in {there}, zone {entry.zone} is {wanted}"
            hint = "a volume cannot move: keep the zone in the config, or give the workstation another name"
            yield Problem(about, value, f"its zone to stay {there}", hint)


RULE = Rule(
    id="P009",
    level="error",
    title="A workstation stays in the zone that its home volume is in",
    actions=("cloudformation:DescribeStacks",),
    hint="keep the workstation's zone",
    link="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volumes.html",
    check=check,
)
