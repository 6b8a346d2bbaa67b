"""cfn-lint with every rule: informational and experimental ones too."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.scanners.finding import TEMPLATE, Count, Finding, Result
from tests.scanners.subjects import Subject
from tests.scanners.toolbox import ToolError, run_offline

CFN_LINT = Path(sys.executable).with_name("cfn-lint")
LABELS = {"cfn-lint errors and warnings": False, "cfn-lint remarks": True}
EVERY_RULE = ("--include-checks", "I", "--include-experimental")


def scan(place: Path, subjects: tuple[Subject, ...]) -> Result:
    """Lint the subjects' files in `place`. Raises ToolError."""
    files = {subject.file_name: subject for subject in subjects}
    done = run_offline((CFN_LINT, *EVERY_RULE, "--format", "json", "--", *files), place)
    if done.returncode & ~0b1110:  # 2, 4 and 8 stand for errors, warnings and remarks; others for a linter that failed
        raise ToolError(f"cfn-lint: status {done.returncode}: {done.stderr.strip()}")
    found = [(files[Path(match["Filename"]).name], match) for match in json.loads(done.stdout)]
    return Result(
        findings=tuple(_finding(subject, match) for subject, match in found),
        counts=tuple(
            Count(
                label,
                subject.name,
                passed=None,
                failed=sum(one is subject and (match["Level"] == "Informational") == remarks for one, match in found),
            )
            for label, remarks in LABELS.items()
            for subject in subjects
        ),
    )


def _finding(subject: Subject, match: dict) -> Finding:
    path = match["Location"]["Path"] or ()
    return Finding(
        tool="cfn-lint",
        rule=match["Rule"]["Id"],
        config=subject.config,
        form=subject.form,
        resource=str(path[1]) if len(path) > 1 and path[0] == "Resources" else TEMPLATE,
        message=match["Message"],
    )
