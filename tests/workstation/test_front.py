"""The command's front: instant help, global options anywhere, and one line for each mistake."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"boto3", "botocore", "rich", "troposphere", "awacs", "dataclasses", "typing", "pathlib", "cloud", "generator"}
"""What `--help` may not cost: the libraries, and those parts of the standard library that alone double its time."""


def imported(root: Path, *words: str) -> set[str]:
    code = (
        f"import sys; from workstation.__main__ import main\ntry: main({list(words)!r})\nfinally: print(*sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-S", "-c", code], cwd=root, capture_output=True, text=True, check=False)
    return set(answer.stdout.splitlines()[-1].split())


def test_help_imports_nothing_that_takes_time(root: Path) -> None:
    assert not imported(root, "--help") & HEAVY


def test_a_wrong_verb_imports_no_aws_library(root: Path) -> None:
    assert not imported(root, "lst") & HEAVY


def test_help_of_a_verb_imports_neither_boto3_nor_rich(root: Path) -> None:
    assert not imported(root, "list", "--help") & {"boto3", "botocore", "rich", "troposphere"}


def test_help_names_every_verb(root: Path, run) -> None:
    answer = run("--help")

    assert answer.returncode == 0
    assert [line.split()[0] for line in answer.stdout.splitlines() if line.startswith("  ") and line[2] != "-"] == [
        "list",
        "ssh-config",
        "proxy",
    ]


@pytest.mark.parametrize(
    "start", [["-m", "workstation"], ["workstation"], [os.path.join("workstation", "__main__.py")]]
)
def test_it_starts_as_a_module_a_directory_and_a_file(root: Path, start: list[str]) -> None:
    answer = subprocess.run([sys.executable, *start, "--help"], cwd=root, capture_output=True, text=True, check=False)

    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith("usage: workstation [OPTIONS] VERB …")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["lisst"], "workstation: verb: got 'lisst', want one of list, ssh-config, proxy; did you mean list?"),
        (["\x1b[31m"], "workstation: verb: got '\\x1b[31m', want one of list, ssh-config, proxy"),
        (["list", "--jso"], "workstation list: unrecognized arguments: --jso"),
        (["list", "--region"], "workstation list: argument --region: expected one argument"),
        (
            ["ssh-config", "--write", "--remove"],
            "workstation ssh-config: argument --remove: not allowed with argument --write",
        ),
        (["proxy", "ada"], "workstation proxy: the following arguments are required: PORT"),
    ],
)
def test_wrong_usage_is_one_line_and_where_to_read_on(run, words: list[str], message: str) -> None:
    answer = run(*words)

    assert answer.returncode == 2
    assert answer.stderr.splitlines() == [message, f"help: {message.partition(':')[0]} --help"]


def test_no_verb_prints_the_help_as_talk(run) -> None:
    answer = run()

    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith("usage: workstation")


def test_a_file_without_write_is_refused(run) -> None:
    answer = run("ssh-config", "--file", "config")

    assert answer.returncode == 2
    assert answer.stderr == "workstation: --file goes with --write or --remove; without them the block is printed\n"


@pytest.mark.parametrize("place", [["--region", "us-esat-1", "list"], ["list", "--region", "us-esat-1"]])
def test_a_wrong_region_is_explained_before_and_after_the_verb(run, place: list[str]) -> None:
    answer = run(*place)

    assert answer.returncode == 1
    assert answer.stderr.startswith(
        "workstation: region: got 'us-esat-1', want the name of an AWS region; did you mean us-east-1"
    )


def test_a_python_without_the_libraries_is_named(root: Path) -> None:
    environment = {**os.environ, "AWS_REGION": "us-east-1"}
    command = [sys.executable, "-S", str(root / "workstation"), "list"]  # -S: without site-packages
    answer = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    assert answer.returncode == 1
    assert answer.stderr == (
        f"workstation: {sys.executable} lacks boto3; run `{sys.executable} -m pip install boto3 rich`\n"
    )
