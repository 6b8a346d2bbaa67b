"""What the committed default templates promise of a deploy: its longest chain, and what its network costs."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.committed import read_committed
from analysis.cost import for_stacks
from analysis.graph import critical_path
from benchmarks.project import ROOT
from benchmarks.standing import Preflight
from generator.contract import ENVIRONMENT_TEMPLATE, WORKSTATION_TEMPLATE


@dataclass(frozen=True)
class Facts:
    """Seconds by the times in `analysis/seconds.toml`, an assumption; US dollars a month in us-east-1."""

    environment_seconds: float
    workstation_seconds: float
    network_dollars: float
    preflight: Preflight | None = None


def read_facts(preflight: Preflight) -> Facts:
    """Of `templates/`, the default config's; the preflight was measured before."""
    committed = read_committed(ROOT / "templates")
    costs = for_stacks(committed.stacks, committed.templates, "us-east-1").values()
    return Facts(
        environment_seconds=critical_path(committed.templates[ENVIRONMENT_TEMPLATE]).seconds,
        workstation_seconds=critical_path(committed.templates[WORKSTATION_TEMPLATE]).seconds,
        network_dollars=float(sum(cost.of("network").running for cost in costs)),
        preflight=preflight,
    )
