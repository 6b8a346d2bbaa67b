"""The review page: whole, well formed, current, and the same everywhere."""

from __future__ import annotations

import copy
import dataclasses
import itertools
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from analysis.__main__ import main
from analysis.committed import Committed, read_committed
from analysis.review.changes import compare
from analysis.review.facts import read_facts
from analysis.review.page import page
from tests.analysis.html_text import Page
from tests.conftest import ROOT

CONFIGS = sorted(str(file.parent.relative_to(ROOT)) for file in (ROOT / "templates").rglob("stacks.json"))
"""Every directory of generated templates."""
HOSTILE = """<script>alert(1)</script>"'`&--><img src=x onerror=alert(2)>{{ 7*7 }}"""


@pytest.fixture(scope="module")
def committed(root: Path) -> Committed:
    return read_committed(root / "templates")


@pytest.fixture(scope="module")
def default(committed: Committed) -> str:
    return page(read_facts(committed))


def edited(committed: Committed, *path: str, value: Any) -> Committed:
    """The same templates with one value changed, or taken out where `value` is None."""
    templates = copy.deepcopy(dict(committed.templates))
    place: Any = templates
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return dataclasses.replace(committed, templates=templates)


@pytest.mark.parametrize("directory", CONFIGS)
def test_every_resource_setting_parameter_and_output_is_on_a_page_that_is_well_formed(root: Path, directory: str):
    committed = read_committed(root / directory)
    facts = read_facts(committed)
    made = Page(page(facts))

    ids = made.attributes("id")
    assert sorted(ids) == sorted(set(ids))
    assert [link for link in made.attributes("href") if link[1:] not in {*ids, "ata:,"}] == []
    assert len(facts.stacks) == 1 + len(committed.stacks["workstations"])
    for stack in facts.stacks:
        template = committed.templates[stack.template]
        assert {f"{stack.slug}-{name}" for name in template["Resources"]} <= set(ids)
        names = {*template["Parameters"], *template["Outputs"], *settings(template["Resources"].values())}
        assert [name for name in sorted(names) if name not in made.text] == []


def settings(resources: Iterable[dict[str, Any]]) -> set[str]:
    """Names of properties; `KeyName` is there only where a workstation has one."""
    return {name for item in resources for name in item.get("Properties", {})} - {"KeyName"}


def test_the_page_runs_no_script_and_loads_nothing(default: str):
    made = Page(default)
    policies = [found["content"] for tag, found in made.elements if tag == "meta" and "http-equiv" in found]

    assert not {"script", "iframe", "object", "form", "img"} & {tag for tag, _ in made.elements}
    assert [name for _, found in made.elements for name in found if name.startswith("on") or name == "style"] == []
    outside = [
        link for link in re.findall(r'(?:href|src)="([^"]{0,40})', default) if not link.startswith(("#", "data:"))
    ]
    assert outside == []
    assert len(policies) == 1
    assert re.sub(r"sha256-[A-Za-z0-9+/=]{44}", "DIGEST", str(policies[0])) == (
        "default-src 'none'; style-src 'DIGEST'; img-src data:; base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize(
    "path",
    [
        ("environment.yaml", "Description"),
        ("environment.yaml", "Resources", "Vpc", "Properties", "CidrBlock"),
        ("environment.yaml", "Resources", "Vpc", "DeletionPolicy"),
        ("environment.yaml", "Resources", "Vpc", "Properties", HOSTILE),
        ("environment.yaml", "Resources", "DataScientistUserPolicy", "Properties", "Description"),
        ("environment.yaml", "Resources", "WorkstationRole", "Properties", "ManagedPolicyArns"),
        ("workstation.yaml", "Parameters", "Owner", "Description"),
        ("workstation.yaml", "Outputs", "InstanceId", "Description"),
    ],
    ids=lambda path: path[-1][:20],
)
def test_hostile_text_in_a_template_stays_text(committed: Committed, path: tuple[str, ...]):
    value: Any = [HOSTILE] if path[-1] == "ManagedPolicyArns" else HOSTILE
    facts = read_facts(edited(committed, *path, value=value))

    for text in (page(facts), page(facts, compare(read_facts(committed), facts))):
        made = Page(text)
        assert not {"script", "img"} & {tag for tag, _ in made.elements}
        assert HOSTILE in made.text


def test_hostile_names_that_a_config_may_have_stay_text(committed: Committed):
    stacks = copy.deepcopy(dict(committed.stacks))
    stacks["workstations"][0]["parameters"]["KeyName"] = HOSTILE
    made = Page(page(read_facts(dataclasses.replace(committed, stacks=stacks))))

    assert not {"script", "img"} & {tag for tag, _ in made.elements}
    assert made.text.count(HOSTILE) == 2  # the parameter, and the machine's setting


