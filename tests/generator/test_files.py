"""`python -m generator` writes the templates; `--check` fails on whatever is not current."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generator.contract import REVIEW_FILE
from tests.conftest import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the generator reads and writes."""
    for name in ("generator", "config", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def generator(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "generator", *arguments],
        cwd=project,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
    )


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_committed_templates_are_current():
    run = generator(ROOT, "--check")

    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_a_stale_template_fails_the_check_with_a_difference_and_the_cure(project):
    template = project / "templates/environment.yaml"
    template.write_text(template.read_text().replace("10.38.8.0/23", "10.99.8.0/23"))

    run = generator(project, "--check")

    assert run.returncode == 1
    assert "-      CidrBlock: 10.99.8.0/23" in run.stdout.replace('"', "")
    assert "+      CidrBlock: 10.38.8.0/23" in run.stdout.replace('"', "")
    assert run.stderr == "templates are not current; to mend: python -m generator\n"


def test_a_changed_config_fails_the_check(project):
    config = project / "config/default.toml"
    config.write_text(config.read_text().replace('"single" ', '"per-zone" '))

    run = generator(project, "--check")

    assert run.returncode == 1
    assert "+  NatGatewayB:" in run.stdout


@pytest.mark.parametrize("name", ["templates/old.yaml", "templates/gone/environment.yaml"])
def test_an_orphan_file_fails_the_check(project, name):
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("old")

    run = generator(project, "--check")

    assert (run.returncode, run.stdout) == (1, f"{name}: no config makes this file\n")


def test_a_missing_template_fails_the_check(project):
    (project / "templates/workstation.yaml").unlink()

    assert generator(project, "--check").returncode == 1


def test_a_stale_config_schema_fails_the_check(project):
    (project / "config/schema.json").write_text("{}\n")

    assert generator(project, "--check").returncode == 1


def test_writing_mends_everything_and_says_what_it_did(project):
    before = tree(project / "templates")
    (project / "templates/environment.yaml").write_text("stale")
    (project / "templates/old.yaml").write_text("orphan")

    run = generator(project)

    assert (run.returncode, run.stdout) == (0, "wrote templates/environment.yaml\nremoved templates/old.yaml\n")
    assert tree(project / "templates") == before


def test_a_second_run_writes_nothing(project):
    run = generator(project)

    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_one_config_leaves_the_others_alone(project):
    (project / "templates/maximal/environment.yaml").write_text("stale")

    assert generator(project, "--check", "--config", "config/default.toml").returncode == 0
    assert generator(project, "--check", "--config", "config/maximal.toml").returncode == 1


def test_a_new_config_makes_a_folder_of_its_own(project):
    (project / "config/team.toml").write_text('[[workstation]]\nname = "grace"\n')

    run = generator(project, "--config", "config/team.toml")

    assert run.stdout.splitlines() == [
        f"wrote templates/team/{name}" for name in ("environment.yaml", "workstation.yaml", "stacks.json")
    ]


def test_a_bad_config_is_answered_in_words_and_nothing_is_written(project):
    (project / "config/default.toml").write_text('[network]\nnat = "many"\n')
    before = tree(project)

    run = generator(project)

    assert run.returncode == 1
    assert run.stderr.startswith('config/default.toml has 1 finding:\n  network.nat: got "many", want one of ')
    assert tree(project) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--chekc"], "python -m generator: unknown argument '--chekc'; try --help\n"),
        (["--config"], "python -m generator: --config wants a file; try --help\n"),
    ],
)
def test_wrong_usage_is_answered_in_a_line(arguments, message):
    run = generator(ROOT, *arguments)

    assert (run.returncode, run.stderr) == (2, message)


def test_a_config_that_is_not_there_is_answered_in_a_line(tmp_path):
    run = generator(ROOT, "--config", str(tmp_path / "none.toml"))

    assert run.returncode == 2
    assert run.stderr.startswith("python -m generator: cannot read the config: ")
    assert run.stderr.count("\n") == 1


def test_help_is_the_header():
    run = generator(ROOT, "--help")

    assert run.returncode == 0
    assert run.stdout.startswith("Write `templates/` from `config/`, or check that it is current.")


MACHINES = {
    "hash seed 0": {"PYTHONHASHSEED": "0"},
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "hash seed 4242": {"PYTHONHASHSEED": "4242"},
    "hash seed 4294967295": {"PYTHONHASHSEED": "4294967295"},
    "locale C": {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "locale C.UTF-8": {"LC_ALL": "C.UTF-8", "TZ": "Asia/Kathmandu", "AWS_REGION": "eu-west-1"},
}


@pytest.mark.parametrize("machine", MACHINES)
def test_the_files_are_the_same_to_the_byte_on_every_machine(project, machine):
    shutil.rmtree(project / "templates")
    (project / "config/schema.json").unlink()

    run = generator(project, **MACHINES[machine])

    assert run.returncode == 0
    others = {name: text for name, text in tree(ROOT / "templates").items() if Path(name).name != REVIEW_FILE}
    assert tree(project / "templates") == others
    assert (project / "config/schema.json").read_bytes() == (ROOT / "config/schema.json").read_bytes()


def test_the_review_page_is_left_where_it_is_until_its_templates_go(project):
    for place in ("templates", "templates/minimal"):
        (project / place / REVIEW_FILE).write_text("a page")
    assert generator(project, "--check").returncode == 0
    (project / "config/minimal.toml").unlink()

    assert "removed templates/minimal/review.html" in generator(project).stdout
    assert (project / "templates" / REVIEW_FILE).read_text() == "a page"


def test_an_interrupted_write_leaves_the_old_file(project):
    """The disk is full: the temporary file cannot be written, and the old one stays whole."""
    template = project / "templates/environment.yaml"
    template.write_text("old")
    limit = 'ulimit -f 4; exec "$0" -m generator'

    run = subprocess.run(["bash", "-c", limit, sys.executable], cwd=project, capture_output=True, text=True)

    assert run.returncode != 0
    assert template.read_text() == "old"
    assert [path.name for path in template.parent.iterdir() if path.name.startswith(".")] == []
