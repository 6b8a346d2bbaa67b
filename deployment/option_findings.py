"""What stands against the values of options, one line each. Standard library only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from deployment.names import account_finding, shown
from deployment.rules.catalogue import unknown

Values = Iterable[tuple[str, str]]
"""Option and value, as they were typed."""

ONCE = ("--config", "--bundle", "--account")
LOGICAL_ID = re.compile(r"(?:[a-zA-Z][-a-zA-Z0-9]*/)?[a-zA-Z0-9]{1,255}")
LOGICAL_IDS = {
    "--allow-replacement": "demo-ada/Instance",
    "--retain": "demo/Vpc",
    "--skip": "demo/NatGatewayA",
}
"""Options that take one resource of a stack, with an example."""
EXAMPLES = {
    "--config": "config/default.toml",
    "--bundle": "demo.tar.gz",
    "--suppress": "P019",
    "--account": "123456789012",
    "--parameter": "KEY=VALUE",
    **LOGICAL_IDS,
}


def option_findings(values: Values) -> Iterator[str]:
    """Every finding about the values of options, but for `--parameter`."""
    values = tuple(values)
    yield from _once(values)
    for option, value in values:
        check = CHECKS.get(option)
        finding = check(value) if check else None
        if finding:
            yield finding
        if option in LOGICAL_IDS and not LOGICAL_ID.fullmatch(value):
            want = f"LOGICAL_ID or STACK/LOGICAL_ID; for example {LOGICAL_IDS[option]}"
            yield f"option: {option} got {shown(value)}, want {want}"


def _once(values: Values) -> Iterator[str]:
    options = [option for option, _ in values]
    for option in ONCE:
        if options.count(option) > 1:
            yield f"option: {option} was given {options.count(option)} times, want it once"


def _config(file: str) -> str | None:
    if not _is_there(file, Path.is_file):
        return f"option: --config got {shown(file)}, want a file that exists; for example config/default.toml"
    if not file.endswith(".toml"):
        return f"option: --config got {shown(file)}, want a .toml file; for example config/default.toml"
    return None


def _bundle(file: str) -> str | None:
    if file and not _is_there(file, Path.is_dir) and _is_there(str(Path(file).parent), Path.is_dir):
        return None
    return f"option: --bundle got {shown(file)}, want a file in a directory that exists; for example demo.tar.gz"


def _is_there(name: str, check: Callable[[Path], bool]) -> bool:
    try:
        return check(Path(name))
    except (OSError, ValueError):  # too long a name, a NUL
        return False


CHECKS: dict[str, Callable[[str], str | None]] = {
    "--config": _config,
    "--bundle": _bundle,
    "--suppress": unknown,
    "--account": account_finding,
}
