"""Running other programs: output kept, ended with us, never a shell."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cloud.local import pace

GRACE_SECONDS = 5
AT_ONCE = 32
"""More programs than a deploy ever runs side by side."""


@dataclass(frozen=True)
class Finished:
    """What a program left."""

    status: int
    stdout: str
    stderr: str

    @property
    def last_words(self) -> str:
        """The last line that the program wrote, errors first; for a one-line message."""
        for text in (self.stderr, self.stdout):
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            if lines:
                return lines[-1]
        return f"exit status {self.status}"


class Processes:
    """The programs that run for this deploy; `stop` ends them all."""

    def __init__(self) -> None:
        self.interrupt: KeyboardInterrupt | None = None
        """Set by whoever handles signals: no other program is started, whatever became of the exception itself."""
        self.temporary: Path | None = None
        """A directory that is removed when all ends, however it ends."""
        # A signal raises in the main thread, so a program is started and noted in another: none is ever lost between.
        self._runners = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="run")
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def run(
        self, command: Sequence[str | Path], *, cwd: Path | None = None, environment: Mapping[str, str] | None = None
    ) -> Finished:
        """Run a program to its end. Raises OSError when it cannot be started, KeyboardInterrupt after `stop`."""
        return self._runners.submit(self._run, command, cwd, environment).result()

    def _run(self, command: Sequence[str | Path], cwd: Path | None, environment: Mapping[str, str] | None) -> Finished:
        with self._lock:
            self._go_on()
            process = subprocess.Popen(
                [str(word) for word in command],
                cwd=cwd,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
            )
            self._running.add(process)
        try:
            stdout, stderr = process.communicate()
        finally:
            self._running.discard(process)
        return Finished(process.returncode, stdout, stderr)

    @contextmanager
    def threads(self, workers: int | None = None) -> Iterator[ThreadPoolExecutor]:
        """Threads that end with what they do, or as soon as they can after an interrupt."""
        pool = ThreadPoolExecutor(workers)
        try:
            yield pool
        except BaseException as error:
            if not isinstance(error, Exception):
                self.stop()
            pool.shutdown(cancel_futures=True)
            raise
        pool.shutdown()

    def sleep(self, seconds: float) -> None:
        """Wait for AWS, at its pace, unless or until `stop`. Raises KeyboardInterrupt then."""
        self._go_on()
        if self._stopped.wait(seconds * pace(os.environ)):
            raise KeyboardInterrupt

    def _go_on(self) -> None:
        """Raise KeyboardInterrupt if nothing new is to be begun."""
        if self.interrupt or self._stopped.is_set():
            raise self.interrupt or KeyboardInterrupt

    def abandon(self) -> None:
        """Ask every program that still runs to end, and wait for none."""
        for process in tuple(self._running):
            process.terminate()

    def stop(self) -> None:
        """End every program that still runs, and start no other."""
        with self._lock:
            self._stopped.set()
            running = tuple(self._running)
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
