"""Which security controls these templates meet, and by what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.committed import Committed
from analysis.controls import Control, controls, resources_of, unmet


@dataclass(frozen=True)
class ControlFacts:
    control: Control
    subjects: tuple[tuple[str, str], ...]
    """Each property that is looked at, and the HTML id of its resource; empty where these templates have none."""
    broken: tuple[str, ...]
    """What does not hold of it in these templates, though it should."""


def read_controls(committed: Committed, config: str, anchors: Mapping[str, str]) -> tuple[ControlFacts, ...]:
    """Every control; `config` is the name of the templates' config, `anchors` the HTML id of each logical id.

    Some checks hold for configs by name: of templates with another name only the others are asked.
    """
    resources = resources_of(committed)
    return tuple(
        ControlFacts(
            control,
            tuple((subject, anchors.get(subject.partition(".")[0], "")) for subject in control.met_by()),
            unmet(control, config, resources),
        )
        for control in controls()
    )
