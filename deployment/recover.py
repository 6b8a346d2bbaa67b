"""A creation that failed and was undone is removed, so that the same run makes the stack again."""

from __future__ import annotations

from deployment.execute import Tools
from deployment.existing import Stack
from deployment.findings import Stopped
from deployment.leftovers import left_behind, standing_against
from deployment.plan import StackPlan
from deployment.statuses import answer
from deployment.watch import POLL_SECONDS, Watcher

LATE_LOOKS = 5
"""How often a stack is looked at again that does not show yet that its removal was begun."""


def remove(tools: Tools, stack: StackPlan) -> None:
    """Remove what a failed creation left, after a last look that it holds nothing. Raises `Stopped`, `CloudError`."""
    watcher = Watcher(tools.cloud, tools.talk, tools.processes)
    there = watcher.describe(stack.name)
    if there is None:
        return  # somebody else removed it
    if answer(there.status).does != "recreate":
        raise Stopped(f"{stack.label}: it is {there.status} by now, somebody else is at work on it; nothing was done")
    found = standing_against(there, left_behind(tools.cloud, stack.name), region=tools.cloud.region)
    if found:
        raise Stopped(str(found))
    with tools.talk.step(f"{stack.label} (failed before)") as step:
        tools.cloud.call("cloudformation", "DeleteStack", StackName=stack.name)
        after = _gone(tools, watcher, stack, before=there)
        if after:
            raise Stopped(f"{stack.label}: it could not be removed, and is {after.status}; the same command says why")
        step.result = "removed, it held nothing"


def _gone(tools: Tools, watcher: Watcher, stack: StackPlan, *, before: Stack) -> Stack | None:
    """The stack after its removal; None when that worked."""
    after = watcher.wait(stack.name, stack.label)
    for _ in range(LATE_LOOKS):
        if after is None or after.status != before.status:
            break
        tools.processes.sleep(POLL_SECONDS)
        after = watcher.wait(stack.name, stack.label)
    return after
