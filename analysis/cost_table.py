"""A cost as text or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from analysis.cost import Cost, Line

STATES = ("running", "idle_stop", "stopped", "removed")
HEADINGS = ("running", "idle stop", "stopped", "removed")
CENT = Decimal("0.01")


def as_table(costs: Mapping[str, Cost]) -> str:
    """US dollars a month: a block for each stack, then the total; `unknown` where a price is not known."""
    rows: list[tuple[str, ...]] = [("US dollars a month", "", *HEADINGS)]
    for stack, cost in costs.items():
        rows.append((stack, "", *_totals(cost)))
        rows += [(f"  {line.logical_id}", line.what, *_amounts(line)) for line in cost.lines]
    rows.append(("total", "", *_totals(total(costs))))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(_row(row, widths) for row in rows) + "\n"


def as_json(costs: Mapping[str, Cost]) -> str:
    """The same as data: amounts are strings with two digits after the point, null where a price is not known."""
    whole = total(costs)
    document = {
        "currency": "USD",
        "stacks": {stack: _stack(cost) for stack, cost in costs.items()},
        "total": _numbers(whole),
        "complete": not whole.unknown,
        "notes": list(whole.notes),
    }
    return json.dumps(document, indent=2) + "\n"


def total(costs: Mapping[str, Cost]) -> Cost:
    return sum(costs.values(), Cost((), ()))


def _row(row: tuple[str, ...], widths: list[int]) -> str:
    names = [cell.ljust(width) for cell, width in zip(row[:2], widths[:2], strict=True)]
    amounts = [cell.rjust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]
    return "  ".join((*names, *amounts))


def _amounts(line: Line) -> tuple[str, ...]:
    return tuple(_text(getattr(line, state)) for state in STATES)


def _totals(cost: Cost) -> tuple[str, ...]:
    """Each total; `>=` in front where a line of it is unknown."""
    return tuple(
        f"{'>= ' if any(getattr(line, state) is None for line in cost.lines) else ''}{_text(getattr(cost, state))}"
        for state in STATES
    )


def _text(amount: Decimal | None) -> str:
    return "unknown" if amount is None else str(amount.quantize(CENT, ROUND_HALF_UP))


def _numbers(item: Cost | Line) -> dict[str, str | None]:
    amounts = {state: getattr(item, state) for state in STATES}
    return {state: None if amount is None else _text(amount) for state, amount in amounts.items()}


def _stack(cost: Cost) -> dict[str, Any]:
    lines = [
        {"logical_id": line.logical_id, "group": line.group, "what": line.what, **_numbers(line)} for line in cost.lines
    ]
    return {"lines": lines, "total": _numbers(cost), "complete": not cost.unknown}
