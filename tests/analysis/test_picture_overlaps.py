"""Nothing in the picture overlaps or is cut off, by a generous guess of how wide words are."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from analysis.committed import read_committed
from analysis.picture import draw
from analysis.picture_pen import _width
from tests.analysis.test_picture import FIVE, HREF, MANY, ONE, SVG, parsed, picture

CASES = [
    pytest.param(nat, people, id=f"{nat}-{len(people)}")
    for nat, people in itertools.product(("single", "per-zone", "none"), (ONE, FIVE, MANY))
]
Rectangle = tuple[float, float, float, float]


def all_pictures(root: Path) -> dict[str, str]:
    directories = [root / "templates", *sorted((root / "templates").glob("*/"))]
    committed = {item: read_committed(item) for item in directories if (item / "stacks.json").is_file()}
    return {item.name: draw(found.stacks, found.templates) for item, found in committed.items()}


@pytest.mark.parametrize(("nat", "people"), CASES)
def test_nothing_overlaps_and_nothing_is_cut_off(nat: str, people: tuple):
    assert collisions(picture(nat, people)) == []


def test_nothing_overlaps_in_the_pictures_of_the_committed_configs(root: Path):
    found = {name: collisions(svg) for name, svg in all_pictures(root).items()}

    assert len(found) >= 3
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("before", "after", "collision"),
    [
        (
            ">NAT gateway<",
            ">NAT gateway that takes each packet to the internet and back again, whatever it is<",
            "NAT gateway that takes each packet",
        ),
        (">Your laptop<", ">Your laptop, your tablet, your telephone and your watch<", "Your laptop, your tablet"),
        (">Availability Zone A<", ">Availability Zone A, of the two that there are<", "line / Availability Zone A, of"),
    ],
)
def test_the_check_for_overlaps_sees_one(before: str, after: str, collision: str):
    found = collisions(picture().replace(before, after))

    assert [item for item in found if item.startswith(collision)] != []


def collisions(svg: str) -> list[str]:
    """Texts that meet a text, an icon, a line or the edge, by a generous guess of their widths."""
    root = parsed(svg)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    words = [(text.text, _extent(text)) for text in root.iter(f"{SVG}text")]
    things = [*words, *((use.attrib[HREF], _box(use)) for use in root.iter(f"{SVG}use"))]
    pieces = [piece for path in root.iter(f"{SVG}path") if path.get("fill") == "none" for piece in _pieces(path)]
    outside = [text for text, (x, y, right, bottom) in words if min(x, y, width - right, height - bottom) < 8]
    met = [(one, other) for (one, first), (other, second) in itertools.combinations(things, 2) if _meet(first, second)]
    crossed = [("line", text) for text, extent in words for piece in pieces if _meet(piece, extent)]
    return outside + [f"{one} / {other}" for one, other in met + crossed]


def _pieces(path: ElementTree.Element) -> list[Rectangle]:
    """The straight pieces of a line."""
    numbers = [float(number) for number in re.findall(r"-?[0-9.]+", path.attrib["d"])]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    return [(min(x, u), min(y, v), max(x, u), max(y, v)) for (x, y), (u, v) in itertools.pairwise(points)]


def _extent(text: ElementTree.Element) -> Rectangle:
    size, x, y = (float(text.attrib[name]) for name in ("font-size", "x", "y"))
    wide = _width(text.text or "", int(size)) * 0.9
    left = {"start": x, "middle": x - wide / 2, "end": x - wide}[text.attrib["text-anchor"]]
    return left, y - size * 0.75, left + wide, y + size * 0.2


def _box(item: ElementTree.Element) -> Rectangle:
    x, y, width, height = (float(item.attrib[name]) for name in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def _meet(one: Rectangle, other: Rectangle) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
