"""What the deploy says while it works, on stderr: a live display on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from deployment.frame import Line, duration, frame, last_frame
from deployment.tree import Tree

STYLES = {"good": "green", "bad": "bold red", "busy": "cyan", "": ""}


@dataclass
class Step:
    """One piece of work that takes time; `result` is what its last line says."""

    label: str
    result: str = "done"


class Talk:
    """Lines for people. Steps may run side by side, from several threads."""

    def __init__(self) -> None:
        self.said: list[str] = []
        """Every line, for the bundle."""
        self._panels: list[Callable[[], Tree]] = []
        self._lock = threading.Lock()
        self._display = _Display(self._trees) if live_terminal() else None

    @property
    def live(self) -> bool:
        """Whether a person watches a display that changes."""
        return self._display is not None

    def say(self, text: str = "") -> None:
        """One line, or several."""
        self.said.append(text)
        if self._display:
            self._display.say(text)
        else:
            print(text, file=sys.stderr, flush=True)

    @contextmanager
    def step(self, label: str) -> Iterator[Step]:
        """Show that `label` is under way, and how it ended."""
        step = Step(label)
        begin = time.monotonic()
        if not self._display:
            self.say(f"{label} …")
            yield step
        else:
            with self._display.task(label):
                yield step
        self.say(f"{label}: {step.result} ({duration(time.monotonic() - begin)})")

    @contextmanager
    def panel(self, tree: Callable[[], Tree]) -> Iterator[None]:
        """Show a stack's tree as it grows, above the steps; what is worth keeping of it stays afterwards."""
        with self._lock:
            self._panels.append(tree)
        try:
            yield
        finally:
            with self._lock:
                self._panels.remove(tree)
            if self._display:
                self._display.keep(tree())

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """No live display inside; the terminal is somebody else's."""
        if self._display:
            self._display.stop()
        yield
        if self._display:
            self._display.start()

    def __enter__(self) -> Talk:
        if self._display:
            self._display.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._display:
            self._display.stop()

    def _trees(self) -> list[Tree]:
        with self._lock:
            return [panel() for panel in self._panels]


class _Display:
    """The live part of a terminal: the trees of stacks, and below them the steps that are under way."""

    def __init__(self, trees: Callable[[], list[Tree]]) -> None:
        from rich.console import Console
        from rich.live import Live
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._trees = trees
        self._console = Console(stderr=True)
        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
        self._progress = Progress(*columns, console=self._console)
        self._live: Any = Live(console=self._console, get_renderable=self._picture, transient=True)

    def start(self) -> None:
        self._live.start()

    def stop(self) -> None:
        self._live.stop()

    def say(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, emoji=False, soft_wrap=True)

    def keep(self, tree: Tree) -> None:
        """Leave the last frame of a tree on the terminal, above what changes."""
        lines = last_frame(tree, width=self._console.width, now=datetime.now(UTC))
        if lines:
            self._console.print(self._text(lines), soft_wrap=True)

    @contextmanager
    def task(self, label: str) -> Iterator[None]:
        task = self._progress.add_task(label)
        try:
            yield
        finally:
            self._progress.remove_task(task)

    def _picture(self) -> Any:
        from rich.console import Group

        room = self._console.height - len(self._progress.tasks) - 1
        lines = frame(self._trees(), width=self._console.width, height=room, now=datetime.now(UTC))
        return Group(*([self._text(lines)] if lines else []), self._progress)

    @staticmethod
    def _text(lines: tuple[Line, ...]) -> Any:
        from rich.text import Text

        parts = ((line.text, STYLES[line.mood]) for line in lines)
        text = Text(no_wrap=True, overflow="crop", end="\n")
        for position, (words, style) in enumerate(parts):
            text.append("\n" if position else "").append(words, style=style)
        return text


def live_terminal() -> bool:
    """Whether stderr is a terminal that can move its cursor."""
    return sys.stderr.isatty() and os.environ.get("TERM", "") not in ("", "dumb")
