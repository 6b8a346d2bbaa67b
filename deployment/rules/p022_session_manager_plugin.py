"""The Session Manager plugin is there, and new enough."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule

WANTED = (1, 2, 497, 0)
"""The first that takes the session's token from the environment, where `ps` does not show it."""
INSTALL = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html"
)


def check(facts: Facts) -> Iterator[Problem]:
    path = shutil.which("session-manager-plugin")
    if path is None:
        yield Problem(
            "session-manager-plugin", "not on PATH", f"{dotted(WANTED)} or newer, to connect", f"install it: {INSTALL}"
        )
        return
    try:
        done = facts.processes.run([path, "--version"])
    except OSError as error:
        yield Problem(
            "session-manager-plugin", f"{path}: {error.strerror}", "a program that runs", f"install it again: {INSTALL}"
        )
        return
    numbers = re.search(r"\d+\.\d+\.\d+\.\d+", done.stdout)
    version = tuple(map(int, numbers[0].split("."))) if numbers else (0, 0, 0, 0)
    if version < WANTED:
        value = f"{path} is {dotted(version)}" if numbers else f"{path} does not tell its version"
        yield Problem("session-manager-plugin", value, f"{dotted(WANTED)} or newer", f"install a newer one: {INSTALL}")


def dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


RULE = Rule(
    id="P022",
    level="warning",
    title="The Session Manager plugin is there, 1.2.497.0 or newer",
    actions=(),
    hint="install the plugin",
    link="https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html",
    check=check,
    on_local=False,
)
