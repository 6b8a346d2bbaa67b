"""What a stack costs a month: running, with idle stop, stopped, and after its removal.

    cost = monthly(template, {"InstanceType": "m7i.xlarge"}, "us-east-1")
    cost.running            # Decimal("159.968"), of what has a known price
    cost.unknown            # the lines without one; never counted as 0 in silence
    cost.of("network")      # the same cost, only its network lines

Pure: list prices from `prices.toml`, in US dollars without tax; traffic comes on top and is in `notes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from analysis.cost_lines import Line, resource_lines
from analysis.cost_notes import left_out_notes, traffic_notes
from analysis.partial import resolve_partly
from analysis.prices import Prices, read_prices
from analysis.resolve import Context

SUBNET = "AWS::EC2::Subnet"

__all__ = ["Cost", "Line", "for_stacks", "monthly"]


@dataclass(frozen=True)
class Cost:
    """The lines of one or more stacks. The totals are of what has a known price: look at `unknown` too."""

    lines: tuple[Line, ...]
    notes: tuple[str, ...]

    @property
    def running(self) -> Decimal:
        return _total(line.running for line in self.lines)

    @property
    def idle_stop(self) -> Decimal:
        return _total(line.idle_stop for line in self.lines)

    @property
    def stopped(self) -> Decimal:
        return _total(line.stopped for line in self.lines)

    @property
    def removed(self) -> Decimal:
        return _total(line.removed for line in self.lines)

    @property
    def unknown(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.is_known)

    def of(self, group: str) -> Cost:
        return replace(self, lines=tuple(line for line in self.lines if line.group == group))

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.lines + other.lines, tuple(dict.fromkeys(self.notes + other.notes)))


def monthly(template: Mapping[str, Any], parameters: Mapping[str, str], region: str) -> Cost:
    """The monthly cost of one stack of this template.

    Parameters that only the deploy step knows may be missing.
    Raises TemplateError when the template or a given parameter is wrong.
    """
    prices = read_prices()
    resources = resolve_partly(template, parameters, Context(region=region)).resources.values()
    zones = len({str(item.properties.get("AvailabilityZoneId")) for item in resources if item.type == SUBNET})
    lines = tuple(line for resource in resources for line in resource_lines(resource, prices, zones=zones))
    notes = (*traffic_notes(resources, prices), *left_out_notes(resources), *_unknown_notes(lines))
    return Cost(lines, (*_source_notes(prices, region), *notes))


def for_stacks(stacks: Mapping[str, Any], templates: Mapping[str, Mapping[str, Any]], region: str) -> dict[str, Cost]:
    """Stack to its cost, for the environment and each workstation of `stacks.json`, in that order.

    `templates` holds each template by its file name.
    """
    environment = stacks["environment"]
    costs = {"environment": monthly(templates[environment["template"]], environment["parameters"], region)}
    for item in stacks["workstations"]:
        costs[f"workstation {item['name']}"] = monthly(templates[item["template"]], item["parameters"], region)
    return costs


def _total(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _source_notes(prices: Prices, region: str) -> tuple[str, ...]:
    source = f"AWS list prices of {prices.region}, {prices.as_of}, {prices.hours_per_month} hours a month, without tax"
    if region == prices.region:
        return (source,)
    return (source, f"Those of {region} differ: the prices here are still those of {prices.region}")


def _unknown_notes(lines: tuple[Line, ...]) -> tuple[str, ...]:
    return tuple(
        f"The price of {line.what} ({line.logical_id}) is unknown here, so the totals are without it"
        for line in lines
        if not line.is_known
    )
