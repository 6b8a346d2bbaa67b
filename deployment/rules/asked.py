"""What the user asked for, and the answers that are kept."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from cloud.session import Cloud
from deployment.aws_cli import AwsCli
from deployment.findings import Problem
from deployment.plan import Resolved
from deployment.processes import Processes
from deployment.stacks import Stacks

Found = TypeVar("Found")
Given = Mapping[str | None, Mapping[str, str]]
AT_ONCE: dict[str, str] = {}
"""IAM action to the fact that needs it and no other answer first; begun before any rule asks for it."""


@dataclass(frozen=True)
class Asked:
    """What the user asked for, and where."""

    stack: str
    stacks: Stacks
    """With the user's parameters in place."""
    given: Given
    bucket: str
    may_create_bucket: bool
    local: bool
    account: str
    """The account that the credentials belong to."""
    wanted_account: str | None
    command: str
    """The user's command, for hints."""
    cli: AwsCli


@dataclass(frozen=True)
class Decision:
    """Parameter, or workstation, to its value; and what stands against that."""

    values: Mapping[str, Resolved]
    problems: tuple[Problem, ...] = ()


class Memory:
    """What was asked for, whom to ask, and every answer so far."""

    def __init__(self, cloud: Cloud, asked: Asked, processes: Processes) -> None:
        self.cloud = cloud
        self.asked = asked
        self.processes = processes
        self._answers: dict[str, Future[Any]] = {}
        self._lock = threading.Lock()

    def once(self, name: str, look: Callable[[], Found]) -> Found:
        """What `look` returned or raised the first time that `name` was asked for."""
        with self._lock:
            answer = self._answers.get(name)
            first = answer is None
            if answer is None:
                answer = self._answers[name] = Future()
        if first:
            try:
                answer.set_result(look())
            except BaseException as error:
                answer.set_exception(error)
        found: Found = answer.result()
        return found

    def begin(self, name: str, *which: str) -> None:
        """Ask for a fact ahead of the rules; what goes wrong is told to those who want it."""
        with contextlib.suppress(Exception):  # it is kept, and raised to every rule that asks
            getattr(self, name)(*which)


def fact(action: str = "") -> Callable[[Callable[[Any], Found]], Callable[[Any], Found]]:
    """Make a method of `Memory` one that is worked out once; with an action, one that can be begun at once."""

    def once(look: Callable[[Any], Found]) -> Callable[[Any], Found]:
        if action:
            AT_ONCE[action] = look.__name__

        @functools.wraps(look)
        def remembered(facts: Memory) -> Found:
            return facts.once(look.__name__, lambda: look(facts))

        return remembered

    return once
