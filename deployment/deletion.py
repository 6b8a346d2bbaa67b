"""Deleting one stack and seeing its end; begun before, it is only waited for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from cloud.errors import CloudError
from deployment.existing import Stack
from deployment.failure import Failure, first_cause
from deployment.findings import Stopped
from deployment.patience import patiently
from deployment.removal import StackRemoval
from deployment.tokens import new_token
from deployment.tree import Expected
from deployment.watch import Watcher

LATE_LOOKS = 5
"""How often a stack is looked at again that does not show yet that its removal was begun."""


@dataclass(frozen=True)
class Removed:
    """What became of one stack."""

    name: str
    label: str
    result: str
    """`removed` or `failed`."""
    reason: str = ""
    """Why it failed, one line."""
    failure: Failure | None = None


def delete(watcher: Watcher, stack: StackRemoval) -> Removed:
    """Delete the stack, its termination protection first. A failure is a result; `Stopped` when AWS cannot be asked."""
    with watcher.talk.step(stack.label) as step:
        try:
            before = watcher.describe(stack.name)
            with watcher.watching(stack.name, stack.label, expected=Expected()):
                _begin(watcher, stack, before)
                after = _ended(watcher, stack, before)
        except CloudError as error:
            step.result = "failed"
            return Removed(stack.name, stack.label, "failed", str(error))
        step.result = "removed" if after is None else "failed"
        return Removed(stack.name, stack.label, "removed") if after is None else _failed(watcher, stack, after)


def _begin(watcher: Watcher, stack: StackRemoval, before: Stack | None) -> None:
    if before is None or before.status == "DELETE_IN_PROGRESS":
        return
    call = partial(watcher.cloud.call, "cloudformation")
    if before.protected:
        call("UpdateTerminationProtection", StackName=stack.name, EnableTerminationProtection=False)
    retain = {"RetainResources": list(stack.retain)} if stack.retain and before.status == "DELETE_FAILED" else {}
    token = new_token()
    ask = partial(call, "DeleteStack", StackName=stack.name, ClientRequestToken=token, **retain)
    patiently(ask, say=watcher.talk.say, sleep=watcher.processes.sleep)


def _ended(watcher: Watcher, stack: StackRemoval, before: Stack | None) -> Stack | None:
    """The stack after its removal; None when that worked. AWS may show its beginning late."""
    after = watcher.wait(stack.name, stack.label)
    for _ in range(LATE_LOOKS):
        if after is None or before is None or after.status != before.status:
            break
        watcher.processes.sleep(watcher.poll_seconds)
        after = watcher.wait(stack.name, stack.label)
    return after


def _failed(watcher: Watcher, stack: StackRemoval, after: Stack) -> Removed:
    try:
        look = partial(first_cause, watcher.cloud, stack.name)
        failure = patiently(look, say=watcher.talk.say, sleep=watcher.processes.sleep)
    except (CloudError, Stopped) as error:
        return Removed(stack.name, stack.label, "failed", f"it is {after.status}; why cannot be read: {error}")
    reason = failure.cause if failure else f"it is {after.status}, and its events do not say why"
    return Removed(stack.name, stack.label, "failed", reason, failure)
