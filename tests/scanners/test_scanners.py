"""What the scanners say of the committed templates: nothing without a reviewed reason."""

from __future__ import annotations

import pytest

from analysis.controls import controls
from tests.scanners import document, waivers
from tests.scanners.finding import Result
from tests.scanners.run import scan_all
from tests.scanners.subjects import Subject, resources, subjects
from tests.scanners.templates_that_fail import FOUND, PLANTED
from tests.scanners.toolbox import ToolError
from tests.tools import give_up

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("scanners")]


def scanned(what: tuple[Subject, ...]) -> Result:
    """All scanners' word; where they cannot be had the test is skipped with the reason, and fails in CI."""
    try:
        return scan_all(what)
    except ToolError as error:
        give_up(str(error))


@pytest.fixture(scope="module")
def result() -> Result:
    return scanned(subjects())


@pytest.fixture(scope="module")
def waived() -> tuple[waivers.Waiver, ...]:
    return waivers.read(waivers.FILE.read_text("utf-8"))


def test_every_finding_has_a_reviewed_reason(result, waived, figures):
    for finding in result.findings:
        figures.count("scanner-findings-explained", held=not waivers.unexplained([finding], waived))

    assert waivers.unexplained(result.findings, waived) == ()


def test_every_reason_is_needed(result, waived):
    assert waivers.stale(result.findings, waived) == ()


def test_every_rule_is_evaluated_once_parameters_have_values(result):
    resolved = {subject.name for subject in subjects() if subject.form == "resolved"}

    assert [count for count in result.counts if count.errors and count.subject in resolved] == []


def test_the_page_is_what_the_scanners_say(result, waived):
    assert document.FILE.read_text("utf-8") == document.page(result, waived)


def test_each_scanner_finds_what_is_planted():
    found = {(one.tool, one.rule, one.resource) for one in scanned((PLANTED,)).findings}

    assert set(FOUND) - found == set()


def test_rules_that_show_a_control_are_met(result):
    """Of a control that every config meets, in the default config's resolved templates; else in one config's."""
    met = {(f"{one.tool} {one.rule}", one.config) for one in result.met if one.form == "resolved"}
    cited = [(control, name) for control in controls() for name in control.shown_by if "::" not in name]
    wanted = [(name, ("default",) if control.status == "met" else tuple(resources())) for control, name in cited]

    assert len(cited) > 30
    assert [name for name, configs in wanted if not any((name, config) in met for config in configs)] == []
