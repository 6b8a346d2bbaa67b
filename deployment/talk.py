"""What the deploy says while it works, on stderr: a live display on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass
class Step:
    """One piece of work that takes time; `result` is what its last line says."""

    label: str
    result: str = "done"


class Talk:
    """Lines for people. Steps may run side by side, from several threads."""

    def __init__(self) -> None:
        self._progress: Any = _live_progress() if sys.stderr.isatty() else None

    def say(self, text: str = "") -> None:
        """One line, or several."""
        if self._progress:
            self._progress.console.print(text, markup=False, highlight=False, emoji=False, soft_wrap=True)
        else:
            print(text, file=sys.stderr, flush=True)

    @contextmanager
    def step(self, label: str) -> Iterator[Step]:
        """Show that `label` is under way, and how it ended."""
        step = Step(label)
        begin = time.monotonic()
        if not self._progress:
            self.say(f"{label} …")
            yield step
        else:
            task = self._progress.add_task(label)
            try:
                yield step
            finally:
                self._progress.remove_task(task)
        self.say(f"{label}: {step.result} ({_duration(time.monotonic() - begin)})")

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """No live display inside; the terminal is somebody else's."""
        if self._progress:
            self._progress.stop()
        yield
        if self._progress:
            self._progress.start()

    def __enter__(self) -> Talk:
        if self._progress:
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress:
            self._progress.stop()


def _live_progress() -> Any:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
