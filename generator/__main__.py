"""Write `templates/` from `config/`, or check that it is current. The only module of the room that touches the disk.

usage: python -m generator [--check] [--config FILE]

  --config FILE  only this config; without it, every config/*.toml
  --check        write nothing; print what differs and exit 1
  -h, --help     this text

config/default.toml makes templates/*; config/NAME.toml makes templates/NAME/*.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from generator.lazy import put_off

# No pathlib in this module: it would be a twentieth of the run.
ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
MEND = "python -m generator"


def main(arguments: Sequence[str]) -> int:
    """0: written, or current. 1: not current, or a config with findings. 2: wrong usage."""
    if {"-h", "--help"} & set(arguments):
        print(__doc__.strip())
        return 0
    check, config, problem = _parse(arguments)
    if problem:
        print(f"python -m generator: {problem}; try --help", file=sys.stderr)
        return 2
    # Imported late, so that --help and wrong usage cost nothing; the library's YAML writer, not at all.
    put_off("cfn_flip")
    gc.disable()  # a short life: collecting would only look through what the imports made
    from generator.files import ConfigError, planned_files

    try:
        configs = {os.path.basename(path): _read(path) for path in ([config] if config else _all_configs())}
        files = planned_files(configs, everything=not config)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1
    except (OSError, UnicodeDecodeError) as error:
        print(f"python -m generator: cannot read the config: {error}", file=sys.stderr)
        return 2
    orphans = _orphans(files, config)
    if check:
        return _check(files, orphans)
    try:
        return _write(files, orphans)
    except OSError as error:  # a full disk, a directory that is read-only
        print(f"python -m generator: cannot write: {error}; what was there is as it was", file=sys.stderr)
        return 1


def _parse(arguments: Sequence[str]) -> tuple[bool, str, str]:
    """Whether to check, the one config or nothing, and what is wrong or nothing."""
    check, config, rest = False, "", list(arguments)
    while rest:
        match rest.pop(0):
            case "--check":
                check = True
            case "--config" if rest:
                config = os.path.abspath(rest.pop(0))
            case "--config":
                return check, config, "--config wants a file"
            case other:
                return check, config, f"unknown argument {other!a}"
    return check, config, ""


def _all_configs() -> list[str]:
    folder = os.path.join(ROOT, "config")
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith(".toml")]


def _read(path: str) -> str:
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def _orphans(files: dict[str, str], config: str) -> tuple[str, ...]:
    """Files under templates/ that no config makes any more; with one config, only in its folder."""
    from generator.contract import REVIEW_FILE
    from generator.files import directory

    reviews = {os.path.join(os.path.dirname(name), REVIEW_FILE) for name in files}
    folder = directory(os.path.basename(config)) if config else "templates"
    found = set()
    for place, folders, names in os.walk(os.path.join(ROOT, folder)):
        found |= {os.path.relpath(os.path.join(place, name), ROOT) for name in names}
        if config:
            folders.clear()
    return tuple(sorted(found - set(files) - reviews))


def _check(files: dict[str, str], orphans: tuple[str, ...]) -> int:
    stale = False
    for name, text in files.items():
        path = os.path.join(ROOT, name)
        old = _read(path) if os.path.exists(path) else ""
        if old != text:
            stale = True
            _print_difference(name, old, text)
    for name in orphans:
        stale = True
        print(f"{name}: no config makes this file")
    if stale:
        print(f"templates are not current; to mend: {MEND}", file=sys.stderr)
    return int(stale)


def _print_difference(name: str, old: str, new: str) -> None:
    import difflib

    names = (f"{name} (on disk)", f"{name} (generated)")
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), *names, n=2, lineterm="")
    print("\n".join(lines))


def _write(files: dict[str, str], orphans: tuple[str, ...]) -> int:
    for name, text in files.items():
        path = os.path.join(ROOT, name)
        if os.path.exists(path) and _read(path) == text:
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        _replace(path, text)
        print(f"wrote {name}")
    for name in orphans:
        os.unlink(os.path.join(ROOT, name))
        print(f"removed {name}")
    return 0


def _replace(path: str, text: str) -> None:
    """Put `text` at `path`, whole or not at all."""
    temporary = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.{os.getpid()}")
    try:
        with open(temporary, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


if __name__ == "__main__":
    status = main(sys.argv[1:])
    gc.freeze()  # nothing for the collector to look through at the end either
    sys.exit(status)
