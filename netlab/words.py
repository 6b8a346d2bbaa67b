"""What people read: a packet's story, the result of each intent, and the same as JSON. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from analysis.network.probe import INTERNET, Outcome, Probe
from analysis.reach.intents import read_intents
from netlab.run import Proved, Violation
from netlab.subject import Subject

WHAT_IT_IS = "a kernel's model of the VPC, not AWS"
BUILDS = {
    "plain": "as the template says",
    "rules-open": "security groups and ACLs forced open: routing alone",
    "routes-open": "everything routed to the internet with public addresses: groups alone",
    "zone-down": "one zone switched off",
}
KINDS = {
    "syn": "TCP",
    "ack": "TCP without a connection,",
    "connect": "TCP with data,",
    "datagram": "UDP",
    "echo": "ICMP echo",
}
MOST_LINES = 40
"""Stories on the terminal; `--json` has every packet."""


def build_title(name: str) -> str:
    """`zone-down: ${AvailabilityZoneIdA}` as `zone-down: AvailabilityZoneIdA`."""
    return name.replace("${", "").replace("}", "")


def build_line(proved: Proved) -> str:
    tried = len(proved.build.cases)
    kind = proved.build.name.partition(":")[0]
    wrong = f", {len(proved.violations):,} NOT" if proved.violations else ""
    return f"{build_title(proved.build.name)} ({BUILDS[kind]}): {proved.held:,} of {tried:,} as intended{wrong}"


def report(subject: Subject, proved: Sequence[Proved], *, by: str) -> Iterator[str]:
    """The result: each intent with its number, then what did not hold."""
    tried = Counter(case.intent for item in proved for case in item.build.cases)
    wrong = Counter(violation.case.intent for item in proved for violation in item.violations)
    width = len(f"{max(tried.values(), default=0):,}")
    for intent in read_intents():
        if tried[intent.name]:
            held = tried[intent.name] - wrong[intent.name]
            mark = "held " if not wrong[intent.name] else "BROKEN"
            count = f"{held:>{width},}" if held == tried[intent.name] else f"{held:,} of {tried[intent.name]:,}"
            yield f"{mark:<6} {count}  {intent.says}"
    yield ""
    yield from missing(proved)
    yield from stories(proved)
    total, bad = tried.total(), wrong.total()
    what = "all as intended" if not bad and not any(missing(proved)) else f"{bad:,} not as intended"
    builds = f"{len(proved)} build{'s' if len(proved) != 1 else ''}"
    yield f"{subject.title}, nat {subject.promise.mode}: {total:,} {by} in {builds}: {what}"


def missing(proved: Sequence[Proved]) -> Iterator[str]:
    for item in proved:
        yield from (f"wanted for the proof, and not there: {what}" for what in item.build.missing)


def stories(proved: Sequence[Proved]) -> Iterator[str]:
    """What did not hold, in people's words; packets that differ only in the port share a line."""
    told: dict[tuple[str, ...], list[Probe]] = {}
    for item in proved:
        for violation in item.violations:
            told.setdefault(_story(item, violation), []).append(violation.case.probe)
    for number, (key, probes) in enumerate(told.items()):
        if number == MOST_LINES:
            yield f"… and {len(told) - MOST_LINES:,} more of the kind: --json has them all"
            return
        build, who, kind, outcome, why = key
        ports = ", ".join(str(port) for port in sorted({probe.port for probe in probes} - {0}))
        yield f"{build}: {who}, {KINDS[kind]}{f' {ports}' if ports else ''}: {outcome}"
        yield f"    {why}"


def _story(proved: Proved, violation: Violation) -> tuple[str, ...]:
    probe, wanted = violation.case.probe, violation.case.wanted
    outcome = f"wanted: {fate(wanted)}; happened: {fate(violation.outcome)}"
    return build_title(proved.build.name), route(proved, probe), probe.kind, outcome, violation.why


def route(proved: Proved, probe: Probe) -> str:
    """From whom to whom, with the addresses."""
    items = proved.build.network.interfaces
    owners = {address: item.name for item in items for address in (*item.addresses, item.public_address) if address}
    receiver = owners.get(probe.destination, INTERNET)
    own = next((item.addresses for item in items if item.name == probe.sender), None)
    lies = probe.source in owners if own is None else probe.source not in own
    source = f"{probe.source}{', which is not its own' if lies else ''}"
    return f"from {probe.sender} ({source}) to {receiver} ({probe.destination})"


def fate(outcome: Outcome) -> str:
    if outcome.delivered_to is None:
        return "an answer, from whom is unknown" if outcome.answered else "nobody gets it"
    return (
        f"{outcome.delivered_to} gets it, sees {outcome.source_seen} and "
        f"{'the answer comes back' if outcome.answered else 'no answer comes back'}"
    )


def as_data(subject: Subject, proved: Sequence[Proved], *, by: str, reason: str) -> dict[str, Any]:
    """The whole result for `--json`."""
    return {
        "template": subject.title,
        "nat": subject.promise.mode,
        "model": WHAT_IT_IS,
        "by": by,
        "reason": reason,
        "builds": [
            {
                "name": build_title(item.build.name),
                "probes": len(item.build.cases),
                "held": item.held,
                "missing": list(item.build.missing),
                "violations": [_violation(item, violation) for violation in item.violations],
            }
            for item in proved
        ],
    }


def _violation(proved: Proved, violation: Violation) -> dict[str, Any]:
    probe = violation.case.probe
    return {
        "intent": violation.case.intent,
        "probe": {
            "from": probe.sender,
            "source": str(probe.source),
            "destination": str(probe.destination),
            "kind": probe.kind,
            "port": probe.port,
        },
        "story": route(proved, probe),
        "wanted": _outcome(violation.case.wanted),
        "happened": _outcome(violation.outcome),
        "why": violation.why,
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    seen = outcome.source_seen
    return {
        "delivered_to": outcome.delivered_to,
        "source_seen": str(seen) if seen else None,
        "answered": outcome.answered,
    }
