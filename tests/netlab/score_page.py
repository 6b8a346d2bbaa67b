"""`docs/isolation-score.md`, from the judged mutants and the reasons that people wrote for survivors. Pure."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.conftest import ROOT
from tests.netlab.broken import BROKEN
from tests.netlab.mutants import seed
from tests.netlab.score import Judged

PAGE = ROOT / "docs" / "isolation-score.md"
REASONS = Path(__file__).with_name("survivors.toml")

TEXT = """\
<!-- Made by `python -m tests.netlab.score`; do not edit. -->
# How much the packets notice

```console
$ .venv/bin/python -m tests.netlab.score
{caught} of {changed} broken networks are caught, and {caught_exposing} of the {exposing} that expose something
```

A proof that never fails proves nothing.
So we break the network on purpose, and count what the packets notice.

## The networks

A program breaks our templates in one place each, by rule.
It deletes each resource, swaps each reference for another of its type, and flips each protocol, action, address block
and public-address flag.
What it swaps in is drawn with a seed from [the intents](../analysis/intents.toml): a changed intent draws others.
The seed of this page is `{seed}`.
Our templates have no network ACL, so there is no action to flip; three of the networks broken by hand have one.

| what became of it | networks | caught by packets |
|---|---|---|
| refused: CloudFormation or AWS would not make it | {refused} | |
| equivalent: whoever could talk can talk, in every build, and nobody else | {equivalent} | |
| exposing: somebody gets in, or one of the two layers that keep them out is gone | {exposing} | {caught_exposing} |
| other: somebody cannot get out, or gets out by another way | {other} | {caught_other} |

Which of them a network is, the program `analysis.reach` works out from all that can talk, and from no intent.

## Not caught

{survivors}

## The earlier set

{by_hand} more networks were broken by hand; {harmful} of them are harmful, and all of those are caught.
That says little: the intents were developed on them.
The score above is of networks that were drawn after the intents were frozen.
An earlier draw showed two gaps: nobody asked what the endpoints' own group lets out, and one drawn block was the very
one that the internet host of the probes lives in.
Both were mended and everything was drawn anew; what is deleted is the same in every draw.

## What this is not

The laboratory is a kernel's model of the VPC, not AWS: see [what it proves](guides/isolation.md).
What the model leaves out, no broken network can show.
"""


def page(judged: Sequence[Judged]) -> str:
    kinds = Counter(item.kind for item in judged)
    caught = Counter(item.kind for item in judged if item.caught_by)
    return TEXT.format(
        caught=caught.total(),
        changed=kinds["exposing"] + kinds["other"],
        caught_exposing=caught["exposing"],
        caught_other=caught["other"],
        seed=seed()[:12],
        survivors=_survivors(judged),
        by_hand=len(BROKEN),
        harmful=sum(bool(item.seen_by) for item in BROKEN),
        **{kind: kinds[kind] for kind in ("refused", "equivalent", "exposing", "other")},
    )


def summary(text: str) -> str:
    """The page's one line of result."""
    return text.split("```")[1].splitlines()[2]


def reasons() -> dict[str, str]:
    """Title of a survivor to the reason, by base."""
    read = tomllib.loads(REASONS.read_text("utf-8"))
    return {f"{base}: {title}": reason for base, items in read.items() for title, reason in items.items()}


def name(item: Judged) -> str:
    return f"{item.mutant.base}: {item.mutant.title}"


def survivors(judged: Sequence[Judged]) -> tuple[Judged, ...]:
    """What packets did not see, though it changes who can talk."""
    return tuple(item for item in judged if item.kind in ("exposing", "other") and not item.caught_by)


def _survivors(judged: Sequence[Judged]) -> str:
    known = reasons()
    rows = [
        f"| {item.mutant.base} | {item.mutant.title} | {known.get(name(item), 'no reason written yet')} |"
        for item in survivors(judged)
    ]
    if not rows:
        return "None."
    return "\n".join(("| base | change | why packets do not see it |", "|---|---|---|", *rows))
