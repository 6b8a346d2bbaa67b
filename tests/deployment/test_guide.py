"""docs/guides/deploying.md is executed: every `$ command` in it prints what the guide shows, in its order.

`…` stands for any lines. What differs at every run, such as times and ids, is made equal first.
An invisible `<!-- fault: {…} -->` tells the local AWS to fail that call once in the next block.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.deployment.conftest import Checkout

pytestmark = pytest.mark.xdist_group("guide")

BLOCK = re.compile(r"(?:<!-- fault: (?P<fault>.*?) -->.*?)?^```console\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
ANY_LINES = "…"
VARYING = (
    (r"\(\d+ (s|min \d+ s|min)\)", "(0 s)"),
    (r"http://localhost:\d+", "http://localhost:0"),
    (r"\b(i|vol|subnet|sg|vpc|snap|eipalloc|nat)-[0-9a-f]{8,17}\b", r"\1-0"),
)
SCENES = {
    "first deploy": "environment demo: created",
    "deploy without a change": "nothing changed",
    "another instance type": "modify  stop and start  Instance",
    "another image, refused": "demo-ada/Instance (AWS::EC2::Instance) would be replaced",
    "failed deploy, with its cause": "  that is: AWS has no machine of this type free",
    "recovery": "workstation ada (failed before): removed, it held nothing",
    "removal": "2 removed",
}
"""What a guide to deploying has to show, by a line of its output."""


@dataclass(frozen=True)
class Example:
    """A command of the guide, and what it shows below it."""

    command: str
    expected: tuple[str, ...]
    fault: Mapping[str, Any] | None = None


def examples(guide: str) -> Iterator[Example]:
    for block in BLOCK.finditer(guide):
        fault = json.loads(block["fault"]) if block["fault"] else None
        for part in re.split(r"^\$ ", block["text"], flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield Example(command, tuple(normal(output)), fault)
            fault = None


def normal(text: str) -> list[str]:
    for pattern, replacement in VARYING:
        text = re.sub(pattern, replacement, text)
    return text.splitlines()


def finding(expected: Sequence[str], got: Sequence[str]) -> str | None:
    """The first line of the guide that did not come; None when all did, in their order and with nothing between."""
    position, free = 0, False
    for line in expected:
        if line == ANY_LINES:
            free = True
            continue
        rest = got[position:] if free else got[position : position + 1]
        if line not in rest:
            return line
        position, free = position + rest.index(line) + 1, False
    return None if free or position == len(got) else f"and then: {got[position]}"


@pytest.fixture(scope="module")
def checkout(make_checkout: Callable[[], Checkout], root: Path) -> Iterator[Checkout]:
    made = make_checkout()
    (made.root / ".venv").symlink_to(root / ".venv")
    (made.bin / "aws").unlink()
    yield made
    made.deploy("--local", "--stop")


def run(checkout: Checkout, command: str) -> tuple[int, str]:
    done = subprocess.run(
        shlex.split(command),
        cwd=checkout.root,
        env=checkout.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout


def test_every_command_of_the_guide_prints_what_the_guide_shows(root: Path, checkout: Checkout) -> None:
    shown = list(examples((root / "docs" / "guides" / "deploying.md").read_text()))
    status, wrong = 0, []
    for example in shown:
        if example.fault:
            checkout.faults(example.fault)
        if example.command == "echo $?":
            output = f"{status}\n"
        else:
            status, output = run(checkout, example.command)
        missing = finding(example.expected, normal(output))
        if missing is not None:
            wrong.append(f"$ {example.command}\nwant: {missing}\ngot:\n{output}")

    assert len(shown) >= 7
    assert "\n\n".join(wrong) == ""


@pytest.mark.parametrize("scene", SCENES)
def test_the_guide_shows_every_scene_of_a_deploy(root: Path, scene: str) -> None:
    shown = examples((root / "docs" / "guides" / "deploying.md").read_text())

    assert [example.command for example in shown if any(SCENES[scene] in line for line in example.expected)] != []


@pytest.mark.parametrize(
    ("expected", "got", "wrong"),
    [
        (["a", "b"], ["a", "b"], None),
        (["a", "…", "c"], ["a", "b", "b", "c"], None),
        (["…", "c"], ["c"], None),
        (["a", "…"], ["a", "b"], None),
        (["a", "c"], ["a", "b", "c"], "c"),
        (["a"], ["a", "b"], "and then: b"),
        (["…", "b", "a"], ["a", "b"], "a"),
        (["a"], [], "a"),
    ],
)
def test_the_comparison_misses_nothing(expected: list[str], got: list[str], wrong: str | None) -> None:
    assert finding(expected, got) == wrong
