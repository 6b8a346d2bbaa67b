"""Ending on a signal: in order, and at once where that takes too long or the signal comes again.

An orderly end waits for the calls to AWS that are under way, and gives change sets up that nobody will execute.
A network that is away can hold such a call for minutes; whoever typed Ctrl-C does not wait that long.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from types import FrameType

from deployment.processes import Processes

RESUME = "interrupted; what AWS has begun goes on there; run the same command again to carry on"
ORDERLY_SECONDS = 20.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SHOW_CURSOR = "\x1b[?25h"
"""A live display hides it."""


class Ended(KeyboardInterrupt):
    """A signal that asks us to end; `status` is the exit status that it means."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.status = 128 + number


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """A signal more, when the end has begun."""


class Ending:
    """What the signals do to a run and its programs."""

    def __init__(self, processes: Processes, *, orderly_seconds: float = ORDERLY_SECONDS) -> None:
        self.processes = processes
        self.orderly_seconds = orderly_seconds
        self._status = 0
        self.told = False
        """Whether people know already how to carry on."""

    def listen(self) -> None:
        """From now on the signals raise `Ended` in the main thread, and a clock runs."""
        for number in SIGNALS:
            signal.signal(number, self._begin)
        signal.signal(signal.SIGALRM, self._at_once)

    def over(self) -> None:
        """From now on the signals change nothing: all is done and said."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def _begin(self, number: int, frame: FrameType | None) -> None:
        if self._status:
            self._at_once(number, frame)
        ended = Ended(number)
        self._status, self.processes.interrupt = ended.status, ended
        signal.setitimer(signal.ITIMER_REAL, self.orderly_seconds)
        raise ended

    def _at_once(self, _number: int, _frame: FrameType | None) -> None:
        """End without waiting for anybody: no lock is taken, since whoever has it may never give it back."""
        for number in SIGNALS:
            signal.signal(number, _nothing)  # not SIG_IGN: Python complains of one that is on its way
        self.processes.abandon()
        if self.processes.temporary:
            shutil.rmtree(self.processes.temporary, ignore_errors=True)
        words = "" if self.told else f"deploy.sh: {RESUME}\n"
        os.write(2, f"{SHOW_CURSOR if sys.stderr.isatty() else ''}{words}".encode())
        os._exit(self._status)
