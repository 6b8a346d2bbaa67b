"""Plays recorded events on a terminal: two stacks side by side, then how they ended. Run by test_live_display.py."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta

from deployment.events import Event
from deployment.talk import Talk
from deployment.tree import Expected, Tree, grow
from tests.deployment.stack_events import MADE, ROLLED_BACK, Short, oldest_first


def many(count: int) -> tuple[Short, ...]:
    first = ((0, "big", "", "CREATE_IN_PROGRESS", "User Initiated"),)
    made = ((20 + number, f"Subnet{number:03}", "EC2::Subnet", "CREATE_IN_PROGRESS", "") for number in range(count))
    return (*first, *made, (30, "Subnet000", "EC2::Subnet", "CREATE_COMPLETE", ""))


def shifted(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """The same, as if it had just happened."""
    past = datetime.now(UTC) - timedelta(seconds=200) - events[0].moment
    return tuple(Event(**{**vars(event), "moment": event.moment + past}) for event in events)


def main() -> None:
    big = int(sys.argv[1])
    stories = {
        "environment demo": shifted(oldest_first("demo", MADE)),
        "environment poor": shifted(oldest_first("demo", ROLLED_BACK)),
        "environment big": shifted(oldest_first("big", many(big))),
    }
    trees = {label: Tree(label, expected=Expected()) for label in stories}
    with (
        Talk() as talk,
        talk.step("deploying"),
        talk.panel(lambda: trees["environment demo"]),
        talk.panel(lambda: trees["environment poor"]),
        talk.panel(lambda: trees["environment big"]),
    ):
        for position in range(max(map(len, stories.values()))):
            for label, story in stories.items():
                trees[label] = grow(trees[label], story[position : position + 1])
            time.sleep(0.02 if position < 40 else 0)
        talk.say("in the midst: [bold]\x1b[31mno markup[/bold]".replace("\x1b", ""))
        time.sleep(0.6)  # a frame of everything
    print("the end", file=sys.stderr)


main()
