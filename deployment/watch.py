"""Watching stacks while CloudFormation works on them: a live tree on a terminal, plain lines elsewhere.

Each stack is watched by a thread of its own; the display is one. Watching never ends a deploy.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from analysis.graph import creation_seconds, dependencies
from analysis.resolve import TemplateError
from cloud.errors import CloudError
from cloud.local import pace
from cloud.session import Cloud
from deployment import frame
from deployment.events import newest, read, with_hooks
from deployment.existing import Stack, describe
from deployment.findings import Stopped
from deployment.patience import passes, patiently, pauses, signed_out, slow_down
from deployment.processes import Processes
from deployment.talk import Talk
from deployment.tree import Expected, Tree, grow

POLL_SECONDS = 2.0
"""While something happens; the account shares the rate of DescribeStackEvents, so a quiet stack is asked less."""
QUIET_POLL_SECONDS = 12.0
LAST_LOOK_SECONDS = 10.0
"""A network that is away does not keep a deploy from ending."""
STILL_SECONDS = 60.0
"""A log without a live display gets a line at least this often."""


@dataclass(frozen=True)
class Watcher:
    """Who watches: where it asks, where it says so, what ends it, and the time."""

    cloud: Cloud
    talk: Talk
    processes: Processes
    poll_seconds: float = POLL_SECONDS
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @contextmanager
    def watching(self, name: str, label: str, *, expected: Expected, whole: bool = False) -> Iterator[None]:
        """Show how the stack `name` goes on, until the end of the block.

        What happened before is left out; with `whole` the running operation is shown from its beginning.
        """
        watch = Watch(self, name, Tree(label, expected=expected), whole=whole)
        with self.talk.panel(watch.tree):
            watch.start()
            try:
                yield
            finally:
                watch.end()

    def attach(self, name: str, label: str, *, expected: Expected) -> Stack | None:
        """Show the operation that a stack is in, from its beginning, and wait for its end; as `wait`."""
        with self.watching(name, label, expected=expected, whole=True):
            return self.wait(name, label)

    def wait(self, name: str, label: str) -> Stack | None:
        """The stack once nothing is under way; None when it is gone.

        Raises `Stopped`, with how to resume, when AWS cannot be asked any more.
        """
        try:
            for pause in pauses(self.poll_seconds):
                stack = self.describe(name)
                if stack is None or settled(stack):
                    return stack
                self.processes.sleep(min(pause, QUIET_POLL_SECONDS))
        except CloudError as error:
            raise goes_on(label, error) from error
        raise AssertionError("pauses never end")

    def describe(self, name: str) -> Stack | None:
        """The stack, asked for patiently. Raises `CloudError`."""
        return patiently(lambda: describe(self.cloud, name), say=self.talk.say, sleep=self.processes.sleep)


class Watch:
    """The thread that reads one stack's events."""

    def __init__(self, watcher: Watcher, name: str, tree: Tree, *, whole: bool) -> None:
        self._watcher, self._name, self._whole = watcher, name, whole
        self._tree = tree
        self._seen = ""
        self._ready, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"watch {name}", daemon=True)
        self._said = time.monotonic()
        self._away = False

    def tree(self) -> Tree:
        """How far the stack is."""
        return self._tree

    def start(self) -> None:
        """Begin; returns once it is known what happened before."""
        self._thread.start()
        self._ready.wait()

    def end(self) -> None:
        """Look a last time, then say what stays."""
        self._over.set()
        self._thread.join(LAST_LOOK_SECONDS)

    def _run(self) -> None:
        try:
            if not self._whole:
                self._seen = newest(self._watcher.cloud, self._name)
        except CloudError:
            self._whole = False  # what is shown then may begin with an operation of before
        finally:
            self._ready.set()
        first = self._watcher.poll_seconds
        pause, quiet, trouble = first, first, pauses(first)
        while not self._over.wait(pause * pace(os.environ)):
            try:
                quiet = first if self._look() else min(QUIET_POLL_SECONDS, quiet * 1.5)
            except CloudError as error:
                if not passes(error):
                    self._watcher.talk.say(_blind(self._tree.label, error))
                    return
                self._trouble(error)
                pause = next(trouble)
                continue
            self._well_again()
            pause, trouble = quiet, pauses(first)
        self._last_look()

    def _last_look(self) -> None:
        try:
            self._look()
        except CloudError:
            return  # whoever deploys asks as well, and says so

    def _look(self) -> bool:
        """Read what is new; whether something is."""
        found = read(self._watcher.cloud, self._name, after=self._seen)
        now, lines = self._watcher.clock(), []
        for event in with_hooks(reversed(found)):
            before, self._tree = self._tree, grow(self._tree, (event,))
            lines += frame.changes(before, self._tree, now=now)
        if found:
            self._seen = found[0].identifier
        if not self._watcher.talk.live:
            self._say(lines, now)
        return bool(found)

    def _say(self, lines: Sequence[str], now: datetime) -> None:
        for line in lines:
            self._watcher.talk.say(line)
        said = bool(lines)
        quiet = time.monotonic() - self._said >= STILL_SECONDS
        if quiet and not said and self._tree.began and not self._tree.ended:
            self._watcher.talk.say(frame.still(self._tree, now=now))
            said = True
        if said:
            self._said = time.monotonic()

    def _trouble(self, error: CloudError) -> None:
        if not self._away and not slow_down(error):
            self._watcher.talk.say(f"{self._tree.label}: cannot look ({error.cause}); it goes on at AWS, trying again")
            self._away = True

    def _well_again(self) -> None:
        if self._away:
            self._watcher.talk.say(f"{self._tree.label}: AWS answers again")
        self._away = False


def expected(template: Mapping[str, Any], parameters: Mapping[str, str]) -> Expected:
    """What a stack of this template makes; nothing is expected of a template that cannot be resolved here."""
    try:
        return Expected(creation_seconds(template, parameters), dependencies(template, parameters))
    except TemplateError:
        return Expected()


def settled(stack: Stack) -> bool:
    """Whether no operation is under way. A change set that waits to be executed is none."""
    return not stack.status.endswith("_IN_PROGRESS") or stack.status == "REVIEW_IN_PROGRESS"


def goes_on(label: str, error: CloudError) -> Stopped:
    """How a deploy ends that can no longer look: the stack goes on, and the same command attaches to it."""
    resume = "sign in again, then run the same command" if signed_out(error) else "run the same command again"
    return Stopped(
        str(error), f"{label}: what has begun goes on at AWS; {resume}: it waits for the stack and carries on"
    )


def _blind(label: str, error: CloudError) -> str:
    return f"{label}: no live view ({error.cause}); the stack goes on at AWS"
