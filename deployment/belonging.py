"""Which stacks a name stands for: an environment with all its workstations, or one workstation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deployment.existing import Stack
from deployment.findings import Stopped
from generator.contract import Tag, WorkstationParameter


@dataclass(frozen=True)
class Belonging:
    """The stacks that are there; those that the config no longer has are among them."""

    environment: Stack | None
    workstations: tuple[Stack, ...]

    @property
    def stacks(self) -> tuple[Stack, ...]:
        """The environment first."""
        return (*filter(None, [self.environment]), *self.workstations)


def belonging(name: str, stacks: Mapping[str, Stack]) -> Belonging:
    """What `name` stands for among the stacks of the region; nothing when there is no such stack.

    Raises `Stopped` when the stack is none that a deploy of ours made.
    """
    named = stacks.get(name)
    if named and environment_of(named) not in ("", name):
        return Belonging(None, (named,))
    if named and not environment_of(named) and named.status != "REVIEW_IN_PROGRESS":
        raise Stopped(
            f"stack {name}: it bears no tag {Tag.ENVIRONMENT}, want one that deploy.sh made; "
            "look at it in the CloudFormation console"
        )
    workstations = (stack for key, stack in sorted(stacks.items()) if key != name and environment_of(stack) == name)
    return Belonging(named, tuple(workstations))


def environment_of(stack: Stack) -> str:
    """The environment that a stack belongs to, its own name if it is one; empty for somebody else's stack."""
    return stack.parameters.get(WorkstationParameter.ENVIRONMENT_NAME) or stack.tags.get(Tag.ENVIRONMENT, "")


def label(stack: Stack) -> str:
    """For people: `environment demo`, `workstation ada`."""
    workstation = stack.parameters.get(WorkstationParameter.WORKSTATION_NAME) or stack.tags.get(Tag.WORKSTATION)
    return f"workstation {workstation}" if workstation else f"environment {stack.name}"
