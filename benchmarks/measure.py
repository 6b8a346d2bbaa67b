"""Runs programs and takes their time: whole processes, with everything they start and wait for."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Clock = Literal["cpu_seconds", "wall_seconds"]


class RunError(Exception):
    """A program that was to be measured failed; the message holds its command and last words."""


@dataclass(frozen=True)
class Sample:
    """One run: user and system time of the process and its children, and the time that passed."""

    cpu_seconds: float
    wall_seconds: float


@dataclass(frozen=True)
class Subject:
    """A program to measure. `prepare` runs before each run and is not measured; `repeat` is how often in a round."""

    name: str
    command: Sequence[str | Path]
    directory: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], object] = lambda: None
    repeat: int = 1


@dataclass(frozen=True)
class Measurements:
    """By name of the subject: one sample for each round."""

    samples: Mapping[str, tuple[Sample, ...]]

    def ratio(self, name: str, unit: str, clock: Clock) -> float | None:
        """How many times `unit` goes into `name`: the median over the rounds; None where one was not measured.

        The two are compared within each round, so that a busy minute slows both.
        """
        if name not in self.samples or unit not in self.samples:
            return None
        pairs = zip(self.samples[name], self.samples[unit], strict=True)
        return statistics.median(getattr(over, clock) / getattr(under, clock) for over, under in pairs)


def measure(subjects: Sequence[Subject], rounds: int, *, finished: Callable[[str], object]) -> Measurements:
    """Every subject once (or `repeat` times) in each round, after one run each that is not counted.

    `finished` hears the name of each subject as it ends. Raises RunError when a program fails.
    """
    samples: dict[str, list[Sample]] = {subject.name: [] for subject in subjects}
    for subject in subjects:
        run(subject)
        finished(subject.name)
    for _ in range(rounds):
        for subject in subjects:
            samples[subject.name].append(_middle([run(subject) for _ in range(subject.repeat)]))
            finished(subject.name)
    return Measurements({name: tuple(taken) for name, taken in samples.items()})


def run(subject: Subject) -> Sample:
    """One run. Raises RunError when the program fails."""
    subject.prepare()
    output = subject.directory / ".output"
    with output.open("wb") as file:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in subject.command],
            cwd=subject.directory,
            env=dict(subject.environment),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall_seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        words = output.read_text("utf-8", "replace").strip().splitlines()[-3:]
        raise RunError(f"{subject.name}: {' '.join(map(str, subject.command))} failed: {' / '.join(words)}")
    return Sample(usage.ru_utime + usage.ru_stime, wall_seconds)


def _middle(samples: Iterable[Sample]) -> Sample:
    taken = tuple(samples)
    return Sample(
        statistics.median(sample.cpu_seconds for sample in taken),
        statistics.median(sample.wall_seconds for sample in taken),
    )
