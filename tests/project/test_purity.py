"""The pure rooms see no clock, no environment, no chance, no network, and no disk but where it is written down."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

IMPURE = {
    "os",
    "time",
    "datetime",
    "random",
    "secrets",
    "uuid",
    "socket",
    "subprocess",
    "tempfile",
    "locale",
    "platform",
}
DISK = {"read_text", "write_text", "read_bytes", "write_bytes", "open", "glob", "rglob", "iterdir", "exists", "unlink"}

PURE = ("generator", "analysis")

DOORS = {
    "generator/__main__.py": "reads config/, writes templates/",
    "analysis/__main__.py": "reads templates/, writes the picture and the pages",
    "analysis/committed.py": "reads templates/",
    "analysis/controls.py": "reads the controls beside it",
    "analysis/prices.py": "reads the dated prices beside it",
    "analysis/reach/intents.py": "reads the intents beside the room",
    "analysis/review/page.py": "reads its HTML beside it",
    "analysis/rights_words.py": "reads the words for IAM beside it",
    "analysis/graph.py": "reads the dated seconds beside it",
    "analysis/picture_icons.py": "reads the icons of a library",
    "analysis/schemas.py": "reads the resource schemas of a library",
}
"""Modules that may touch the disk, and what for."""


def impurities(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.partition(".")[0] in IMPURE)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in IMPURE:
            yield node.module or ""
        elif isinstance(node, ast.Attribute) and node.attr in DISK:
            yield f".{node.attr}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open":
            yield "open"


def modules() -> list[Path]:
    return sorted(path for room in PURE for path in (ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_pure_module_touches_nothing(path):
    if str(path.relative_to(ROOT)) in DOORS:
        return

    assert list(impurities(path.read_text())) == []


def test_every_door_is_there():
    assert [door for door in DOORS if not (ROOT / door).exists()] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import os.path", ["os.path"]),
        ("from datetime import date", ["datetime"]),
        ("x.read_text()", [".read_text"]),
        ("open('x')", ["open"]),
        ("import random, json", ["random"]),
    ],
)
def test_impurity_can_be_found(source, found):
    assert list(impurities(source)) == found


def literal_references(source: str) -> Iterator[str]:
    """Resources named by text where the object itself should stand: a typo there would deploy."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Ref", "GetAtt"):
            target = node.args[0]
            if isinstance(target, ast.Constant) and not str(target.value).startswith("AWS::"):
                yield f"{node.func.id}({target.value!r})"
        elif isinstance(node, ast.keyword) and node.arg == "DependsOn" and isinstance(node.value, ast.Constant):
            yield f"DependsOn={node.value.value!r}"


@pytest.mark.parametrize("path", sorted((ROOT / "generator").glob("*.py")), ids=lambda path: path.name)
def test_no_resource_is_named_twice(path):
    assert list(literal_references(path.read_text())) == []


@pytest.mark.parametrize("source", ['Ref("Vpc")', 'GetAtt("Vpc", "Id")', 'Route("R", DependsOn="Vpc")'])
def test_a_resource_named_twice_can_be_found(source):
    assert len(list(literal_references(source))) == 1
