"""Carrying on: a stack that an earlier run left under way is waited for, not raced against."""

from __future__ import annotations

from collections.abc import Mapping

from deployment.existing import Stack, all_stacks
from deployment.patience import patiently
from deployment.stacks import Stacks, Template
from deployment.watch import Watcher, expected, settled
from generator.contract import workstation_stack_name

SIDE_BY_SIDE = 8


def wait_for_running(watcher: Watcher, environment: str, stacks: Stacks) -> tuple[str, ...]:
    """Wait for every stack of this environment that is under way, side by side; the names of those.

    Raises `Stopped` when the credentials run out, `CloudError` when AWS cannot be asked.
    """
    deployed = patiently(lambda: all_stacks(watcher.cloud), say=watcher.talk.say, sleep=watcher.processes.sleep)
    running = under_way(environment, stacks, deployed)

    def wait(name: str) -> None:
        stack, (label, template) = deployed[name], templates(environment, stacks)[name]
        watcher.talk.say(f"{label}: an earlier run left it {stack.status}; waiting for it")
        with watcher.talk.step(f"{label} (begun earlier)") as step:
            after = watcher.attach(name, label, expected=expected(template.body, stack.parameters))
            step.result = after.status if after else "it is gone"

    with watcher.processes.threads(SIDE_BY_SIDE) as pool:
        for waiting in [pool.submit(wait, name) for name in running]:
            waiting.result()
    return running


def under_way(environment: str, stacks: Stacks, deployed: Mapping[str, Stack]) -> tuple[str, ...]:
    """The stacks of this environment on which CloudFormation works."""
    ours = templates(environment, stacks)
    return tuple(name for name in ours if name in deployed and not settled(deployed[name]))


def templates(environment: str, stacks: Stacks) -> dict[str, tuple[str, Template]]:
    """Stack name to what people call it and its template, for the environment and its workstations."""
    found = {environment: (f"environment {environment}", stacks.template)}
    for workstation in stacks.workstations:
        name = workstation_stack_name(environment, workstation.name)
        found[name] = (f"workstation {workstation.name}", workstation.template)
    return found
