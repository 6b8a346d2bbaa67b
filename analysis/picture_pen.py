"""Draws boxes, icons, words and arrows in AWS's colours: whole pixels only, no font is measured."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analysis.picture_icons import symbol, symbol_id
from analysis.picture_layout import Box

INK = "#232F3E"
MUTED = "#545B64"
PURPLE = "#8C4FFF"
TEAL = "#00A4A6"
GREEN = "#7AA116"
RED = "#DD344C"
PINK = "#C2185B"
PURPLE_WORDS, TEAL_WORDS, RED_WORDS = "#7A3FF0", "#007B7D", "#C8243D"
"""The same, darker: at least 4.5 to 1 on every fill, https://www.w3.org/TR/WCAG22/#contrast-minimum."""
LINE = "#D5DBDB"
WHITE = "#FFFFFF"
FONT = "'Amazon Ember', 'Helvetica Neue', Helvetica, Arial, sans-serif"
CORNER = 10

Point = tuple[int, int]


@dataclass(frozen=True)
class Stroke:
    """How a line looks; never its colour alone, so that it can be told apart without seeing colours."""

    colour: str
    dashes: str = "none"
    width: float = 2.5


ROUTE = Stroke(INK)
SESSION = Stroke(PINK, "9 5")
PRIVATE = Stroke(PURPLE, "2 4")


class Pen:
    """One drawing in the making; `text()` is the finished SVG."""

    def __init__(self, width: int, height: int, *, title: str, description: str) -> None:
        import drawsvg

        class Description(drawsvg.Title):
            TAG_NAME = "desc"

        self.library = drawsvg
        self.drawing = drawsvg.Drawing(width, height, role="img", aria_labelledby="title description", font_family=FONT)
        self.drawing.append(drawsvg.Title(title, id="title"))
        self.drawing.append(Description(description, id="description"))
        self.used: dict[str, Any] = {}

    def text(self) -> str:
        for name in sorted(self.used):
            self.drawing.append_def(self.used[name])
        return self.drawing.as_svg() + "\n"

    def box(
        self, box: Box, *, stroke: str, fill: str = "none", dashes: str = "none", width: float = 1.5, corner: int = 0
    ) -> None:
        self.drawing.append(
            self.library.Rectangle(
                box.x, box.y, box.width, box.height, rx=corner, fill=fill, stroke=stroke, stroke_width=width,
                stroke_dasharray=dashes,
            )
        )  # fmt: skip

    def icon(self, name: str, x: int, y: int, size: int, *, plate: bool = False) -> None:
        """The icon around (x, y); `plate` puts white under an icon that stands on a line."""
        self.used.setdefault(name, symbol(name))
        left, top = x - size // 2, y - size // 2
        if plate:
            self.drawing.append(self.library.Circle(x, y, size // 2 + 1, fill=WHITE))
        self.drawing.append(self.library.Use(symbol_id(name), left, top, width=size, height=size))

    def words(
        self,
        text: str,
        x: int,
        y: int,
        *,
        size: int = 13,
        colour: str = INK,
        bold: bool = False,
        anchor: str = "start",
        italic: bool = False,
        halo: bool = False,
    ) -> None:
        """One line of text on the baseline `y`; `halo` puts white around it where it crosses a line."""
        around = (
            {"stroke": WHITE, "stroke_width": 4, "stroke_linejoin": "round", "paint_order": "stroke"} if halo else {}
        )
        self.drawing.append(
            self.library.Text(
                text, size, x, y, fill=colour, text_anchor=anchor, font_weight="bold" if bold else None,
                font_style="italic" if italic else None, **around,
            )
        )  # fmt: skip

    def line(self, points: Sequence[Point], stroke: Stroke, *, arrow: bool = True) -> None:
        """A line of straight pieces with round corners, and an arrow head at its end."""
        end = _before_head(points) if arrow else points[-1]
        path = [*points[:-1], end]
        drawn = self.library.Path(
            fill="none", stroke=stroke.colour, stroke_width=stroke.width, stroke_dasharray=stroke.dashes
        )
        drawn.M(*path[0])
        for before, corner, after in zip(path, path[1:], path[2:], strict=False):
            entering, leaving = _towards(corner, before), _towards(corner, after)
            drawn.L(*entering).Q(*corner, *leaving)
        drawn.L(*path[-1])
        self.drawing.append(drawn)
        if arrow:
            self._head(points, stroke.colour)

    def join(self, left: int, right: int, y: int) -> None:
        """A thin line between two things that belong together."""
        self.drawing.append(self.library.Line(left, y, right, y, stroke=MUTED, stroke_width=1.5))

    def _head(self, points: Sequence[Point], colour: str) -> None:
        (tip_x, tip_y), (step_x, step_y) = points[-1], _direction(points[-2], points[-1])
        back_x, back_y = tip_x - 11 * step_x, tip_y - 11 * step_y
        side_x, side_y = 6 * step_y, 6 * step_x
        corners = (back_x + side_x, back_y + side_y, back_x - side_x, back_y - side_y)
        self.drawing.append(self.library.Lines(tip_x, tip_y, *corners, close=True, fill=colour))


def fitted(text: str, width: int, *, size: int = 13) -> str:
    """`text`, cut with `…` where it would be wider than `width` pixels in any common font."""
    if _width(text, size) <= width:
        return text
    cut = next(length for length in itertools.count(len(text) - 1, -1) if _width(f"{text[:length]}…", size) <= width)
    return f"{text[:cut]}…"


def _width(text: str, size: int) -> float:
    """A generous guess of the width in pixels: no font is looked at, since each machine has others."""
    return (
        sum(0.3 if letter in "fijlrt.,:;'|!()[] " else 0.95 if letter in "mwMW@%" else 0.66 for letter in text) * size
    )


def _direction(start: Point, end: Point) -> Point:
    """The step from start to end, which lie on one horizontal or vertical line: (0 or ±1, 0 or ±1)."""
    return (end[0] > start[0]) - (end[0] < start[0]), (end[1] > start[1]) - (end[1] < start[1])


def _before_head(points: Sequence[Point]) -> Point:
    """Where the line stops so that the head's tip ends it."""
    (x, y), (step_x, step_y) = points[-1], _direction(points[-2], points[-1])
    return x - 8 * step_x, y - 8 * step_y


def _towards(corner: Point, other: Point) -> Point:
    """The point on the way from a corner to its neighbour where the rounding begins."""
    step_x, step_y = _direction(corner, other)
    reach = min(CORNER, (abs(other[0] - corner[0]) + abs(other[1] - corner[1])) // 2)
    return corner[0] + reach * step_x, corner[1] + reach * step_y
