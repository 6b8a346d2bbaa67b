"""`deploy.sh --continue-rollback STACK [REGION]`: let AWS undo an update that is neither done nor undone.

docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html
docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from deployment.arguments import Arguments
from deployment.belonging import belonging, label
from deployment.consent import consent
from deployment.entry import Entry
from deployment.existing import Stack
from deployment.failure import first_cause
from deployment.findings import Problem, Stopped
from deployment.patience import patiently
from deployment.statuses import answer, spelled
from deployment.tokens import new_token
from deployment.tree import Expected
from deployment.watch import settled

STUCK = "UPDATE_ROLLBACK_FAILED"
HALF_DONE = "UPDATE_FAILED"
"""Somebody updated it by other means, with rollback switched off; a deploy never does."""
OPERATIONS = {STUCK: "ContinueUpdateRollback", HALF_DONE: "RollbackStack"}
"""Status to the call that undoes; RollbackStack keeps a stack that was ever complete, and one that was updated was."""
DONE = "UPDATE_ROLLBACK_COMPLETE"
ENDS = (DONE, "UPDATE_COMPLETE", "CREATE_COMPLETE")
"""Where nothing is left to undo."""


@dataclass(frozen=True)
class Undoing:
    """What is to be undone, and what is left as it is. A value: `--dry-run` prints it."""

    stack: str
    label: str
    status: str
    failed: tuple[str, ...]
    """Logical ids that could not be put back."""
    skip: tuple[str, ...]
    cause: str

    def lines(self) -> Iterator[str]:
        """The plan for people."""
        yield f"{self.label} (stack {self.stack}): {answer(self.status).meaning}"
        yield f"  first cause: {self.cause or 'its events do not say why'}"
        for name in self.failed:
            what = "is tried again" if self.status == STUCK else "is put back as it was before"
            if name in self.skip:
                what = "is left as it is; CloudFormation then takes it for undone"
            yield f"  {name}: {what}"


def run(entry: Entry, arguments: Arguments) -> int:
    """Go on undoing; the exit status. Raises `Stopped` and `CloudError`."""
    stack = _stack(entry, arguments)
    if stack.status in ENDS:
        entry.talk.say(f"{label(stack)}: it is {stack.status}, and nothing is left to undo")
        return _end(arguments, stack.name, stack.status, ())
    if stack.status not in OPERATIONS:
        known, want = answer(stack.status), " or ".join(OPERATIONS)
        where = spelled(known.command, stack=stack.name, region=entry.cloud.region)
        hint = f"{known.hint}: {where}; nothing was done" if known.command else "nothing was done"
        raise Stopped(f"stack {stack.name}: is {stack.status}: {known.meaning}, want {want}; {hint}")
    planned = _plan(entry, stack, arguments.skip)
    for line in planned.lines():
        entry.talk.say(line)
    if arguments.dry_run:
        entry.talk.say("dry run: nothing was changed")
        return _end(arguments, stack.name, stack.status, planned.skip)
    consent(arguments, entry.talk, verb="Continue", typed=None)
    after = _continue(entry, planned)
    if after is None or after.status != DONE:
        entry.talk.say(_failed(entry, planned, after))
        _end(arguments, stack.name, after.status if after else "", planned.skip)
        return 1
    return _end(arguments, stack.name, after.status, planned.skip)


def _stack(entry: Entry, arguments: Arguments) -> Stack:
    """The stack, once nobody is at work on it. Raises `Stopped` when there is none, or none of ours."""
    name, watcher = arguments.stack, entry.watcher
    stack = watcher.describe(name)
    if stack and not settled(stack) and not arguments.dry_run:
        entry.talk.say(f"{label(stack)}: it is {stack.status}; waiting for that to end")
        stack = watcher.attach(name, label(stack), expected=Expected())
    if stack is None:
        want = "want one whose update could not be undone; look at its name and its region"
        raise Stopped(f"stack {name}: there is none in {entry.cloud.region}, {want}")
    belonging(name, {name: stack})
    return stack


def _plan(entry: Entry, stack: Stack, skip: Sequence[str]) -> Undoing:
    cloud = entry.cloud
    answers = cloud.pages("cloudformation", "ListStackResources", "StackResourceSummaries", StackName=stack.name)
    failed = tuple(one["LogicalResourceId"] for one in answers if one["ResourceStatus"].endswith("_FAILED"))
    names = [name.removeprefix(f"{stack.name}/") for name in skip]
    if names and stack.status == HALF_DONE:
        raise Stopped(f"option: --skip means nothing for {HALF_DONE}, leave it out: AWS has not tried to undo it yet")
    wrong = [name for name in names if name not in failed]
    if wrong:
        want = f"one that could not be put back: {', '.join(failed) or 'none'}"
        problems = [Problem("option", f"--skip got {name}", want, "leave it out") for name in wrong]
        raise Stopped(*map(str, problems), "nothing was done")
    failure = first_cause(cloud, stack.name)
    undo = failure.undo or failure if failure else None
    return Undoing(
        stack.name, label(stack), stack.status, failed, tuple(dict.fromkeys(names)), undo.cause if undo else ""
    )


def _continue(entry: Entry, planned: Undoing) -> Stack | None:
    watcher = entry.watcher
    words = {"StackName": planned.stack, "ClientRequestToken": new_token()}
    skip = {"ResourcesToSkip": list(planned.skip)} if planned.skip else {}
    call = partial(entry.cloud.call, "cloudformation", OPERATIONS[planned.status], **words, **skip)
    with entry.talk.step(planned.label) as step:
        with watcher.watching(planned.stack, planned.label, expected=Expected()):
            patiently(call, say=entry.talk.say, sleep=entry.processes.sleep)
            after = watcher.wait(planned.stack, planned.label)
        step.result = "undone" if after and after.status == DONE else "failed"
    return after


def _failed(entry: Entry, planned: Undoing, after: Stack | None) -> str:
    if after is None:
        return f"{planned.label}: it is gone"
    failure = first_cause(entry.cloud, planned.stack)
    cause = (failure.undo or failure).cause if failure else "its events do not say why"
    hint = "mend that and run the same command again, or leave it as it is with --skip LOGICAL_ID"
    still = "still " if after.status == planned.status else ""
    return f"{planned.label}: is {still}{after.status}: {cause}; {hint}"


def _end(arguments: Arguments, stack: str, status: str, skip: Sequence[str]) -> int:
    if arguments.json:
        result = {"stack": stack, "status": status, "skipped": list(skip), "dry_run": arguments.dry_run}
        print(json.dumps(result, indent=2), flush=True)
    return 0
