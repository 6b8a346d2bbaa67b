"""`docs/isolation-score.md`, from the judged mutants and the reasons that people wrote for survivors. Pure."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.conftest import ROOT
from tests.netlab.broken import BROKEN
from tests.netlab.mutants import seed
from tests.netlab.score import Judged

PAGE = ROOT / "docs" / "isolation-score.md"
REASONS = Path(__file__).with_name("survivors.toml")


def page(judged: Sequence[Judged]) -> str:
    return "\n".join(_lines(judged)) + "\n"


def reasons() -> dict[str, str]:
    """Title of a survivor to the reason, by base."""
    read = tomllib.loads(REASONS.read_text("utf-8"))
    return {f"{base}: {title}": reason for base, items in read.items() for title, reason in items.items()}


def name(item: Judged) -> str:
    return f"{item.mutant.base}: {item.mutant.title}"


def survivors(judged: Sequence[Judged]) -> tuple[Judged, ...]:
    """What packets did not see, though it changes who can talk."""
    return tuple(item for item in judged if item.kind in ("exposing", "other") and not item.caught_by)


def _lines(judged: Sequence[Judged]) -> Iterator[str]:
    kinds = Counter(item.kind for item in judged)
    caught = Counter(item.kind for item in judged if item.caught_by)
    unseen = kinds["exposing"] + kinds["other"]
    total = caught["exposing"] + caught["other"]
    yield "<!-- Made by `python -m tests.netlab.score`; do not edit. -->"
    yield "# How much the packets see"
    yield ""
    yield "```console"
    yield "$ .venv/bin/python -m tests.netlab.score"
    yield "```"
    yield ""
    yield f"{total} of {unseen} broken networks are caught, and {caught['exposing']} of the {kinds['exposing']} that expose something."
    yield "A proof that never fails proves nothing, so we break the network on purpose and count what the packets notice."
    yield ""
    yield "## The networks"
    yield ""
    yield "A program breaks our templates in one place each: it deletes each resource, swaps each reference for another of its"
    yield "type, flips each protocol, action, address block and public-address flag."
    yield "What it draws is seeded by a hash of [the intents](../analysis/intents.toml): whoever changes an intent gets other networks."
    yield f"The seed of this page is `{seed()[:12]}`."
    yield ""
    yield "| what became of it | networks | caught by packets |"
    yield "|---|---|---|"
    yield f"| refused: CloudFormation would not make it, or the reader of networks names what is wrong | {kinds['refused']} | |"
    yield f"| equivalent: whoever could talk can talk, in every build, and nobody else | {kinds['equivalent']} | |"
    yield f"| exposing: somebody gets in who could not, or one of the two layers that keep them out is gone | {kinds['exposing']} | {caught['exposing']} |"
    yield f"| other: somebody cannot get out, or gets out by another way | {kinds['other']} | {caught['other']} |"
    yield ""
    yield "Whether a network is equivalent, exposing or other is worked out by the program `analysis.reach`, which knows no intent here."
    yield ""
    yield "## Not caught"
    yield ""
    yield from _survivors(judged)
    yield ""
    yield "## The earlier set"
    yield ""
    harmful = sum(bool(item.seen_by) for item in BROKEN)
    yield f"{len(BROKEN)} more networks were broken by hand, {harmful} of them harmful, and all of those are caught."
    yield "That says little: the intents were developed on them."
    yield "The score above is of networks that were made after the intents were frozen."
    yield ""
    yield "## What this is not"
    yield ""
    yield "The laboratory is a kernel's model of the VPC, not AWS: see [what it proves](guides/isolation.md)."
    yield "What the model leaves out, no broken network can show."


def _survivors(judged: Sequence[Judged]) -> Iterator[str]:
    left = survivors(judged)
    if not left:
        yield "None."
        return
    known = reasons()
    yield "| base | change | why packets do not see it |"
    yield "|---|---|---|"
    for item in left:
        yield f"| {item.mutant.base} | {item.mutant.title} | {known.get(name(item), 'no reason written yet')} |"
