"""Programs that run for a deploy end with it, at whatever moment a signal comes."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from deployment.processes import Processes

SLEEPER = "import os, sys, time; print(os.getpid(), file=open(sys.argv[1], 'w'), flush=True); time.sleep(600)"


def test_after_an_interrupt_nothing_new_is_begun(tmp_path: Path) -> None:
    processes = Processes()
    processes.interrupt = KeyboardInterrupt("the signal")

    with pytest.raises(KeyboardInterrupt, match="the signal"):
        processes.run([sys.executable, "-c", f"open({str(tmp_path / 'ran')!r}, 'w')"])
    with pytest.raises(KeyboardInterrupt, match="the signal"):
        processes.sleep(600)
    assert not (tmp_path / "ran").exists()


def test_stopping_ends_what_runs(tmp_path: Path) -> None:
    processes, note = Processes(), tmp_path / "pid"
    ended: list[int] = []
    thread = threading.Thread(target=lambda: ended.append(processes.run([sys.executable, "-c", SLEEPER, note]).status))
    thread.start()
    while not (note.exists() and note.read_text().endswith("\n")):
        assert thread.is_alive()
    processes.stop()
    thread.join()

    assert ended == [-15]
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


def test_a_program_that_cannot_be_started_says_so() -> None:
    with pytest.raises(FileNotFoundError):
        Processes().run(["/nowhere/at/all"])
