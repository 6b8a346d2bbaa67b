"""The gate before anything is changed: the changes are shown, losses refused, and the question asked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass

from deployment.arguments import Arguments
from deployment.findings import REFUSED, WRONG_USAGE, Stopped
from deployment.guard import impossible, losses, misnamed, refusals
from deployment.review import Review, lines
from deployment.talk import Talk

Reviews = tuple[Review, ...]
UNTOUCHED = "the machines stay as they are"
"""Of a second review: the environment is deployed by then."""


@dataclass(frozen=True)
class Gate:
    """What every change has to pass: nobody's machine or data is lost unasked."""

    arguments: Arguments
    talk: Talk
    refused: Callable[[Reviews, tuple[str, ...]], None]
    """Is told what is refused, before `Stopped` is raised."""

    def somebody_to_ask(self) -> None:
        """Raise `Stopped` where a question is due and nobody is there."""
        if self._is_question_due() and not (sys.stdin.isatty() and sys.stderr.isatty()):
            hint = "--dry-run shows what would change, --yes deploys without a question"
            raise Stopped(f"nobody to ask: {hint}; nothing was done", status=REFUSED)

    def show(self, reviews: Reviews) -> None:
        """The table of changes."""
        for line in lines(reviews):
            self.talk.say(line)

    def check(self, reviews: Reviews, *, later: Collection[str] = (), first: bool = True) -> None:
        """Raise `Stopped` with every loss that was not named, and every name in vain.

        `later` are the names that a second review may still find; a name in vain is judged in the `first` only.
        """
        found, allowed = losses(reviews), self.arguments.allow_replacement
        vain = misnamed(found, allowed, later=later) if first else ()
        refused = (*impossible(reviews), *refusals(found, allowed))
        if refused or vain:
            findings = (*refused, *vain, "nothing was changed" if first else UNTOUCHED)
            self.refused(reviews, findings)
            raise Stopped(*findings, status=REFUSED if refused else WRONG_USAGE)

    def ask(self, reviews: Reviews, *, first: bool = True) -> None:
        """Raise `Stopped` unless the user agrees; nothing is asked where nothing changes."""
        if not self._is_question_due() or all(found.kind == "unchanged" for found in reviews):
            return
        with self.talk.quiet():
            print("Deploy this? [y/N] ", end="", file=sys.stderr, flush=True)
            answer = sys.stdin.readline().strip().lower()
        if answer not in ("y", "yes"):
            self.refused(reviews, ("refused",))
            raise Stopped(f"refused; {'nothing was done' if first else UNTOUCHED}", status=REFUSED)

    def _is_question_due(self) -> bool:
        """The local AWS costs nothing and needs no question."""
        return not (self.arguments.yes or self.arguments.local)
