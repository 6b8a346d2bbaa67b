"""cdk-nag's packs AwsSolutions, HIPAA, NIST 800-53 (revision 5) and PCI DSS, by `cdk_nag.js`."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from tests.scanners.finding import Count, Finding, Met, Result
from tests.scanners.subjects import Subject
from tests.scanners.toolbox import SOURCES, Toolbox, ToolError, run_offline

PACKS = {
    "AwsSolutions": "cdk-nag AwsSolutions",
    "NIST.800.53.R5": "cdk-nag NIST 800-53 R5",
    "HIPAA.Security": "cdk-nag HIPAA",
    "PCI.DSS.321": "cdk-nag PCI DSS 3.2.1",
}
"""Pack, as its rules spell it: its label in the table."""

SAME = {"<AWS::Partition>": "aws", "<AWS::Region>": "us-east-1", "<AWS::AccountId>": "123456789012", "<!aws:": "<aws:"}
"""Details of a finding in a raw template, as the resolved one has them: one waiver then does for both."""


def scan(place: Path, subjects: tuple[Subject, ...], tools: Toolbox) -> Result:
    """Scan the subjects' files in `place`. Raises ToolError."""
    files = {subject.file_name: subject for subject in subjects}
    done = run_offline(("node", SOURCES / "cdk_nag.js", *files), place, NODE_PATH=str(tools.node_modules))
    if done.returncode:
        raise ToolError(f"cdk-nag: status {done.returncode}: {done.stderr.strip()[-500:]}")
    findings = []
    seen, met = set(), set()
    for file, pack, rule, resource, outcome, detail, message in json.loads(done.stdout):
        subject = files[file]
        seen.add((subject.name, pack, outcome, rule, resource))
        if outcome == "passed":
            met.add(Met("cdk-nag", f"{pack}-{rule}", subject.config, subject.form))
        else:
            full = f"{pack}-{rule}{_bracketed(detail)}"
            findings.append(Finding("cdk-nag", full, subject.config, subject.form, resource, message))
    outcomes = Counter(one[:3] for one in seen)  # a rule counts once for a resource, however much it finds there
    return Result(
        findings=tuple(findings),
        counts=tuple(
            Count(label, subject.name, *(outcomes[subject.name, pack, told] for told in ("passed", "failed", "error")))
            for pack, label in PACKS.items()
            for subject in subjects
        ),
        met=frozenset(met),
    )


def _bracketed(detail: str) -> str:
    """`[Resource::*]`, as cdk-nag writes what it found; empty for rules that find one thing."""
    for raw, resolved in SAME.items():
        detail = detail.replace(raw, resolved)
    return f"[{detail}]" if detail else ""
