"""The linters that pre-commit runs find nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

SCRIPTS = ("deploy.sh", "test.sh", "util/venv.sh", ".ci/run")
SHFMT = ("-i", "4", "-ci", "-d")


def run(*command: str) -> str:
    """What a linter of the project's environment says; nothing is what we want."""
    tool = Path(sys.executable).with_name(command[0])
    finished = subprocess.run([str(tool), *command[1:]], cwd=ROOT, capture_output=True, text=True)
    return finished.stdout + finished.stderr if finished.returncode else ""


def test_ruff_finds_nothing():
    assert run("ruff", "check", "--no-cache", ".") == ""


def test_ruff_would_format_nothing():
    assert run("ruff", "format", "--no-cache", "--check", ".") == ""


def test_shellcheck_finds_nothing():
    assert run("shellcheck", *scripts()) == ""


def test_shfmt_would_format_nothing():
    assert run("shfmt", *SHFMT, *scripts()) == ""


def test_cfn_lint_finds_nothing_by_the_command_of_the_guide():
    templates = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("templates/**/*.yaml"))

    assert run("cfn-lint", "-c", "I", "--", *templates) == ""


def scripts() -> list[str]:
    """Every tracked shell script, found by its first line."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    return [name for name in tracked if name and (ROOT / name).is_file() and is_shell(ROOT / name)]


def is_shell(path: Path) -> bool:
    with path.open("rb") as file:
        return re.match(rb"#!.*\b(ba)?sh\b", file.readline()) is not None


def test_every_script_is_found():
    assert set(SCRIPTS) <= set(scripts())


def test_a_linter_can_find_something(tmp_path):
    (tmp_path / "bad.sh").write_text("#!/usr/bin/env bash\necho $1\n")

    assert "SC2086" in run("shellcheck", str(tmp_path / "bad.sh"))


def test_pre_commit_runs_every_linter():
    """The hooks are local ones, so that they run the versions of the lock file."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]

    assert [repo["repo"] for repo in hooks] == ["local"]
    assert [hook["id"] for hook in hooks[0]["hooks"]] == [
        "templates",
        "picture",
        "isolation",
        "controls",
        "scanners",
        "review",
        "cfn-lint",
        "ruff-check",
        "ruff-format",
        "shellcheck",
        "shfmt",
    ]


@pytest.mark.parametrize("name", ["deploy.sh", "test.sh"])
def test_help_is_the_header_comment(name):
    header = (ROOT / name).read_text().split("\n\n", 1)[0].splitlines()[1:]

    run = subprocess.run([str(ROOT / name), "--help"], capture_output=True, text=True)

    assert (run.returncode, run.stdout.splitlines()) == (0, [line[2:] for line in header])
