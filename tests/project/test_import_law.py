"""Who may import whom. The table is exhaustive: a new room without a row fails."""

from __future__ import annotations

from functools import cache

import grimp
import pytest

from tests.conftest import ROOT

LAW = {
    "generator": set(),
    "analysis": {"generator.contract"},
    "cloud": set(),
    "deployment": {"cloud", "analysis", "generator.contract"},
    "workstation": {"cloud", "analysis", "generator.contract"},
    "localaws": {"analysis"},
    "netlab": {"analysis"},
    "benchmarks": {"analysis", "cloud.local", "generator.contract"},
}
"""Room: the rooms, or single modules of them, that it may import."""

LIBRARIES = {
    "boto3": {"cloud", "localaws"},
    "botocore": {"cloud", "localaws"},
    "moto": {"localaws"},
    "werkzeug": {"localaws"},
    "troposphere": {"generator", "benchmarks"},
    "awacs": {"generator", "benchmarks"},
    "drawsvg": {"analysis", "benchmarks"},
    "diagrams": {"analysis"},
    "jinja2": {"analysis"},
    "rich": {"analysis", "benchmarks", "deployment", "netlab", "workstation"},
    "yaml": {"analysis", "benchmarks"},
    "cfnlint": {"localaws"},
    "cryptography": {"localaws"},
}
"""Library: the rooms that may import it. One that is not here may be imported by nobody."""


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*LAW, include_external_packages=True)


def rooms() -> set[str]:
    return {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}


def test_every_room_has_a_row():
    assert rooms() == set(LAW)


@pytest.mark.parametrize("room", LAW)
def test_a_room_imports_only_what_the_law_allows(room):
    broken = [
        f"{module} imports {imported}"
        for module in sorted(graph().modules)
        if module.partition(".")[0] == room
        for imported in sorted(graph().find_modules_directly_imported_by(module))
        if not allowed(room, imported)
    ]

    assert broken == []


def allowed(room: str, imported: str) -> bool:
    package = imported.partition(".")[0]
    if package in LAW:
        return package == room or package in LAW[room] or imported in LAW[room]
    return room in LIBRARIES.get(package, set()) or not is_library(package)


def is_library(package: str) -> bool:
    """Whether it comes from outside Python's standard library."""
    import sys

    return package not in sys.stdlib_module_names and package != "__future__"


@pytest.mark.parametrize(
    ("room", "imported"),
    [
        ("generator", "analysis.cost"),
        ("analysis", "generator.config"),
        ("cloud", "generator.contract"),
        ("deployment", "localaws.engine"),
        ("deployment", "boto3"),
        ("netlab", "generator.contract"),
        ("workstation", "deployment.plan"),
        ("generator", "boto3"),
        ("analysis", "requests"),
    ],
)
def test_the_law_can_be_broken(room, imported):
    assert not allowed(room, imported)
