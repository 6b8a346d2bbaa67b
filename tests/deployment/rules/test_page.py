"""The page about the preflight is made from the rules, and current."""

from __future__ import annotations

from pathlib import Path

from deployment.rules.catalogue import rules
from deployment.rules.page import page


def test_the_page_is_current(root: Path) -> None:
    written = (root / "docs" / "guides" / "preflight.md").read_text(encoding="utf-8")

    assert page() == written, "mend: python -m deployment.rules.page > docs/guides/preflight.md"


def test_every_rule_has_its_row() -> None:
    rows = [line for line in page().splitlines() if line.startswith("| P")]

    assert [rule.id for rule in rules()] == [row[2:6] for row in rows]
    assert all(row.count("|") == 6 for row in rows)
