"""Starting and ending the local AWS, which is a process of its own: nothing of it is imported here."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cloud.local import DIRECTORY, Endpoint, is_alive, running, stripped
from deployment.findings import Stopped
from deployment.processes import Processes

START_SECONDS = 120
STOP_SECONDS = 30
POLL_SECONDS = 0.05


def start(root: Path, processes: Processes) -> Endpoint:
    """The local AWS of this checkout, started if it does not run. Raises `Stopped` when it does not come up."""
    directory = root / DIRECTORY
    directory.mkdir(exist_ok=True)
    with _alone(directory):
        return running(root) or _start(root, directory, processes)


def stop(root: Path, processes: Processes) -> bool:
    """End the local AWS; False when none runs. Its state stays on disk. Raises `Stopped` when it does not end."""
    endpoint = running(root)
    if endpoint is None:
        return False
    os.kill(endpoint.pid, signal.SIGTERM)
    if not _wait(lambda: not is_alive(endpoint.pid), STOP_SECONDS, processes):
        raise Stopped(f"the local AWS (process {endpoint.pid}) does not end; see {root / DIRECTORY}")
    return True


def _start(root: Path, directory: Path, processes: Processes) -> Endpoint:
    log = directory / "start.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "localaws", "--directory", directory],
            cwd=root,
            env=stripped(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait(lambda: running(root) is not None or process.poll() is not None, START_SECONDS, processes)
    except KeyboardInterrupt:
        process.terminate()
        raise
    endpoint = running(root)
    if endpoint:
        return endpoint
    if process.poll() is None:
        process.terminate()
    words = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["no word from it"]
    raise Stopped(f"the local AWS did not start: {words[-1]}; the whole log is {log}")


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Two deploys at once start one local AWS; the lock ends with the process, whatever ends it."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _wait(done: Callable[[], bool], seconds: float, processes: Processes) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if done():
            return True
        processes.sleep(POLL_SECONDS)
    return done()
