"""The live display on a real terminal: no garbage while it lasts, a complete last frame when it ends."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from tests.deployment.conftest import Checkout
from tests.deployment.screen import GarbageError, Screen, shown


def played(root: Path, *, columns: int, rows: int, big: int = 3, **environment: str) -> Screen:
    inherited = {
        key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
    }
    status, screen = shown(
        [sys.executable, "-m", "tests.deployment.live_program", str(big)],
        columns=columns,
        rows=rows,
        environment={**inherited, "TERM": "xterm-256color", "PYTHONPATH": str(root), **environment},
        cwd=root,
    )
    assert status == 0, screen.lines
    return screen


def spaced(lines: list[str]) -> list[str]:
    return [" ".join(line.split()) for line in lines]


LAST = [
    "in the midst: [bold][31mno markup[/bold]",
    "NatGatewayA EC2 NatGateway made 1 min 48 s",
    "NatAddressA EC2 EIP made 17 s",
    "Vpc EC2 VPC made 12 s",
]


def test_the_last_frame_is_complete_and_nothing_of_the_others_is_left(root: Path) -> None:
    screen = played(root, columns=170, rows=40)
    lines = spaced(screen.lines)

    assert [line for line in LAST if line not in lines] == []
    assert any(line.startswith("NatAddressB EC2 EIP failed 1 s the account has no Elastic IP") for line in lines)
    assert re.fullmatch(r"deploying: done \(\d+ s\)", lines[-2])
    assert lines[-1] == "the end"
    assert not any("making," in line or "waiting" in line for line in lines), lines
    assert screen.cursor_shown
    assert screen.longest_frame > len(LAST)


def test_colours_say_nothing_and_are_left_out_when_they_are_not_wanted(root: Path) -> None:
    coloured, plain = played(root, columns=170, rows=40), played(root, columns=170, rows=40, NO_COLOR="1")

    assert any(colour.startswith("3") or ";3" in colour for colour in coloured.colours)
    assert not any(re.search(r"(^|;)[349]\d", colour) for colour in plain.colours), plain.colours
    assert spaced(coloured.lines) == spaced(plain.lines)


@pytest.mark.parametrize(("columns", "rows"), [(40, 10), (20, 6), (80, 24)])
def test_a_small_terminal_and_five_hundred_resources_leave_no_garbage(root: Path, columns: int, rows: int) -> None:
    screen = played(root, columns=columns, rows=rows, big=500)

    assert screen.longest_frame < rows
    assert any("deploying" in line for line in screen.live[-rows:]), screen.live
    assert all(len(line) <= columns for line in screen.lines)
    assert screen.lines[-1] == "the end"
    assert screen.cursor_shown


def test_a_terminal_that_cannot_move_its_cursor_gets_plain_lines(root: Path) -> None:
    screen = played(root, columns=80, rows=24, TERM="dumb")

    assert screen.longest_frame == 0
    assert screen.colours == set()
    assert spaced(screen.lines)[0] == "deploying …"


@pytest.mark.parametrize("text", ["\x1b]0;title\x07", "\x1b[1;1H", "\x00", "\x1b[5A"])
def test_the_terminal_of_these_tests_notices_garbage(text: str) -> None:
    with pytest.raises(GarbageError):
        Screen(80).write(text)


@pytest.mark.xdist_group("local-deploy")
def test_a_deploy_on_a_terminal_ends_as_it_does_in_a_log(local_checkout: Checkout) -> None:
    command = [local_checkout.root / "deploy.sh", "--local", "seen", "watch-bucket", "us-east-1"]
    environment = {**local_checkout.environment, "TERM": "xterm"}
    status, screen = shown(command, columns=100, rows=30, environment=environment, cwd=local_checkout.root)
    lines = screen.lines

    assert status == 0, lines
    assert re.fullmatch(r"environment seen: created \(.*\)", next(line for line in lines if "seen: created (" in line))
    assert lines[-2:] == ["2 created", "local: nothing was created on AWS"]
    assert not any("making" in line for line in lines), lines
    assert screen.cursor_shown
