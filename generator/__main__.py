"""Write `templates/` from `config/`, or check that it is current. The only module of the room that touches the disk.

usage: python -m generator [--check] [--config FILE]

  --config FILE  only this config; without it, every config/*.toml
  --check        write nothing; print what differs and exit 1
  -h, --help     this text

config/default.toml makes templates/*; config/NAME.toml makes templates/NAME/*.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEFAULT = "default"
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
    configs = [config] if config else sorted((ROOT / "config").glob("*.toml"))
    # Imported late, so that --help and wrong usage cost nothing.
    from generator.files import ConfigError, planned_files

    try:
        files = planned_files(
            tuple((path, path.read_text(encoding="utf-8")) for path in configs), everything=not config
        )
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1
    except (OSError, UnicodeDecodeError) as error:
        print(f"python -m generator: cannot read the config: {error}", file=sys.stderr)
        return 2
    orphans = _orphans(tuple(files), configs, everything=not config)
    return _check(files, orphans) if check else _write(files, orphans)


def _parse(arguments: Sequence[str]) -> tuple[bool, Path | None, str]:
    check, config, rest = False, None, list(arguments)
    while rest:
        match rest.pop(0):
            case "--check":
                check = True
            case "--config" if rest:
                config = Path(rest.pop(0)).absolute()
            case "--config":
                return check, config, "--config wants a file"
            case other:
                return check, config, f"unknown argument {other!a}"
    return check, config, ""


def _orphans(files: tuple[str, ...], configs: Sequence[Path], *, everything: bool) -> tuple[str, ...]:
    """Files under templates/ that no config makes any more."""
    from generator.files import directory

    folders = [ROOT / "templates"] if everything else [ROOT / directory(configs[0])]
    found = {
        str(path.relative_to(ROOT))
        for folder in folders
        for path in (folder.rglob("*") if everything else folder.glob("*"))
        if path.is_file()
    }
    return tuple(sorted(found - set(files)))


def _check(files: dict[str, str], orphans: tuple[str, ...]) -> int:
    stale = False
    for name, text in files.items():
        path = ROOT / name
        old = path.read_text(encoding="utf-8") if path.exists() else ""
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
        path = ROOT / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with temporary.open("w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        print(f"wrote {name}")
    for name in orphans:
        (ROOT / name).unlink()
        print(f"removed {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
