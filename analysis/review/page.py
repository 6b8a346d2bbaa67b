"""The HTML of the review page: one file, nothing loaded from elsewhere, no script.

The files of `html/` say how it looks; what they are given is escaped, but for the picture and the style sheet.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from analysis.controls_page import MEANING
from analysis.cost import Cost
from analysis.picture import TITLE
from analysis.review.audiences import audiences
from analysis.review.changes import Changes
from analysis.review.facts import Facts
from analysis.review.ways import together
from analysis.update_effects import MILDEST_FIRST

HTML = Path(__file__).with_name("html")
CENT = Decimal("0.01")
SIGNS = dict(zip(MILDEST_FIRST, "○◔◑●✕", strict=True))
"""Effect to a sign, so that no colour is needed to tell them apart."""
FATES = {
    "Delete": "deleted",
    "Retain": "kept",
    "RetainExceptOnCreate": "kept, unless its first creation failed",
    "Snapshot": "deleted after a last snapshot",
}
"""Deletion policy in words."""
STATES = (("running", "Running"), ("idle_stop", "Idle stop"), ("stopped", "Stopped"), ("removed", "Removed"))


def page(facts: Facts, changes: Changes | None = None) -> str:
    """The page's text; with `changes`, a section on them comes first."""
    style = (HTML / "style.css").read_text("utf-8")
    text = _environment().get_template("page.html").render(
        title=TITLE,
        facts=facts,
        changes=changes,
        audiences={stack.name: audiences(stack) for stack in facts.stacks},
        style=style,
        style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        picture=_inline(facts.picture),
        states=STATES,
        known={item.resource.logical_id for stack in facts.stacks[:1] for item in stack.resources},
    )  # fmt: skip
    return text.rstrip() + "\n"


def money(amount: Decimal | None) -> str:
    """US dollars with two digits; `unknown` where no price is known."""
    return "unknown" if amount is None else f"{amount.quantize(CENT, ROUND_HALF_UP):,}"


def total(cost: Cost, state: str) -> str:
    """A total; `at least` in front where a line of it is unknown."""
    incomplete = any(getattr(line, state) is None for line in cost.lines)
    return f"{'at least ' if incomplete else ''}{money(getattr(cost, state))}"


@functools.cache
def _environment() -> Any:
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HTML),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"money": money}
    made.globals |= {"control_statuses": MEANING, "fates": FATES, "signs": SIGNS, "together": together, "total": total}
    return made


def _inline(svg: str) -> str:
    """The picture as part of a page, without what only a file of its own needs."""
    return svg[svg.index("<svg") :]
