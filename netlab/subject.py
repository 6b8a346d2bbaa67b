"""What is to be proved: a network, and the promise that its template makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.committed import read_committed
from analysis.network import Network, join, read, with_probes
from analysis.partial import resolve_partly
from analysis.reach.promise import Promise, promised
from analysis.resolve import Context, Resolved, load


@dataclass(frozen=True)
class Subject:
    """A network with a stand-in for every security group in every subnet, and what it is to keep."""

    title: str
    network: Network
    promise: Promise


def read_subject(place: Path, parameters: Mapping[str, str], around: Path | None = None) -> Subject:
    """A directory that the generator wrote, with its workstations, or one template file.

    `around` is a template of the VPC that is there, for an environment that goes into one.

    Raises OSError, CommittedFileError, TemplateTextError or TemplateError for files that are not right,
    NotModelledError for what the laboratory cannot build, NoPromiseError where nothing says what is to be proved.
    """
    resolved = _resolved(place, parameters, around)
    network = read(resolved)
    return Subject(str(place), with_probes(network), promised(resolved, network))


def _resolved(place: Path, parameters: Mapping[str, str], around: Path | None) -> Resolved:
    if place.is_dir():
        committed = read_committed(place)
        vpc = resolve_partly(load(around.read_text("utf-8")), {}, Context()) if around else None
        return join(committed.stacks, committed.templates, vpc)
    return resolve_partly(load(place.read_text("utf-8")), parameters, Context())
