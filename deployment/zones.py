"""Which Availability Zone is A, which is B: decided at the first deploy, by id, and kept from then on.

Names (`us-east-1a`) mean different zones in different accounts and their order changes; ids (`use1-az1`) do neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations

from cloud.session import Cloud
from deployment.findings import Problem
from deployment.plan import Resolved
from deployment.stacks import Stacks
from generator.contract import EnvironmentParameter, WorkstationParameter


@dataclass(frozen=True)
class Offers:
    """The region's zones that need no opt-in, and which instance types each offers."""

    by_zone: Mapping[str, frozenset[str]]


def available(cloud: Cloud) -> tuple[str, ...]:
    """The ids of the region's zones that need no opt-in, sorted. Raises `CloudError`."""
    filters = {"opt-in-status": "opt-in-not-required", "zone-type": "availability-zone", "state": "available"}
    zones = cloud.call("ec2", "DescribeAvailabilityZones", Filters=_filters(filters))["AvailabilityZones"]
    return tuple(sorted(zone["ZoneId"] for zone in zones))


def offered(cloud: Cloud, types: frozenset[str]) -> dict[str, frozenset[str]]:
    """Zone id to those of `types` that can be had there; zones without any are left out. Raises `CloudError`."""
    by_zone: dict[str, set[str]] = {}
    if types:
        found = cloud.pages(
            "ec2",
            "DescribeInstanceTypeOfferings",
            "InstanceTypeOfferings",
            LocationType="availability-zone-id",
            Filters=[{"Name": "instance-type", "Values": sorted(types)}],
        )
        for offer in found:
            by_zone.setdefault(offer["Location"], set()).add(offer["InstanceType"])
    return {zone: frozenset(types) for zone, types in by_zone.items()}


def types_by_letter(stacks: Stacks) -> dict[str, frozenset[str]]:
    """Zone letter to the instance types of the workstations there."""
    types: dict[str, set[str]] = {letter: set() for letter in stacks.zones}
    for workstation in stacks.workstations:
        types[workstation.zone].add(workstation.parameters[WorkstationParameter.INSTANCE_TYPE])
    return {letter: frozenset(found) for letter, found in types.items()}


def choose(
    wanted: Mapping[str, frozenset[str]], available: Offers, *, previous: Mapping[str, str], given: Mapping[str, str]
) -> tuple[dict[str, Resolved], tuple[Problem, ...]]:
    """Parameter to zone id for each letter in `wanted`, and what stands against it.

    `given` are the user's `--parameter`, `previous` the parameters of the deployed stack; both win over a choice.
    Zones that offer every type come first, so that a machine can move later; among equals the lowest id.
    """
    fixed: dict[str, Resolved] = {}
    for letter in wanted:
        key = EnvironmentParameter.availability_zone_id(letter)
        if key in given:
            fixed[letter] = Resolved(given[key], "--parameter")
        elif key in previous:
            fixed[letter] = Resolved(previous[key], "as deployed")
    chosen = _free_choice({letter: wanted[letter] for letter in wanted if letter not in fixed}, available, fixed)
    if chosen is None:
        return {}, (_too_few(wanted, available),)
    everything = {**fixed, **chosen}
    ordered = {EnvironmentParameter.availability_zone_id(letter): everything[letter] for letter in wanted}
    return ordered, tuple(_findings(wanted, available, everything))


def _free_choice(
    wanted: Mapping[str, frozenset[str]], available: Offers, fixed: Mapping[str, Resolved]
) -> dict[str, Resolved] | None:
    every_type = frozenset().union(*wanted.values())
    taken = {zone.value for zone in fixed.values()}
    free = [zone for zone in available.by_zone if zone not in taken]
    free.sort(key=lambda zone: not every_type <= available.by_zone[zone])
    for zones in permutations(free, len(wanted)):
        pairs = dict(zip(wanted, zones, strict=True))
        if all(wanted[letter] <= available.by_zone[zone] for letter, zone in pairs.items()):
            return {letter: Resolved(zone, "chosen now, kept from now on") for letter, zone in pairs.items()}
    return None


def _too_few(wanted: Mapping[str, frozenset[str]], available: Offers) -> Problem:
    types = sorted(frozenset().union(*wanted.values()))
    there = "; ".join(f"{zone}: {', '.join(sorted(found)) or 'none'}" for zone, found in available.by_zone.items())
    hint = "choose other types or fewer zones in the config, or another region"
    want = f"{len(wanted)} that offer {', '.join(types) or 'no type'}"
    return Problem("zones", there or "the region has none", want, hint)


def _findings(
    wanted: Mapping[str, frozenset[str]], available: Offers, chosen: Mapping[str, Resolved]
) -> Iterator[Problem]:
    ids = [zone.value for zone in chosen.values()]
    for letter, zone in chosen.items():
        about, parameter = f"zone {letter}", EnvironmentParameter.availability_zone_id(letter)
        if zone.value not in available.by_zone:
            want = f"one of {', '.join(available.by_zone)}"
            hint = f"pass another: --parameter {parameter}=ID"
            yield Problem(about, f"{zone.value[:64]!a} ({zone.reason})", want, hint)
            continue
        if ids.count(zone.value) > 1:
            hint = f"pass another: --parameter {parameter}=ID"
            yield Problem(about, f"{zone.value} is used twice", "different zones", hint)
        yield from missing_types({letter: wanted[letter]}, available.by_zone, {letter: zone.value})


def missing_types(
    wanted: Mapping[str, frozenset[str]], offered: Mapping[str, frozenset[str]], zones: Mapping[str, str]
) -> Iterator[Problem]:
    """Each instance type that its zone does not have; `offered` is by zone id, `zones` is letter to zone id."""
    for letter, zone in zones.items():
        for missing in sorted(wanted[letter] - offered.get(zone, frozenset())):
            offering = [other for other, found in offered.items() if missing in found]
            hint = f"it is in {', '.join(offering)}" if offering else "no zone of the region has it"
            value = f"{missing} is not offered in {zone}"
            yield Problem(f"zone {letter}", value, "a zone that has it", f"{hint}; change type or zone in the config")


def _filters(values: Mapping[str, str]) -> list[dict[str, object]]:
    return [{"Name": name, "Values": [value]} for name, value in values.items()]
