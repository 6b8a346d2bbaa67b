"""Which rules there are: the files of this directory. Their ids are known without running any of them."""

from __future__ import annotations

import functools
import importlib
import re
from difflib import get_close_matches
from pathlib import Path

from deployment.names import shown
from deployment.rules.rule import Rule

FILE = re.compile(r"p(\d{3})_[a-z0-9_]+\.py")


def modules() -> dict[str, str]:
    """Rule id to its module, in the order of the ids. Standard library only: arguments are judged with it."""
    names = sorted(path.name for path in Path(__file__).parent.iterdir() if FILE.fullmatch(path.name))
    return {f"P{name[1:4]}": f"{__package__}.{name.removesuffix('.py')}" for name in names}


@functools.cache
def rules() -> tuple[Rule, ...]:
    """Every rule, in the order of its id."""
    return tuple(importlib.import_module(module).RULE for module in modules().values())


def unknown(identifier: str) -> str | None:
    """One line that says why there is no such rule, with what comes close; None when there is one."""
    known = tuple(modules())
    if identifier in known:
        return None
    close = get_close_matches(identifier[:64].upper(), known, n=1)
    hint = f"did you mean {close[0]}?" if close else "docs/guides/preflight.md lists them"
    if "," in identifier or " " in identifier:
        hint = "--suppress once for each rule"
    return f"option: --suppress got {shown(identifier)}, want the id of a rule, {known[0]} to {known[-1]}; {hint}"
