"""cfn-guard with AWS Control Tower's rules: proactive controls, each named `[CT.….PR.n]`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.scanners.finding import TEMPLATE, Count, Finding, Met, Result
from tests.scanners.subjects import Subject
from tests.scanners.toolbox import Toolbox, ToolError, run_offline

LABEL = "cfn-guard Control Tower"
JSON_ONLY = ("--output-format", "json", "--show-summary", "none", "--structured")
CONTROL = r"\[(CT\.[A-Z0-9]+\.PR\.\d+)\]: *([^\[]*)"
DONE = (0, 19)
"""Its exit statuses when every rule was evaluated: all met, or some not."""


def scan(place: Path, subjects: tuple[Subject, ...], tools: Toolbox) -> Result:
    """Scan the subjects' files in `place`. Raises ToolError."""
    data = [word for subject in subjects for word in ("--data", place / subject.file_name)]
    done = run_offline((tools.guard, "validate", "--rules", tools.guard_rules, *data, *JSON_ONLY), place)
    if done.returncode not in DONE or done.stderr.strip():
        raise ToolError(f"cfn-guard: status {done.returncode}: {done.stderr.strip()[-500:]}")
    by_file = {subject.file_name: subject for subject in subjects}
    controls = _controls(tools.guard_rules)
    findings, counts, met = [], [], set()
    for report in json.loads(done.stdout):
        subject = by_file[Path(report["name"]).name]
        failed = [_findings(subject, rule["Rule"]) for rule in report["not_compliant"]]
        findings += [finding for group in failed for finding in group]
        met |= {Met("cfn-guard", controls[rule], subject.config, subject.form) for rule in report["compliant"]}
        counts.append(Count(LABEL, subject.name, passed=len(report["compliant"]), failed=len(failed)))
    if len(counts) != len(subjects):
        raise ToolError(f"cfn-guard: {len(counts)} of {len(subjects)} templates scanned")
    return Result(tuple(findings), tuple(counts), frozenset(met))


def _controls(rules: Path) -> dict[str, str]:
    """Rule name: control, from the rule files, since a report on a rule that is met does not say."""
    texts = [path.read_text("utf-8") for path in sorted(rules.rglob("*.guard"))]
    return {
        name: control[1]
        for text in texts
        if (control := re.search(CONTROL, text))
        for name in re.findall(r"^rule (\w+) when", text, re.MULTILINE)
    }


def _findings(subject: Subject, rule: dict[str, Any]) -> list[Finding]:
    text = " ".join(str(message) for message in _messages(rule))
    control = re.search(CONTROL, text)
    if control is None:
        raise ToolError(f"cfn-guard: {rule['name']} names no control")
    found = sorted(set(re.findall(r"/Resources/(\w+)", json.dumps(rule)))) or [TEMPLATE]
    message = " ".join(control[2].split())
    return [Finding("cfn-guard", control[1], subject.config, subject.form, name, message) for name in found]


def _messages(node: Any) -> Iterator[str]:
    """Every custom message in a rule's report, whose shape depends on how the rule is written."""
    if isinstance(node, dict):
        if node.get("custom_message"):
            yield node["custom_message"]
        for value in node.values():
            yield from _messages(value)
    elif isinstance(node, list):
        for value in node:
            yield from _messages(value)
