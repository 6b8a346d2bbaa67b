"""The closing figures of `./test.sh`: adds up what the tests counted, a line each.

python -m tests.figures DIRECTORY quick|all|part
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from netlab.sandbox import UnavailableError, check_available


@dataclass(frozen=True)
class Wanted:
    """What a figure must reach in a whole run."""

    least: int
    """How many tries there must be."""
    slow: bool = False
    """Whether it is counted whole by `./test.sh --all` only."""
    quick: int = 0
    """What a slow one must reach in a quick run."""
    share: float = 1.0
    """How much of what is tried must hold."""
    packets: bool = False
    """Whether it needs a machine that lets namespaces be made; the tests then say why they were skipped."""


WANTED = {
    "bad-configs": Wanted(60),
    "controls": Wanted(43),
    "fault-plans": Wanted(200, slow=True, quick=2),
    "fault-rows": Wanted(50),
    "hostile-arguments": Wanted(60),
    "kill-points": Wanted(180, slow=True, quick=2),
    "legal-configs": Wanted(100, slow=True, quick=26),
    "localaws-types": Wanted(100),
    "network-exposures": Wanted(10, slow=True, packets=True),
    "network-mutants": Wanted(28, slow=True, packets=True),
    "network-unseen": Wanted(80, slow=True, share=0.95, packets=True),
    "packet-probes": Wanted(10_000, packets=True),
    "preflight-rules": Wanted(54),
    "reach-agreements": Wanted(300_000, slow=True, packets=True),
    "scanner-findings-explained": Wanted(100, slow=True),
    "review-page-views": Wanted(12, slow=True),
    "stack-statuses": Wanted(72),
}
"""Figures of what is built so far; of each, everything that is tried must hold unless its share says less."""


def total(directory: Path) -> dict[str, tuple[int, int]]:
    """(held, tried) by name, over the files that the test processes left."""
    held: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for path in sorted(directory.glob("*.json")):
        for name, (done, count) in json.loads(path.read_text()).items():
            held[name] += done
            tried[name] += count
    return {name: (held[name], tried[name]) for name in sorted(tried)}


def problems(figures: dict[str, tuple[int, int]], scope: str, *, packets: bool = True) -> list[str]:
    """What a run of this scope did not reach; `packets` says whether this machine could send any."""
    found = [
        f"{name}: {tried - held} did not hold"
        for name, (held, tried) in figures.items()
        if held < tried * WANTED.get(name, Wanted(0)).share
    ]
    for name, wanted in WANTED.items():
        if scope == "part" or (wanted.packets and not packets):
            continue
        least = wanted.quick if wanted.slow and scope != "all" else wanted.least
        tried = figures.get(name, (0, 0))[1]
        if tried < least:
            found.append(f"{name}: {tried} tried, where at least {least} are wanted")
    return found


def _can_send_packets() -> bool:
    if os.environ.get("CI") == "true":
        return True
    try:
        check_available()
    except UnavailableError:
        return False
    return True


def main(directory: str, scope: str) -> int:
    figures = total(Path(directory))
    for name, (held, tried) in figures.items():
        print(f"figure: {name} {held}/{tried}")
    missed = problems(figures, scope, packets=_can_send_packets())
    for problem in missed:
        print(f"figure not reached: {problem}", file=sys.stderr)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
