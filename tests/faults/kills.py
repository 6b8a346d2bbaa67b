"""Ending a run at an exact point: while the local AWS holds one of its calls, or after one of its lines."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.faults.boundaries import TRYING, Point
from tests.faults.judge import Wanted, after_a_run, in_the_end
from tests.faults.plans import TYPES
from tests.faults.stage import DEPLOY, REGION, STACK, Ended, Stage, left_behind

RESUME = "run the same command again to carry on"
READING = ("Describe", "Get", "Head", "List", "Simulate")
LONGEST_SECONDS = 240
"""Far more than a run needs to reach a point, or to end after a signal."""
POLL_SECONDS = 0.05
HELD_SECONDS = 1
"""The local AWS answers as soon as it holds the call, so asking again is for a run that ended before."""
IDENTIFIER = re.compile(r"\b(i|vol|vpc)-[0-9a-f]{17}\b")
"""Another one in each run."""
AGAIN = 2
"""How often the same command may have to be run afterwards."""
STATUSES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}
SIGNALS = tuple(STATUSES)


@dataclass(frozen=True)
class Case:
    """What is being done when the signal comes."""

    name: str
    state: str
    words: tuple[str, ...]
    wanted: Wanted
    partly: bool = False
    """Whether only what no other case has is tried."""


CASES = (
    Case("first", "empty", DEPLOY, Wanted({"ada": {"InstanceType": TYPES["ada"]}})),
    Case(
        "change",
        "deployed-one",
        (*DEPLOY, "--parameter", "ada.InstanceType=m7i.2xlarge"),
        Wanted({"ada": {"InstanceType": "m7i.2xlarge"}}),
    ),
    Case("again", "failed-one", DEPLOY, Wanted({"ada": {"InstanceType": TYPES["ada"]}}), partly=True),
    Case("remove", "deployed-one", ("--remove", STACK, REGION, "--yes"), Wanted({}, removed=True)),
)


def recorded(stage: Stage, case: Case) -> tuple[tuple[str, ...], tuple[Point, ...]]:
    """The lines that begin a step, and the calls, of a run without faults."""
    stage.put_back(case.state)
    done = stage.deploy(*case.words)
    if done.status:
        raise RuntimeError(f"without any fault it fails:\n{done.said}")
    lines = tuple(_plain(line) for line in done.stderr.splitlines() if line.endswith("…"))
    count: Counter[tuple[str, str]] = Counter()
    calls = []
    for service, operation in stage.local_aws.get("/_local/calls"):
        count[service, operation] += 1
        calls.append(Point(service, operation, count[service, operation]))
    return lines, tuple(calls)


def wrong_after(stage: Stage, case: Case, point: Point, number: signal.Signals, *, at_once: bool) -> list[str]:
    """End a run at a point and run it again; what is wrong with both.

    `at_once`: what a killed run has started, the AWS CLI, may still be going on when the command is run again.
    """
    stage.put_back(case.state)
    files = stage.files()
    mark = uuid.uuid4().hex
    ended, reached = _ended(stage, case, point, number, mark)
    if not reached:
        return [f"the run never came to this point\n{ended.said}"]
    if number == signal.SIGKILL:
        wrong = [] if ended.status == STATUSES[number] else [f"exit {ended.status} after SIGKILL"]
        if not at_once:
            _wait_for_the_rest(mark)
        for path in stage.temporary.iterdir():  # nobody can tidy up after SIGKILL
            shutil.rmtree(path, ignore_errors=True)
    elif ended.status == 0 and point.line:  # it was done before the signal came
        wrong = after_a_run(ended, stage, files) + in_the_end(ended, stage, case.wanted)
    else:
        wrong = after_a_run(ended, stage, files, statuses=(STATUSES[number],))
        wrong += [] if RESUME in ended.stderr else ["it does not say how to carry on"]
    runs = [ended]
    changed = [call for call in stage.local_aws.get("/_local/calls") if not call[1].startswith((*READING, *TRYING))]
    if not changed and not wrong and not left_behind(mark):
        return []  # everything is as it was before: running it again is what `recorded` has done
    for _ in range(AGAIN):
        runs.append(stage.deploy(*case.words))
        wrong += after_a_run(runs[-1], stage, files)
        if runs[-1].status == 0:
            wrong += in_the_end(runs[-1], stage, case.wanted)
            break
    else:
        wrong.append(f"it does not end well in {AGAIN} runs")
    _wait_for_the_rest(mark)
    story = "\n".join(run.said for run in runs)
    return [f"{line}\n{story}" if position == 0 else line for position, line in enumerate(wrong)]


def _ended(stage: Stage, case: Case, point: Point, number: signal.Signals, mark: str) -> tuple[Ended, bool]:
    """The run, ended at the point; False when it never came there."""
    gate = {} if point.line else {"service": point.service, "operation": point.operation}
    stage.local_aws.post("/_local/calls", {**gate, "occurrence": point.occurrence})
    process = stage.begin(case.words, mark)
    with ThreadPoolExecutor(2) as pool:
        said: list[str] = []
        errors = pool.submit(_read, process, said)
        output = pool.submit(process.stdout.read)
        reached = _reached(stage, process, point, said)
        if reached and number == signal.SIGINT:
            os.killpg(process.pid, number)  # as a terminal does
        elif reached:
            process.send_signal(number)
        stage.local_aws.post("/_local/release", {})
        hung = False
        try:
            process.wait(LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            hung = True
            os.killpg(process.pid, signal.SIGKILL)
        if number == signal.SIGKILL or hung:
            return Ended(case.words, process.wait(), "", "".join(said), hung=hung), reached
        stdout = output.result()
        errors.result()
    return Ended(case.words, process.returncode, stdout, "".join(said), hung=hung or bool(left_behind(mark))), reached


def _read(process: subprocess.Popen[str], said: list[str]) -> None:
    for line in process.stderr:
        said.append(line)


def _plain(line: str) -> str:
    return IDENTIFIER.sub(r"\1-…", line.rstrip("\n"))


def _reached(stage: Stage, process: subprocess.Popen[str], point: Point, said: list[str]) -> bool:
    end = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if point.line and point.line in map(_plain, tuple(said)):
            return True
        if not point.line and stage.local_aws.get(f"/_local/held?seconds={HELD_SECONDS}")["held"]:
            return True
        time.sleep(POLL_SECONDS if point.line else 0)
    return False


def _wait_for_the_rest(mark: str) -> None:
    """What a killed run had started ends by itself."""
    end = time.monotonic() + LONGEST_SECONDS
    while left_behind(mark) and time.monotonic() < end:
        time.sleep(POLL_SECONDS)
