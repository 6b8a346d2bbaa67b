"""A copy of the project to measure in, so that the work tree stays as it is."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("analysis", "cloud", "config", "deployment", "generator", "localaws", "templates", "util", "workstation")
WORKSTATION = "[[workstation]]"


def copy_project(directory: Path, counts: Sequence[int]) -> None:
    """The rooms, `deploy.sh` and our own Python, and a config for each count of workstations: `config/nCOUNT.toml`."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, directory / room, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("deploy.sh", "requirements.lock"):
        shutil.copy(ROOT / file, directory)
    (directory / ".venv").symlink_to(sys.prefix)
    default = (ROOT / "config" / "default.toml").read_text("utf-8")
    for count in counts:
        (directory / "config" / f"n{count}.toml").write_text(config_of(default, count), "utf-8")


def config_of(default: str, count: int) -> str:
    """The text of the default config with `count` workstations in place of its one."""
    shared, _, one = default.partition(WORKSTATION)
    settings = [line for line in one.splitlines() if line and not line.startswith(("name", "owner"))]
    tables = ("\n".join((WORKSTATION, f'name = "w{number:03}"', *settings)) for number in range(count))
    return shared + "\n\n".join(tables) + "\n"