def test_a_secret_parameter_is_not_on_the_page(committed: Committed):
    hidden = edited(committed, "workstation.yaml", "Parameters", "Owner", "NoEcho", value=True)
    stacks = copy.deepcopy(dict(hidden.stacks))
    stacks["workstations"][0]["parameters"]["Owner"] = "hunter2"

    assert "hunter2" not in page(read_facts(dataclasses.replace(hidden, stacks=stacks)))


def test_a_policy_from_elsewhere_is_named(committed: Committed):
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    path = ("environment.yaml", "Resources", "WorkstationRole", "Properties", "ManagedPolicyArns")

    assert (
        f"Not in the template: it also has {arn}" in Page(page(read_facts(edited(committed, *path, value=[arn])))).text
    )


def test_every_control_is_told_and_one_that_does_not_hold_stands_out(committed: Committed):
    path = ("workstation.yaml", "Resources", "HomeVolume", "Properties", "Encrypted")
    whole, spoilt = read_facts(committed, "default"), read_facts(edited(committed, *path, value=False), "default")
    text, good = Page(page(spoilt)).text, Page(page(whole)).text

    assert (whole.broken, spoilt.broken) == (0, 1)
    assert [item.control.asks for item in whole.controls if item.control.asks not in good] == []
    assert "Does not hold here" not in good
    assert text.count("Does not hold here:") == 1
    assert f"{whole.met - 1} of {len(whole.controls)} always met, 1 broken here" in text
    assert len(compare(whole, spoilt).controls_broken) == 1
    assert "Security controls that do not hold any more" in Page(page(spoilt, compare(whole, spoilt))).text


def test_an_action_without_words_is_shown_as_it_stands(committed: Committed):
    body = copy.deepcopy(dict(committed.templates))
    policy = body["environment.yaml"]["Resources"]["DataScientistUserPolicy"]["Properties"]["PolicyDocument"]
    policy["Statement"][0]["Action"] = ["ssm:StartSession", "iam:PassRole"]

    assert "<code>iam:PassRole</code>" in page(read_facts(dataclasses.replace(committed, templates=body)))


def test_the_page_is_the_same_bytes_under_every_hash_seed_and_locale(root: Path, default: str):
    program = (
        "import sys; from pathlib import Path; from analysis.committed import read_committed as read; "
        "from analysis.review.facts import read_facts; from analysis.review.page import page; "
        "from analysis.review.changes import compare; new, old = (read_facts(read(Path(d))) for d in sys.argv[1:]); "
        "sys.stdout.buffer.write((page(new) + page(new, compare(old, new))).encode())"
    )
    made = set()
    for seed, locale in itertools.product("01", ("C", "tr_TR.UTF-8")):
        surroundings = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale}
        command = [sys.executable, "-c", program, "templates", "templates/minimal"]
        made.add(subprocess.run(command, cwd=root, env=surroundings, capture_output=True, check=True).stdout)

    assert len(made) == 1
    assert made.pop().startswith(default.encode())


def test_the_committed_page_is_current(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(root)

    assert main(["review", "--check"]) == 0


def test_a_stale_page_is_refused_with_the_command_that_mends_it(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    for name in ("environment.yaml", "workstation.yaml", "stacks.json"):
        (tmp_path / "templates").mkdir(exist_ok=True)
        (tmp_path / "templates" / name).write_bytes((root / "templates" / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    assert main(["review", "--check"]) == 1
    assert main(["review"]) == 0
    assert main(["review", "--check"]) == 0
    file = tmp_path / "templates/workstation.yaml"
    file.write_text(file.read_text().replace("gp3", "gp2"))
    capsys.readouterr()

    assert main(["review", "--check"]) == 1
    expected = (
        "error: templates/review.html does not show the templates as they are now; run: python -m analysis review\n"
    )
    assert capsys.readouterr().err == expected


def test_older_templates_that_are_not_there_are_one_clear_line(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(root)

    assert main(["review", "--against", "nowhere"]) == 2
    expected = "error: nowhere/stacks.json: no such file; give --against the directory of older templates\n"
    assert capsys.readouterr().err == expected


def test_the_template_library_is_loaded_only_to_write_a_page(root: Path):
    program = "import sys, analysis.review.page, analysis.__main__; assert 'jinja2' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], cwd=root, check=True, capture_output=True)
