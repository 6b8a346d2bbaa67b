"""What a person sees of stacks on their way: a frame that fits a terminal, or lines for a log. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from deployment.tree import UNDOING, Row, Tree

INDENT = 2
TYPE_WIDTH = 60
"""Below this many columns the resource types are left out."""
SLOW_SECONDS = 10
"""What took at least this long is named in the last frame."""
SLOWEST = 5


@dataclass(frozen=True)
class Line:
    """One line of a frame; `mood` is `good`, `bad`, `busy` or empty, and never says more than the text."""

    text: str
    mood: str = ""


def frame(trees: Sequence[Tree], *, width: int, height: int, now: datetime) -> tuple[Line, ...]:
    """The trees in at most `height` lines of at most `width` columns; what does not fit is counted."""
    begun = [tree for tree in trees if tree.began]
    if not begun or height < 1:
        return ()
    lines: list[Line] = []
    for position, tree in enumerate(begun):
        room = (height - len(lines)) // (len(begun) - position)
        lines += _tree_lines(tree, width=width, height=max(1, room), now=now)
    return tuple(Line(cut(line.text, width), line.mood) for line in lines[:height])


def last_frame(tree: Tree, *, width: int, now: datetime) -> tuple[Line, ...]:
    """What stays on the terminal once a stack has ended: what failed, and what took longest."""
    failed = [row for row in tree.rows if row.reason]
    slow = sorted((row for row in tree.rows if row.seconds(now) >= SLOW_SECONDS and not row.reason), key=_longest(now))
    shown = (*failed, *slow[:SLOWEST])
    lines = [*_rows(shown, width=width, now=now), *_others(tree, shown)] if shown else []
    return tuple(Line(cut(line.text, width), line.mood) for line in lines)


def changes(before: Tree, after: Tree, *, now: datetime) -> Iterator[str]:
    """One line for each resource that reached another end since `before`, and one when the stack turns back."""
    ends = {row.name: (row.state, row.ended) for row in before.rows}
    if after.doing == UNDOING != before.doing:
        yield f"{after.label}: something failed; CloudFormation undoes what it did"
    for row in after.rows:
        if row.ended and ends.get(row.name) != (row.state, row.ended):
            reason = f": {row.reason}" if row.failed else ""
            yield f"{after.label}: {row.name} {row.state} ({duration(row.seconds(now))}){reason}"


def still(tree: Tree, *, now: datetime) -> str:
    """What is under way, one line, for a log where nothing has happened for a while."""
    busy = sorted((row for row in tree.rows if not row.ended), key=_longest(now))
    names = ", ".join(f"{row.name} {row.state} for {duration(row.seconds(now))}" for row in busy[:3])
    return f"{head(tree, now=now)}{f'; {names}' if names else ''}"


def head(tree: Tree, *, now: datetime) -> str:
    """The stack, how far it is, for how long, and what is left."""
    done = sum(1 for row in tree.rows if row.ended and row.state not in ("failed", "cancelled"))
    parts = [f"{tree.label}: {tree.doing or 'changing'}"]
    parts += [f"{done} of {tree.total}"] if tree.creates else [f"{done} done"]
    if tree.began:
        parts.append(duration(((tree.ended or now) - tree.began).total_seconds()))
    left = tree.left_seconds(now)
    if left is not None and not tree.ended:
        parts.append(f"about {duration(left)} left" if left else "nearly done")
    return ", ".join(parts)


def cut(text: str, width: int) -> str:
    """At most `width` columns, with `…` where something was cut off; control characters are taken out."""
    plain = "".join(character if character.isprintable() else "?" for character in text)
    return plain if len(plain) <= width else f"{plain[: max(0, width - 1)]}…"[:width]


def duration(seconds: float) -> str:
    """`8 s`, `2 min 5 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _tree_lines(tree: Tree, *, width: int, height: int, now: datetime) -> list[Line]:
    lines = [Line(head(tree, now=now), "bad" if tree.doing == UNDOING else "")]
    failed = [row for row in tree.rows if row.reason]
    busy = sorted((row for row in tree.rows if not row.ended and not row.reason), key=_longest(now))
    done = sorted((row for row in tree.rows if row.ended and not row.reason), key=lambda row: row.ended, reverse=True)
    room = height - len(lines)
    wanted = [*failed, *busy, *done]
    fits = wanted if len(wanted) <= room and not _waiting(tree) else wanted[: max(0, room - 1)]
    lines += _rows(fits, width=width, now=now)
    if len(lines) < height:
        lines += _others(tree, fits)
    return lines


def _rows(rows: Sequence[Row], *, width: int, now: datetime) -> Iterator[Line]:
    name_width = max((len(row.name) for row in rows), default=0)
    types = width >= TYPE_WIDTH and bool(rows)
    type_width = max((len(_short(row.type)) for row in rows), default=0)
    state_width = max((len(row.state) for row in rows), default=0)
    for row in rows:
        kind = f"{_short(row.type):<{type_width}}  " if types else ""
        reason = f"  {row.reason}" if row.reason else ""
        took = duration(row.seconds(now))
        text = f"{'':<{INDENT}}{row.name:<{name_width}}  {kind}{row.state:<{state_width}}  {took:>10}{reason}"
        yield Line(text.rstrip(), _mood(row))


def _others(tree: Tree, shown: Sequence[Row]) -> list[Line]:
    names = {row.name for row in shown}
    counts: Mapping[str, int] = {}
    for row in tree.rows:
        if row.name not in names:
            counts = {**counts, row.state: counts.get(row.state, 0) + 1}
    parts = [f"{count} {state}" for state, count in counts.items()]
    waiting = _waiting(tree)
    parts += [f"{waiting} waiting"] if waiting else []
    return [Line(f"{'':<{INDENT}}and {', '.join(parts)}")] if parts else []


def _waiting(tree: Tree) -> int:
    begun = {row.name for row in tree.rows}
    return len(set(tree.expected.seconds) - begun) if tree.creates and not tree.ended else 0


def _short(kind: str) -> str:
    """`AWS::EC2::NatGateway` to `EC2 NatGateway`."""
    return " ".join(kind.split("::")[1:]) or kind


def _mood(row: Row) -> str:
    if row.reason:
        return "bad"
    return "good" if row.ended else "busy"


def _longest(now: datetime) -> Callable[[Row], float]:
    return lambda row: -row.seconds(now)
