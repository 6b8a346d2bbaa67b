"""checkov's rules for CloudFormation."""

from __future__ import annotations

import json
from pathlib import Path

from tests.scanners.finding import TEMPLATE, Count, Finding, Met, Result
from tests.scanners.subjects import Subject
from tests.scanners.toolbox import Toolbox, ToolError, run_offline

QUIET = ("--framework", "cloudformation", "--skip-download", "--compact", "--soft-fail", "--output", "json")


def scan(place: Path, subjects: tuple[Subject, ...], tools: Toolbox) -> Result:
    """Scan the subjects' files in `place`. Raises ToolError."""
    files = [word for subject in subjects for word in ("--file", subject.file_name)]
    done = run_offline((tools.checkov, *QUIET, *files), place)
    try:
        report = json.loads(done.stdout)
        results = report["results"]
    except (ValueError, KeyError, TypeError) as error:
        raise ToolError(f"checkov: status {done.returncode}: {(done.stderr or done.stdout).strip()[-500:]}") from error
    by_file = {subject.file_name: subject for subject in subjects}
    failed = [(_subject(by_file, item), item) for item in results["failed_checks"]]
    passed = [(_subject(by_file, item), item["check_id"]) for item in results["passed_checks"]]
    unread = [by_file[Path(name).name] for name in results["parsing_errors"]]
    return Result(
        findings=(
            *(_finding(subject, item) for subject, item in failed),
            *(_unread(subject) for subject in unread),
        ),
        counts=tuple(
            Count(
                "checkov",
                subject.name,
                passed=sum(one is subject for one, _rule in passed),
                failed=sum(one is subject for one, _item in failed),
                errors=unread.count(subject),
            )
            for subject in subjects
        ),
        met=frozenset(Met("checkov", rule, subject.config, subject.form) for subject, rule in passed),
    )


def _subject(by_file: dict[str, Subject], item: dict) -> Subject:
    return by_file[Path(item["file_path"]).name]


def _finding(subject: Subject, item: dict) -> Finding:
    return Finding(
        tool="checkov",
        rule=item["check_id"],
        config=subject.config,
        form=subject.form,
        resource=item["resource"].rpartition(".")[2],
        message=item["check_name"],
    )


def _unread(subject: Subject) -> Finding:
    return Finding("checkov", "unreadable", subject.config, subject.form, TEMPLATE, "checkov cannot read the file")
