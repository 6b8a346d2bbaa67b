"""What can talk, and whether the intents hold, as text or JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from analysis.network.model import Network
from analysis.network.probe import INTERNET
from analysis.reach.check import Checked, Violation
from analysis.reach.intents import read_intents
from analysis.reach.reachable import Place, Reach, places

ARROW = " > "

FEW = 8
"""How many violations of one intent are shown."""


class Row(NamedTuple):
    to: str
    by: str
    seen: str
    because: str


def as_table(network: Network, reaches: Iterable[Reach], *, everything: bool) -> str:
    """A block for each place that can send, with what it reaches; places that only stand in are left out.

    `everything` shows them too: the VPC's default group, and machines with a group that only endpoints have.
    """
    shown = {place.name: place for place in places(network) if everything or _is_used(network, place)}
    blocks: dict[str, list[Reach]] = {INTERNET: []} | {
        name: [] for name, place in shown.items() if _is_machine(network, place)
    }
    for item in reaches:
        if item.source.startswith(INTERNET) or (item.source in shown and _is_shown(item.destination, shown)):
            blocks.setdefault(item.source, []).append(item)
    text = [_block(name, tuple(_rows(network, items)), shown.get(name)) for name, items in blocks.items()]
    return "\n".join(text)


def as_json(reaches: Iterable[Reach]) -> list[dict[str, Any]]:
    """The same as data, everything in it: ports are [first, last]."""
    return [
        {
            "from": item.source,
            "to": item.destination,
            "address": str(item.address),
            "protocol": item.protocol,
            "ports": [list(ports) for ports in item.ports],
            "seen_as": str(item.source_seen),
            "answered": item.answered,
            "because": list(item.reason),
        }
        for item in reaches
    ]


def checked_table(checked: Checked) -> str:
    """A line for each intent that was asked, then what does not hold, a few of each kind."""
    broken: dict[str, list[Violation]] = {}
    for violation in checked.violations:
        broken.setdefault(violation.intent, []).append(violation)
    lines = []
    for intent in read_intents():
        if intent.name in checked.asked:
            count = len(broken.get(intent.name, ()))
            state = f"BROKEN by {count:,}" if count else "holds"
            lines.append(f"{intent.name:<30}  {checked.asked[intent.name]:>7,} probes  {state}")
    for name, violations in broken.items():
        told = tuple(dict.fromkeys(map(_violation, violations)))
        more = [f"  … and {len(told) - FEW:,} more: --json has them all"] if len(told) > FEW else []
        lines += ["", f"{name}:", *(f"  {line}" for line in told[:FEW]), *more]
    return "\n".join(lines) + "\n"


def checked_json(checked: Checked) -> dict[str, Any]:
    return {
        "asked": checked.asked,
        "violations": [
            {**dataclasses.asdict(item), "case": None if item.case is None else dataclasses.asdict(item.case)}
            for item in checked.violations
        ],
    }


def dumped(document: Any) -> str:
    return json.dumps(document, indent=2, default=str) + "\n"


def _violation(item: Violation) -> str:
    if item.case is None:
        return item.why
    probe, got = item.case.probe, item.outcome
    what = f"{probe.kind} {probe.port}" if probe.port else probe.kind
    to = f"reaches {got.delivered_to}" if got.delivered_to else "reaches nobody"
    seen = f" as {got.source_seen}" if got.source_seen else ""
    answer = "" if got.answered or not got.delivered_to else ", unanswered"
    return f"[{item.build}] {probe.sender} to {probe.destination} by {what} {to}{seen}{answer}: {item.why}"


def _is_machine(network: Network, place: Place) -> bool:
    return any(item.name == place.sender and item.kind in ("instance", "probe") for item in network.interfaces)


def _is_used(network: Network, place: Place) -> bool:
    """Whether it is more than a stand-in: an interface of the template, or a group that machines are meant to have."""
    if any(not name.startswith("probe:") for name in place.members):
        return True
    groups = {name for item in network.interfaces if item.name in place.members for name in item.security_groups}
    of_endpoints = {name for item in network.interfaces if item.kind == "endpoint" for name in item.security_groups}
    return not any(name.startswith("default:") or name in of_endpoints for name in groups)


def _is_shown(destination: str, shown: dict[str, Place]) -> bool:
    return destination in shown or destination.startswith((INTERNET, "S3"))


def _rows(network: Network, reaches: Iterable[Reach]) -> Iterator[Row]:
    """Rows that differ only in the port, the rule's number or the destination, made one."""
    names = {item.public_address: item.name for item in network.interfaces if item.public_address}
    merged: dict[tuple, list[Reach]] = {}
    for item in reaches:
        seen = names.get(item.source_seen, "itself")
        key = (item.destination, item.address in names, seen, item.answered, item.reason[1:])
        merged.setdefault(key, []).append(item)
    alike: dict[Row, list[str]] = {}
    for (destination, is_public, seen, answered, rest), items in merged.items():
        by = _by(items) + ("" if answered else ", unanswered")
        because = ARROW.join((_either(item.reason[0] for item in items), *rest))
        alike.setdefault(Row("", by, seen, because), []).append(destination + (" (public address)" * is_public))
    for row, destinations in alike.items():
        yield row._replace(to=", ".join(_gathered(destinations)))


def _by(reaches: Iterable[Reach]) -> str:
    """`tcp 80, 443; icmp`."""
    ports: dict[str, list[tuple[int, int]]] = {}
    for item in reaches:
        ports.setdefault(item.protocol, []).extend(item.ports)
    parts = [f"{protocol} {', '.join(map(_range, sorted(ranges)))}".strip() for protocol, ranges in ports.items()]
    return "anything" if parts[:2] == ["tcp every port", "udp every port"] and len(parts) > 2 else "; ".join(parts)


def _range(ports: tuple[int, int]) -> str:
    first, last = ports
    if (first, last) == (0, 65535):
        return "every port"
    return str(first) if first == last else f"{first}-{last}"


def _either(rules: Iterable[str]) -> str:
    """`WorkstationSecurityGroup egress 1 or 2`."""
    numbers: dict[str, list[str]] = {}
    for rule in dict.fromkeys(rules):
        group, _, number = rule.rpartition(" ")
        numbers.setdefault(group, []).append(number)
    return " or ".join(f"{group} {' or '.join(found)}".strip() for group, found in numbers.items())


def _gathered(destinations: Iterable[str]) -> Iterator[str]:
    """`SsmEndpoint in PrivateSubnetA and PrivateSubnetB` out of an endpoint's interfaces."""
    homes: dict[str, list[str]] = {}
    for name in destinations:
        endpoint, _, subnet = name.partition(":")
        homes.setdefault(endpoint if subnet and " " not in subnet else name, []).append(subnet)
    several: dict[tuple[str, ...], list[str]] = {}
    for name, subnets in homes.items():
        several.setdefault(tuple(subnets) if name not in destinations else (), []).append(name)
    for subnets, names in several.items():
        yield f"{', '.join(names)} in {' and '.join(subnets)}" if subnets else ", ".join(names)


def _block(name: str, rows: tuple[Row, ...], place: Place | None) -> str:
    real = [member for member in place.members if not member.startswith("probe:")] if place else []
    lines = [f"from {name}" + (f" ({', '.join(real)})" if real else "")]
    for row in rows:
        lines += [f"  to {row.to}", f"     by {row.by}, seen as {row.seen}", f"     {row.because}"]
    return "\n".join((*lines, *(() if rows else ("  reaches nobody",)))) + "\n"
