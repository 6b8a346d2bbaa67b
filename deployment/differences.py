"""The resources of one version of a stack, as it is deployed or shall be. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.partial import resolve_partly
from analysis.resolve import Context, Resolved, Resource, TemplateError
from deployment.masking import MASK, no_echo


@dataclass(frozen=True)
class Version:
    """A template with its parameters, as it is deployed or shall be."""

    template: Mapping[str, Any]
    parameters: Mapping[str, str]


def resources(version: Version, context: Context) -> dict[str, Resource]:
    """The version's resources with their values; none when it cannot be worked out here. Secrets are masked."""
    found = _resolved(version, context)
    return found.resources if found else {}


def outputs(version: Version, context: Context) -> dict[str, Any]:
    """The version's outputs, with references for what is not known yet."""
    found = _resolved(version, context)
    return {name: output.value for name, output in found.outputs.items()} if found else {}


def _resolved(version: Version, context: Context) -> Resolved | None:
    declared = version.template.get("Parameters", {})
    hidden = no_echo(declared)
    known = {key: value for key, value in version.parameters.items() if key in declared and key not in hidden}
    loose = {key: {"Type": "String", "Default": MASK} for key in hidden}
    try:
        return resolve_partly({**version.template, "Parameters": {**declared, **loose}}, known, context)
    except TemplateError:
        return None
