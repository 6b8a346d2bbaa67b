"""The whole proof for people: says what it does while it does it, and prints the result."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from analysis.reach.cases import Build, build_all
from netlab.run import Proved, by_packets, by_program
from netlab.sandbox import Sandbox, UnavailableError, check_available
from netlab.subject import Subject
from netlab.words import WHAT_IT_IS, as_data, build_line, missing, report


def prove(subject: Subject, kinds: Sequence[str], *, as_json: bool) -> bool:
    """Ask everything of every wanted build. True when something is not as intended."""
    builds = tuple(item for item in build_all(subject.network, subject.promise) if item.name.split(":")[0] in kinds)
    reason = _why_not()
    proved: list[Proved] = []
    with _display(builds) as display:
        display.say(f"{subject.title}: {WHAT_IT_IS}" if not reason else _fallback(subject, reason))
        for item in _each(builds, reason):
            proved.append(item)
            display.say(build_line(item))
            display.advance(len(item.build.cases))
    by = "packets" if not reason else "questions to the program"
    if as_json:
        data = as_data(subject, proved, by="packets" if not reason else "program", reason=reason)
        print(json.dumps(data, indent=2))
    else:
        print(*report(subject, proved, by=by), sep="\n")
    return any(item.violations for item in proved) or any(missing(proved))


def _why_not() -> str:
    """Empty where packets can be sent."""
    try:
        check_available()
    except UnavailableError as error:
        return str(error)
    return ""


def _fallback(subject: Subject, reason: str) -> str:
    return f"{reason}\n{subject.title}: NO PACKET is sent; the program analysis.reach works it out from the template"


def _each(builds: Sequence[Build], reason: str) -> Iterator[Proved]:
    if reason:
        yield from by_program(builds)
        return
    with Sandbox() as sandbox:
        yield from by_packets(builds, sandbox)


class _Lines:
    """What is said where nobody watches: plain lines."""

    def say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    def advance(self, _count: int) -> None:
        """Nothing moves here."""


class _Bar:
    """What is said on a terminal: the lines, and below them how far it is."""

    def __init__(self, progress: Any, total: int, first: str) -> None:
        self._progress = progress
        self._task = progress.add_task(first, total=total)

    def say(self, text: str) -> None:
        self._progress.console.print(text, markup=False, highlight=False, emoji=False, soft_wrap=True)

    def advance(self, count: int) -> None:
        self._progress.advance(self._task, count)


@contextmanager
def _display(builds: Sequence[Build]) -> Iterator[_Lines | _Bar]:
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    total = sum(len(build.cases) for build in builds)
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield _Bar(progress, total, "packets")
