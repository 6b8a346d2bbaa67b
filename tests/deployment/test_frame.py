"""What a person sees of a stack on its way, on a terminal of any size and in a log."""

from __future__ import annotations

import pytest

from deployment.frame import changes, cut, duration, frame, head, last_frame, still
from deployment.tree import Expected, Tree, grow
from tests.deployment.stack_events import MADE, ROLLED_BACK, USER, moment, oldest_first
from tests.deployment.test_tree import tree

WIDTHS = (1, 2, 20, 59, 60, 80, 200)
MANY = 500


def text(lines) -> list[str]:
    return [line.text for line in lines]


def many(finished: int) -> Tree:
    made = [(0, "demo", "", "CREATE_IN_PROGRESS", USER)]
    for number in range(MANY):
        made.append((1, f"Subnet{number:03}", "EC2::Subnet", "CREATE_IN_PROGRESS", ""))
        if number < finished:
            made.append((2 + number, f"Subnet{number:03}", "EC2::Subnet", "CREATE_COMPLETE", ""))
    seconds = {f"Subnet{number:03}": 4 for number in range(MANY)}
    return tree(made, expected=Expected(seconds, dict.fromkeys(seconds, ())))


def test_a_frame_shows_the_stack_and_its_resources_with_times() -> None:
    shown = frame([tree(MADE[:8])], width=80, height=20, now=moment(52))

    assert text(shown) == [
        "environment demo: making, 2 of 5, 50 s, about 1 min 18 s left",
        "  NatGatewayA  EC2 NatGateway  making        30 s",
        "  NatAddressA  EC2 EIP         made          17 s",
        "  Vpc          EC2 VPC         made          12 s",
        "  and 2 waiting",
    ]
    assert [line.mood for line in shown] == ["", "busy", "good", "good", ""]


def test_a_narrow_terminal_gets_no_types() -> None:
    shown = frame([tree(MADE[:8])], width=50, height=20, now=moment(52))

    assert shown[1].text == "  NatGatewayA  making        30 s"


def test_what_failed_comes_first_and_says_why() -> None:
    shown = frame([tree(ROLLED_BACK[:9])], width=200, height=20, now=moment(8))

    assert text(shown)[0] == "environment demo: undoing, 0 done, 8 s"
    assert text(shown)[1].startswith("  NatAddressB  EC2 EIP  failed            1 s  the account has no Elastic IP")
    assert [line.mood for line in shown[:3]] == ["bad", "bad", "busy"]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("height", [0, 1, 2, 5, 24, 600])
def test_a_frame_always_fits(width: int, height: int) -> None:
    trees = [many(100), tree(ROLLED_BACK), tree(MADE)]
    shown = frame(trees, width=width, height=height, now=moment(700))

    assert len(shown) <= height
    assert all(len(line.text) <= width for line in shown)


def test_five_hundred_resources_are_counted_and_not_listed() -> None:
    shown = frame([many(100)], width=80, height=10, now=moment(102))

    assert len(shown) == 10
    assert shown[0].text == "environment demo: making, 100 of 500, 1 min 42 s, nearly done"
    assert shown[-1].text == "  and 100 made, 392 making"


def test_several_stacks_share_the_height_and_each_is_named() -> None:
    trees = [many(0), many(0), many(0)]
    shown = frame(trees, width=80, height=9, now=moment(5))

    assert [line.text.startswith("environment demo") for line in shown].count(True) == 3
    assert len(shown) == 9


def test_a_stack_without_an_event_has_no_frame() -> None:
    assert frame([Tree("environment demo")], width=80, height=20, now=moment(0)) == ()
    assert frame([], width=80, height=20, now=moment(0)) == ()


def test_the_last_frame_keeps_what_took_long() -> None:
    assert text(last_frame(tree(MADE), width=80, now=moment(132))) == [
        "  NatGatewayA  EC2 NatGateway  made  1 min 48 s",
        "  NatAddressA  EC2 EIP         made        17 s",
        "  Vpc          EC2 VPC         made        12 s",
    ]


def test_the_last_frame_of_a_failed_stack_keeps_what_failed() -> None:
    shown = text(last_frame(tree(ROLLED_BACK), width=60, now=moment(11)))

    assert shown[0].startswith("  NatAddressB  EC2 EIP  failed")
    assert shown[0].endswith("…")
    assert shown[1] == "  and 1 removed, 1 cancelled"


def test_a_quick_stack_leaves_nothing_behind() -> None:
    quick = tree(((0, "demo", "", "CREATE_IN_PROGRESS", USER), (1, "Vpc", "EC2::VPC", "CREATE_COMPLETE", "")))

    assert last_frame(quick, width=80, now=moment(2)) == ()


def log_of(short) -> list[str]:
    """What a log gets when every event comes by itself."""
    lines: list[str] = []
    before = Tree("environment demo")
    for event in oldest_first("demo", short):
        after = grow(before, (event,))
        lines += changes(before, after, now=event.moment)
        before = after
    return lines


def test_a_log_gets_one_line_for_each_resource() -> None:
    assert log_of(MADE) == [
        "environment demo: Vpc made (12 s)",
        "environment demo: NatAddressA made (17 s)",
        "environment demo: NatGatewayA made (1 min 48 s)",
    ]


def test_a_log_of_a_failure_says_why_and_that_it_is_undone() -> None:
    lines = log_of(ROLLED_BACK)

    assert lines[0].startswith("environment demo: NatAddressB failed (1 s): the account has no Elastic IP address left")
    assert lines[1:] == [
        "environment demo: NatAddressA cancelled (1 s)",
        "environment demo: Vpc cancelled (2 s)",
        "environment demo: something failed; CloudFormation undoes what it did",
        "environment demo: Vpc removed (2 s)",
    ]


def test_a_long_silence_in_a_log_is_filled_with_what_is_under_way() -> None:
    assert still(tree(MADE[:8]), now=moment(52)) == (
        "environment demo: making, 2 of 5, 50 s, about 1 min 18 s left; NatGatewayA making for 30 s"
    )
    assert still(tree(MADE[:2]), now=moment(2)) == head(tree(MADE[:2]), now=moment(2))


@pytest.mark.parametrize(
    ("words", "width", "expected"),
    [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("a", 0, ""), ("ab", 1, "…"), ("a\x1b[2Jb\nc", 20, "a?[2Jb?c")],
)
def test_text_is_cut_to_the_width_and_holds_no_control_character(words: str, width: int, expected: str) -> None:
    assert cut(words, width) == expected


@pytest.mark.parametrize(("seconds", "expected"), [(0, "0 s"), (59.6, "1 min 0 s"), (125, "2 min 5 s")])
def test_durations_are_in_minutes_and_seconds(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected
