"""A run that is asked to end does so, also where a call never comes back or a lock is never given back."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deployment.ending import RESUME

STUCK = """
import sys, threading
from pathlib import Path
from deployment.ending import Ending
from deployment.processes import Processes

processes = Processes()
Ending(processes, orderly_seconds=float(sys.argv[1])).listen()
processes.temporary = Path(sys.argv[2])
with processes.threads() as pool:
    pool.submit(processes.run, ["sleep", "600"])
    never = pool.submit(threading.Event().wait)
    while not processes._running:
        pass
    print("ready", flush=True)
    never.result()
"""


def begun(root: Path, seconds: float, temporary: Path) -> subprocess.Popen[str]:
    """A run that waits for what never comes, once it is asked to end."""
    (temporary / "packaged.yaml").touch()
    words = [sys.executable, "-c", STUCK, str(seconds), str(temporary)]
    process = subprocess.Popen(words, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"  # type: ignore[union-attr]
    return process


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_call_that_never_ends_does_not_keep_a_run_from_ending(
    root: Path, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    process = begun(root, 0.2, tmp_path)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=60)

    assert (process.returncode, stdout, stderr) == (status, "", f"deploy.sh: {RESUME}\n")
    assert not tmp_path.exists()


def test_a_second_signal_ends_it_at_once(root: Path, tmp_path: Path) -> None:
    process = begun(root, 600, tmp_path)
    while process.poll() is None:
        process.send_signal(signal.SIGTERM)
    stdout, stderr = process.communicate(timeout=60)

    assert (process.returncode, stdout, stderr) == (143, "", f"deploy.sh: {RESUME}\n")


def test_a_signal_that_comes_when_all_is_said_changes_nothing(root: Path) -> None:
    late = """
import os, signal
from deployment.ending import SIGNALS, Ending
from deployment.processes import Processes

ending = Ending(Processes())
ending.listen()
ending.over()
for number in SIGNALS:
    os.kill(os.getpid(), number)
"""
    done = subprocess.run([sys.executable, "-c", late], cwd=root, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
