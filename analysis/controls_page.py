"""`docs/controls.md`, from `controls.toml`."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.controls import STATUSES, Control, introduction

COMMAND = "python -m analysis controls"

MEANING = {
    "met": "in every config",
    "choice": "met where the config asks for it; the row says whether it does unasked",
    "deploy step": "done by `deploy.sh`, since no template can",
    "not met": "on purpose, for the reason given",
    "out of scope": "the account's, or about something that these stacks do not have",
}


def summary(controls: Iterable[Control]) -> str:
    """One line: how many rows have which status."""
    statuses = [control.status for control in controls]
    counts = ", ".join(f"{statuses.count(status)} {status}" for status in STATUSES)
    return f"{len(statuses)} controls: {counts}"


def page(controls: Iterable[Control]) -> str:
    """The whole page."""
    controls = tuple(controls)
    head = introduction().format(
        command=COMMAND,
        summary=summary(controls),
        meaning="\n".join(f"| {status} | {MEANING[status]} |" for status in STATUSES),
    )
    lines = ["| | control | asks | status | how, or why not | by | shown by |", "|---|---|---|---|---|---|---|"]
    return head + "\n" + "\n".join([*lines, *(_row(control) for control in controls)]) + "\n"


def _row(control: Control) -> str:
    cells = (
        str(control.number),
        control.title,
        control.asks,
        control.status,
        control.because,
        "<br>".join(f"`{subject}`" for subject in control.met_by()),
        "<br>".join(_evidence(name) for name in control.shown_by),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _evidence(name: str) -> str:
    """A test as the promise that its name is, a scanner's rule as it is spelled."""
    file, colons, test = name.partition("::")
    promise = test.removeprefix("test_").replace("_", " ")
    return f"[{promise}](../{file})" if colons else f"`{name}`"
