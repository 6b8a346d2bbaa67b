"""The dated list prices of `prices.toml`, exact to the last digit."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

PRICES_FILE = Path(__file__).with_name("prices.toml")


@dataclass(frozen=True)
class Prices:
    """US dollars without tax; `region` is the only region they hold for."""

    as_of: str
    region: str
    hours_per_month: Decimal
    idle_stop_hours_per_month: Decimal
    unit: Mapping[str, Decimal]
    instance_hour: Mapping[str, Decimal]
    free_types: frozenset[str]


@functools.cache
def read_prices() -> Prices:
    """The prices that come with this version of the project."""
    table = tomllib.loads(PRICES_FILE.read_text("utf-8"))
    return Prices(
        as_of=table["as_of"],
        region=table["region"],
        hours_per_month=Decimal(table["hours_per_month"]),
        idle_stop_hours_per_month=Decimal(table["idle_stop_hours_per_month"]),
        unit={name: Decimal(price) for part in ("network", "storage", "other") for name, price in table[part].items()},
        instance_hour={name: Decimal(price) for name, price in table["instance_hour"].items()},
        free_types=frozenset(table["free"]["types"]),
    )
