"""The guide to networks shows what the generated templates cost, whatever the number of zones."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from analysis.committed import read_committed
from analysis.cost import for_stacks, monthly
from analysis.cost_table import as_table
from generator.assemble import assemble
from generator.network_config import OWN_WAYS_OUT
from generator.reader import read_config
from generator.stacks import environment_stack

ROWS = {
    '| `"none"` |': 'nat = "none"',
    '| `"single"`, the default |': 'nat = "single"',
    '| `"regional"`, `nat_addresses = "automatic"` |': 'nat = "regional"\nnat_addresses = "automatic"',
    '| `"regional"`, `nat_addresses = "fixed"` |': 'nat = "regional"\nnat_addresses = "fixed"',
    '| `"per-zone"` |': 'nat = "per-zone"',
}
"""How a row of the guide begins, and the config that it is about."""


def dollars(settings: str, zones: int) -> Decimal:
    config = read_config(f"[network]\nzones = {zones}\n{settings}\n", "any")
    return monthly(assemble(environment_stack(config)), {}, "us-east-1").of("network").running


def cell(settings: str, zones: int) -> str:
    """What the table says of one choice; a gateway that follows machines costs from one zone to all of them."""
    most = dollars(settings, zones)
    return f"{most / zones:.2f} to {most:.2f}" if "automatic" in settings else f"{most:.2f}"


@pytest.mark.parametrize("start", ROWS)
def test_the_guide_shows_what_each_way_out_costs(start: str, root: Path) -> None:
    lines = (root / "docs/guides/network.md").read_text("utf-8").splitlines()
    (row, *_) = [line for line in lines if line.startswith(start)]

    assert row == f"{start} {' | '.join(cell(ROWS[start], zones) for zones in (2, 3, 4))} |"


def test_every_way_out_has_a_row() -> None:
    assert set(OWN_WAYS_OUT) == {settings.partition('"')[2].partition('"')[0] for settings in ROWS.values()}


def test_the_guide_begins_with_what_the_command_prints(root: Path) -> None:
    committed = read_committed(root / "templates/regional")
    table = as_table(for_stacks(committed.stacks, committed.templates, "us-east-1"))
    shown = table[: table.index("workstation ada")]

    command = "$ python -m analysis cost --config-dir templates/regional\n"
    assert f"{command}{shown}…\n" in (root / "docs/guides/network.md").read_text("utf-8")
