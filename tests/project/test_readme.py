"""The README is true: its commands are run, and what it shows is what they print."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()

SHOWN = dict(re.findall(r"```console\n\$ (.+?)\n(.*?)```", README, re.DOTALL))
"""Output by command, as the README shows it."""


def without_times(text: str) -> list[str]:
    return [re.sub(r" \(\d+ s\)$", "", line) for line in text.splitlines()]


def test_the_local_deploy_prints_what_the_readme_shows(tmp_path):
    checkout = tmp_path / "a checkout"
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, tracked.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "docs/")):
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, checkout / name)
    (checkout / ".venv").symlink_to(Path(sys.executable).parent.parent)
    command = "./deploy.sh --local demo demo-bucket us-east-1"
    environment = {**os.environ, "HOME": str(tmp_path)}

    try:
        run = subprocess.run(command.split(), cwd=checkout, env=environment, capture_output=True, text=True)
    finally:
        subprocess.run(["./deploy.sh", "--local", "--stop"], cwd=checkout, env=environment, capture_output=True)

    assert run.returncode == 0
    lines = iter(without_times(run.stderr))
    assert [line for line in SHOWN[command].splitlines() if line not in lines] == []


def test_the_cost_is_what_the_readme_shows():
    command = ".venv/bin/python -m analysis cost"

    run = subprocess.run([sys.executable, *command.split()[1:]], cwd=ROOT, capture_output=True, text=True)

    assert (run.returncode, run.stdout) == (0, SHOWN[command])


def test_the_proof_is_what_the_readme_shows():
    command = ".venv/bin/python -m netlab"

    run = subprocess.run([sys.executable, *command.split()[1:]], cwd=ROOT, capture_output=True, text=True)
    # Where no packet can be sent the program answers, and says so.
    printed = run.stdout.replace(" questions to the program in ", " packets in ").splitlines()

    assert run.returncode == 0
    assert [line for line in SHOWN[command].splitlines() if line not in (*printed, "…")] == []


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_every_link_of_the_readme_leads_somewhere(target):
    assert (ROOT / target).exists()


def test_every_command_that_the_readme_shows_is_run_by_a_test():
    assert set(SHOWN) == {
        "./deploy.sh --local demo demo-bucket us-east-1",
        "./test.sh",
        ".venv/bin/python -m analysis cost",
        ".venv/bin/python -m netlab",
    }


def test_the_readme_fits_on_few_screens():
    assert len(README.splitlines()) <= 90
