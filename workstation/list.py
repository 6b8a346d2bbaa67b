"""Show the workstations of a region.

On a terminal a table, in a pipe aligned columns, with --json a list of objects with the keys
name, environment, owner, login_user, instance_id, account, region, state, since (ISO 8601, UTC, or null),
agent (online, offline, or unknown where SSM may not be asked), instance_type, zone, private_address.
Terminated machines are left out.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from datetime import UTC

from workstation.context import Context
from workstation.find import find
from workstation.machines import Machine
from workstation.text import minute, quoted, safe

HEADINGS = ("NAME", "ENVIRONMENT", "STATE", "AGENT", "SINCE", "TYPE", "ZONE", "ADDRESS", "OWNER", "INSTANCE")

LEAST_NEEDED = ("ADDRESS", "ZONE", "OWNER", "TYPE", "SINCE", "INSTANCE")
"""Left out one by one where a terminal is too narrow."""
GAP_CELLS = 3
"""Between two columns of the table."""

Table = tuple[tuple[str, ...], ...]

STYLES = {"running": "green", "online": "green", "offline": "yellow", "unknown": "yellow", "stopped": "dim"}
"""Colour repeats what the word says, it never says it alone."""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: Namespace, context: Context) -> int:
    cloud = context.cloud()
    found, agents_unasked = find(cloud, environment=context.environment)
    if agents_unasked:
        print(f"workstation: whether the SSM agents answer is not known: {agents_unasked}", file=sys.stderr)
    if not found:
        print(f"workstation: {nothing_found(cloud.region, context.environment)}", file=sys.stderr)
    if options.json:
        print(as_json(found, region=cloud.region))
    elif found:
        _print_table(found)
    return 0


def nothing_found(region: str, environment: str | None) -> str:
    """What was looked for, for a list that came back empty."""
    of = f" with Environment={quoted(environment)}" if environment else ""
    return f"no workstations: looked in {region} for instances with the tag Workstation{of}, other than terminated ones"


def as_json(found: tuple[Machine, ...], *, region: str) -> str:
    """The machines as a JSON list; the keys are API."""
    return json.dumps([asdict(machine) | {"region": region, "since": _iso(machine)} for machine in found], indent=2)


def rows(found: tuple[Machine, ...]) -> Table:
    """The machines as cells under `HEADINGS`, safe to show."""
    return tuple(
        tuple(
            safe(cell) or "-"
            for cell in (
                machine.name,
                machine.environment,
                machine.state,
                machine.agent if machine.state == "running" else "",
                minute(machine.since),
                machine.instance_type,
                machine.zone,
                machine.private_address,
                machine.owner,
                machine.instance_id,
            )
        )
        for machine in found
    )


def plain(table: Table) -> str:
    """Aligned columns without colour; a wide character counts as the two cells that it takes."""
    from rich.cells import cell_len

    widths = _widths(table)
    lines = (
        "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True))
        for row in table
    )
    return "\n".join(line.rstrip() for line in lines)


def fitted(table: Table, *, cells: int) -> tuple[Table, tuple[str, ...]]:
    """The table without as many of the `LEAST_NEEDED` columns as it takes to fit, and the headings left out."""
    left_out: list[str] = []
    for heading in LEAST_NEEDED:
        if sum(_widths(table)) + GAP_CELLS * len(table[0]) <= cells:
            break
        place = table[0].index(heading)
        table = tuple(row[:place] + row[place + 1 :] for row in table)
        left_out.append(heading)
    return table, tuple(left_out)


def _widths(table: Table) -> tuple[int, ...]:
    from rich.cells import cell_len

    return tuple(max(cell_len(cell) for cell in column) for column in zip(*table, strict=True))


def _print_table(found: tuple[Machine, ...]) -> None:
    table = (HEADINGS, *rows(found))
    if not sys.stdout.isatty():
        print(plain(table))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    console = Console(highlight=False)
    (headings, *lines), left_out = fitted(table, cells=console.width)
    shown = RichTable(*headings, box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for line in lines:
        shown.add_row(*(Text(cell, style=STYLES.get(cell, ""), overflow="fold") for cell in line))
    console.print(shown)
    if left_out:
        print(f"workstation: too narrow for {', '.join(left_out)}; a pipe and --json show everything", file=sys.stderr)


def _iso(machine: Machine) -> str | None:
    return machine.since.astimezone(UTC).isoformat() if machine.since else None
