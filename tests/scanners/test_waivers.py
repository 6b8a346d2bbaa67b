"""The waiver file, the linter's part of it, and what is scanned: what a quick run can check."""

from __future__ import annotations

import re
import subprocess
import tomllib

import pytest

from tests.conftest import ROOT
from tests.scanners import document, waivers
from tests.scanners.finding import TEMPLATE, Finding
from tests.scanners.run import lint_all
from tests.scanners.subjects import resources, subjects
from tests.scanners.toolbox import SOURCES, run_offline
from tests.scanners.waivers import Waiver, WaiverError
from tests.tools import need

FINDING = Finding("checkov", "CKV_1", "default", "raw", "Vpc", "is not as it should be")
ENTRY = """
[[waiver]]
tool = "checkov"
rule = "CKV_1"
resources = ["Vpc"]
configs = ["default"]
forms = ["raw"]
reason = "because"
contradicts = "CKV_2"
"""


@pytest.fixture(scope="module")
def waived() -> tuple[Waiver, ...]:
    return waivers.read(waivers.FILE.read_text("utf-8"))


def test_a_finding_without_a_waiver_is_named():
    expected = ("checkov CKV_1: default, raw, Vpc: is not as it should be",)

    assert expected == waivers.unexplained([FINDING], [])
    assert waivers.unexplained([FINDING], waivers.read(ENTRY)) == ()


@pytest.mark.parametrize("other", ["tool", "rule", "config", "form", "resource"])
def test_a_waiver_is_for_no_more_than_it_says(other):
    finding = Finding(**{**vars(FINDING), other: "other"})

    assert len(waivers.unexplained([finding], waivers.read(ENTRY))) == 1


def test_a_waiver_that_nothing_needs_is_named():
    expected = ("checkov CKV_1: no such finding any more; take the waiver out",)

    assert expected == waivers.stale([], waivers.read(ENTRY))
    assert waivers.stale([FINDING], waivers.read(ENTRY)) == ()


@pytest.mark.parametrize(
    ("key", "kind", "more"),
    [("resources", "resource", "Gone"), ("configs", "config", "gone"), ("forms", "form", "gone")],
)
def test_a_part_of_a_waiver_that_nothing_needs_is_named(key, kind, more):
    wider = waivers.read(re.sub(rf"{key} = \[(.*)\]", rf'{key} = [\1, "{more}"]', ENTRY))
    expected = (f"checkov CKV_1: {kind} {more} has no such finding any more; take it out of the waiver",)

    assert expected == waivers.stale([FINDING], wider)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ENTRY.replace('reason = "because"\n', ""), "waiver 1: missing reason"),
        (ENTRY + 'until = "never"\n', "waiver 1: unknown until"),
        (ENTRY.replace('"because"', '""'), "waiver 1: nothing in reason"),
    ],
)
def test_a_waiver_without_its_parts_is_refused(text, message):
    with pytest.raises(WaiverError, match=f"^{message}$"):
        waivers.read(text)


def test_a_waiver_without_configs_is_for_all():
    everywhere = waivers.read(ENTRY.replace('configs = ["default"]\n', ""))

    assert waivers.unexplained([Finding(**{**vars(FINDING), "config": "other"})], everywhere) == ()
    assert waivers.stale([FINDING], everywhere) == ()


def test_a_config_that_shows_how_a_rule_is_met_must_meet_it():
    elsewhere = waivers.read(ENTRY.replace('configs = ["default"]', 'met_in = ["default"]'))

    assert len(waivers.unexplained([FINDING], elsewhere)) == 1
    assert waivers.unexplained([Finding(**{**vars(FINDING), "config": "other"})], elsewhere) == ()


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (ENTRY, ("checkov CKV_1: waived twice for Vpc",)),
        (ENTRY.replace('configs = ["default"]\n', ""), ("checkov CKV_1: waived twice for Vpc",)),
        (ENTRY.replace('"default"', '"other"'), ()),
        (ENTRY.replace('"raw"', '"resolved"'), ()),
        (ENTRY.replace('"Vpc"', '"Other"'), ()),
    ],
)
def test_nothing_may_be_waived_twice(other, expected):
    assert expected == waivers.twice(waivers.read(ENTRY + other))


def test_nothing_is_waived_twice(waived):
    assert waivers.twice(waived) == ()


def test_the_other_templates_were_scanned_with_the_same_versions():
    peers = tomllib.loads((SOURCES / "peers.toml").read_text("utf-8"))

    assert document.versions() == peers["versions"]


def test_waivers_name_resources_and_pages_that_exist(waived):
    exist = resources()
    unknown = [
        f"{waiver.title}: {name}"
        for waiver in waived
        for name in waiver.resources
        if name != TEMPLATE and not any(name in exist.get(config, ()) for config in waiver.configs or exist)
    ]
    pages = {page for waiver in waived for page in re.findall(r"docs/[\w./-]+\.md", waiver.reason + waiver.contradicts)}

    assert unknown == []
    assert [page for page in sorted(pages) if not (ROOT / page).is_file()] == []


def test_cfn_lint_with_every_rule_finds_nothing_without_a_reason(waived):
    need("unshare")
    found = lint_all(subjects()).findings
    ours = [waiver for waiver in waived if waiver.tool == "cfn-lint"]

    assert waivers.unexplained(found, ours) == ()
    assert waivers.stale(found, ours) == ()


def test_the_page_is_made_from_these_templates_and_waivers():
    """Whether its numbers are right, `./test.sh --all` checks."""
    assert document.is_fresh(), f"run: {document.COMMAND}"


def test_every_condition_is_scanned_both_ways():
    seen = {}
    for subject in subjects():
        for name, holds in subject.conditions:
            seen.setdefault((subject.config, subject.name.split("-")[1], name), set()).add(holds)

    assert [key for key, values in seen.items() if values != {True, False}] == []
    assert len(seen) >= 3


def test_scanners_run_without_network_and_without_credentials(tmp_path, monkeypatch):
    need("unshare")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")

    devices = run_offline(("cat", "/proc/self/net/dev"), tmp_path).stdout
    environment = run_offline(("env",), tmp_path).stdout

    assert re.findall(r"^ *(\w+):", devices, re.MULTILINE) == ["lo"]
    assert "AWS" not in environment
    assert f"HOME={tmp_path}\n" in environment


def test_no_lock_file_names_where_packages_come_from():
    hosts = r"https?://[^\s\"']*\.(tgz|whl|tar\.gz)"
    files = subprocess.run(["git", "ls-files", "tests/scanners"], cwd=ROOT, capture_output=True, text=True, check=True)

    assert [name for name in files.stdout.split() if re.search(hosts, (ROOT / name).read_text("utf-8"))] == []
