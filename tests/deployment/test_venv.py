"""The Python environment is made once, again when the lock file changes, and whatever interrupts it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deployment.conftest import run

LOCK = "# nothing is needed\n"
NO_ENSUREPIP = """
import runpy, sys
sys.modules["ensurepip"] = None
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture
def place(root: Path, tmp_path: Path) -> Path:
    """A project with an empty lock file, in a directory with a space."""
    place = tmp_path / "the project"
    shutil.copytree(root / "util", place / "util")
    (place / "requirements.lock").write_text(LOCK)
    return place


def environment(**more: str) -> dict[str, str]:
    python = os.path.dirname(os.path.realpath(sys.executable))
    return {"PATH": f"{python}:/usr/bin:/bin", "LANG": "C", "PIP_NO_INDEX": "1", **more}


def make(place: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return run([place / "util" / "venv.sh", *words], cwd=place.parent, environment=environment(**more))


def test_the_environment_is_made_once_and_again_for_another_lock_file(place: Path) -> None:
    python = place / ".venv" / "bin" / "python"
    first, second = make(place), make(place)
    (place / "requirements.lock").write_text(LOCK + "# changed\n")
    third = make(place, PYTHONPATH="/nowhere", PYTHONHOME="/nowhere")

    line = f"setting up {place}/.venv from requirements.lock (once, about a minute)\n"
    expected = [(0, f"{python}\n", line), (0, f"{python}\n", ""), (0, f"{python}\n", line)]
    assert expected == [(done.returncode, done.stdout, done.stderr) for done in (first, second, third)]
    assert run([python, "-c", "pass"], cwd=place, environment={}).returncode == 0


def test_a_half_made_environment_is_made_again(place: Path) -> None:
    (place / ".venv" / "bin").mkdir(parents=True)
    (place / ".venv" / "installing").touch()
    (place / ".venv" / "rubbish").touch()

    assert make(place).returncode == 0
    assert not (place / ".venv" / "rubbish").exists()
    assert not (place / ".venv" / "installing").exists()


def test_an_environment_of_others_behind_a_link_stays_as_it_is(place: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "installing").touch()
    (place / ".venv").symlink_to(theirs)

    assert make(place).returncode == 0
    assert [path.name for path in theirs.iterdir()] == ["installing"]
    assert not (place / ".venv").is_symlink()


def test_two_at_once_make_one_environment(place: Path) -> None:
    command = [str(place / "util" / "venv.sh")]
    both = [
        subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    ended = [(*process.communicate(), process.returncode) for process in both]

    assert [status for _, _, status in ended] == [0, 0]
    assert {stdout for stdout, _, _ in ended} == {f"{place}/.venv/bin/python\n"}
    assert sum(stderr.count("setting up") for _, stderr, _ in ended) == 1


def test_a_failed_installation_says_why_and_where_the_log_is(place: Path) -> None:
    digest = "0" * 64
    (place / "requirements.lock").write_text(f"no-such-package==1.0 --hash=sha256:{digest}\n")

    done = make(place)

    assert (done.returncode, done.stdout) == (1, "")
    last = done.stderr.splitlines()[-1]
    assert last.startswith("pip could not install requirements.lock: ERROR: ")
    assert last.endswith(f"; the whole log is {place}/.cache/pip.log")
    assert (place / ".cache" / "pip.log").is_file()
    assert not (place / ".venv" / "requirements.lock").exists()


def test_no_python_says_what_to_install(place: Path, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("bash", "dirname", "cmp"):
        (tools / name).symlink_to(shutil.which(name) or "")
    (tools / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tools / "python3").chmod(0o755)

    done = run([tools / "bash", place / "util" / "venv.sh"], cwd=place, environment={"PATH": str(tools)})

    expected = (
        "no Python 3.11 or newer on PATH; install one: sudo apt install python3 python3-venv (Debian 12, Ubuntu "
        "24.04), sudo dnf install python3.11 (Amazon Linux 2023, Fedora), brew install python@3.13 (macOS)\n"
    )
    assert (1, "", expected) == (done.returncode, done.stdout, done.stderr)


def test_a_python_without_venv_says_which_package_is_missing(place: Path) -> None:
    words = [sys.executable, "-c", NO_ENSUREPIP, place / "util" / "install_requirements.py", place]

    done = run(words, cwd=place, environment=environment())

    expected = "this Python cannot make environments (no ensurepip); run `sudo apt install python3-venv`, then repeat\n"
    assert (1, "", expected) == (done.returncode, done.stdout, done.stderr)
    assert not (place / ".venv").exists()


def test_finding_a_python_installs_nothing(place: Path) -> None:
    done = make(place, "--find")

    assert done.returncode == 0
    assert Path(done.stdout.strip()).is_file()
    assert not (place / ".venv").exists()
