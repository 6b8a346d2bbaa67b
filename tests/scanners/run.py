"""All scanners over all subjects, side by side."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.scanners import cdk_nag, cfn_guard, cfn_lint, checkov
from tests.scanners.finding import Result
from tests.scanners.subjects import Subject
from tests.scanners.toolbox import toolbox


def scan_all(subjects: tuple[Subject, ...]) -> Result:
    """What all scanners say; installs them first where need be. Raises ToolError."""
    tools = toolbox()
    with written(subjects) as place:
        return together(
            partial(checkov.scan, place, subjects, tools),
            partial(cfn_guard.scan, place, subjects, tools),
            partial(cfn_lint.scan, place, subjects),
            partial(cdk_nag.scan, place, subjects, tools),
        )


def lint_all(subjects: tuple[Subject, ...]) -> Result:
    """What cfn-lint alone says: it needs nothing installed."""
    with written(subjects) as place:
        return cfn_lint.scan(place, subjects)


@contextmanager
def written(subjects: tuple[Subject, ...]) -> Iterator[Path]:
    """A directory with a file for each subject, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="scanners-") as name:
        for subject in subjects:
            Path(name, subject.file_name).write_text(subject.text, "utf-8")
        yield Path(name)


def together(*scans: Callable[[], Result]) -> Result:
    """The results of scans that run at once; each is a process of its own, so threads do."""
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda scan: scan(), scans))
    return Result(
        findings=tuple(sorted(set(_each(result.findings for result in results)))),
        counts=tuple(_each(result.counts for result in results)),
        met=frozenset(_each(result.met for result in results)),
    )


def _each(groups: Iterable[Iterable]) -> Iterator:
    for group in groups:
        yield from group
