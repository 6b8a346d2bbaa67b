"""The question before something is removed: a disk at stake wants the stack's name, anything else a yes."""

from __future__ import annotations

import sys

from deployment.arguments import Arguments
from deployment.findings import REFUSED, Stopped
from deployment.talk import Talk


def consent(arguments: Arguments, talk: Talk, *, verb: str, typed: str | None) -> None:
    """Raise `Stopped` unless the user agrees; with `typed` only that word does. `--local` and `--yes` need no question.

    `verb` is what is done: `Remove`, `Continue`.
    """
    if arguments.yes or arguments.local:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        hint = "--dry-run shows what would happen, --yes does it without a question"
        raise Stopped(f"nobody to ask: {hint}; nothing was done", status=REFUSED)
    question = f"A disk is among it. Type {typed} to {verb.lower()} it: " if typed else f"{verb} this? [y/N] "
    with talk.quiet():
        print(question, end="", file=sys.stderr, flush=True)
        answer = sys.stdin.readline().strip()
    agreed = answer == typed if typed else answer.lower() in ("y", "yes")
    if not agreed:
        raise Stopped("refused; nothing was done", status=REFUSED)
