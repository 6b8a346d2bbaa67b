"""The picture of `docs/benchmarks.md`: time on the clock over the number of workstations, both axes logarithmic."""

from __future__ import annotations

import math

import drawsvg

from benchmarks.document import SERIES, subject_name
from benchmarks.measure import Measurements
from benchmarks.rows import WALL
from benchmarks.subjects import COUNTS, START

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 70, 550, 60, 380
INK, PALE = "#232f3e", "#d5dbdb"
LOOKS = {  # colour, dashes, marker: told apart without colour as well
    "render": ("#d45b07", "", "circle"),
    "naive": ("#3b48cc", "6 3", "square"),
    "sceptre": ("#1b7f5c", "2 3", "diamond"),
    "cdk, validation off": ("#7d3ac1", "9 3 2 3", "triangle"),
    "cdk": ("#a3123f", "12 4", "cross"),
}
LABEL_GAP = 16

Points = tuple[tuple[int, float], ...]


def curve(measured: Measurements) -> str:
    """The picture as SVG text."""
    drawing = drawsvg.Drawing(WIDTH, HEIGHT, font_family="sans-serif", role="img")
    drawing.append(drawsvg.Title("Time on the clock to make the templates, over the number of workstations"))
    drawing.append(drawsvg.Rectangle(0, 0, WIDTH, HEIGHT, fill="white"))
    series = {key: found for key in SERIES if (found := _points(measured, key))}
    most = max(value for points in series.values() for _, value in points)
    ticks = [10**power for power in range(math.ceil(math.log10(most)) + 1)]
    _axes(drawing, ticks)
    labels = []
    for key, points in series.items():
        places = [(_x(count), _y(value, ticks[-1])) for count, value in points]
        _draw(drawing, key, places)
        labels.append((places[-1][1], key))
    for y, key in _spread(labels):
        text = SERIES[key].replace("`", "")
        drawing.append(drawsvg.Text(text, 13, RIGHT + 14, y, fill=LOOKS[key][0], dominant_baseline="central"))
    return drawing.as_svg() + "\n"


def _points(measured: Measurements, series: str) -> Points:
    ratios = ((count, measured.ratio(subject_name(series, count), START, WALL)) for count in COUNTS)
    return tuple((count, ratio) for count, ratio in ratios if ratio is not None)


def _x(count: int) -> float:
    return LEFT + (RIGHT - LEFT) * math.log10(count) / math.log10(COUNTS[-1])


def _y(value: float, top: int) -> float:
    return BOTTOM - (BOTTOM - TOP) * math.log10(value) / math.log10(top)


def _axes(drawing: drawsvg.Drawing, ticks: list[int]) -> None:
    title = "How long it takes to make the templates, in starts of Python on the clock; lower is better"
    drawing.append(drawsvg.Text(title, 14, 20, 28, fill=INK))
    for tick in ticks:
        y = _y(tick, ticks[-1])
        drawing.append(drawsvg.Line(LEFT, y, RIGHT, y, stroke=PALE))
        drawing.append(
            drawsvg.Text(f"{tick:,}", 12, LEFT - 8, y, fill=INK, text_anchor="end", dominant_baseline="central")
        )
    for count in COUNTS:
        drawing.append(drawsvg.Text(str(count), 12, _x(count), BOTTOM + 20, fill=INK, text_anchor="middle"))
    middle = (LEFT + RIGHT) / 2
    drawing.append(drawsvg.Text("workstations", 13, middle, BOTTOM + 44, fill=INK, text_anchor="middle"))


def _draw(drawing: drawsvg.Drawing, key: str, places: list[tuple[float, float]]) -> None:
    colour, dashes, marker = LOOKS[key]
    flat = [number for place in places for number in place]
    drawing.append(
        drawsvg.Lines(*flat, close=False, fill="none", stroke=colour, stroke_width=2.5, stroke_dasharray=dashes or None)
    )
    for x, y in places:
        drawing.append(_marker(marker, x, y, colour))


def _marker(marker: str, x: float, y: float, colour: str) -> drawsvg.DrawingBasicElement:
    size = 5
    corners = {
        "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
        "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
        "triangle": ((0, -1.2), (1.2, 1), (-1.2, 1)),
        "cross": ((-1, -1), (0, -0.3), (1, -1), (0.3, 0), (1, 1), (0, 0.3), (-1, 1), (-0.3, 0)),
    }
    if marker not in corners:
        return drawsvg.Circle(x, y, size, fill=colour)
    flat = [number for dx, dy in corners[marker] for number in (x + size * dx, y + size * dy)]
    return drawsvg.Lines(*flat, close=True, fill=colour)


def _spread(labels: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """The labels from top to bottom, moved down where two would lie on each other."""
    placed: list[tuple[float, str]] = []
    for y, key in sorted(labels):
        placed.append((max(y, placed[-1][0] + LABEL_GAP) if placed else y, key))
    return placed
