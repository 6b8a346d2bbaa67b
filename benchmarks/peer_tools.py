"""Installs the tools to compare with, in exact versions, into a folder of their own under `.cache/`."""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.project import ROOT

CACHE = ROOT / ".cache" / "benchmarks"
SOURCES = Path(__file__).with_name("peers")


@dataclass(frozen=True)
class Peers:
    """Where each tool lies; None with a reason in `skipped` where it cannot be had."""

    cdk: Path | None
    sceptre: Path | None
    skipped: tuple[str, ...] = ()


def install() -> Peers:
    """Both tools; what is there in the right version stays as it is."""
    cdk, no_cdk = _cdk()
    sceptre, no_sceptre = _sceptre()
    return Peers(cdk, sceptre, tuple(reason for reason in (no_cdk, no_sceptre) if reason))


def _cdk() -> tuple[Path | None, str]:
    if not shutil.which("node") or not shutil.which("npm"):
        return None, "cdk: no node and npm on PATH"
    place, source = CACHE / "cdk", SOURCES / "cdk"
    lock = "package-lock.json"
    is_current = (place / "installed" / lock).is_file() and filecmp.cmp(
        place / "installed" / lock, source / lock, shallow=False
    )
    place.mkdir(parents=True, exist_ok=True)
    for name in ("app.js", "package.json", lock):
        shutil.copy(source / name, place)
    if not is_current:
        problem = _run(("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"), place)
        if problem:
            return None, f"cdk: npm ci failed: {problem}"
        (place / "installed").mkdir(exist_ok=True)
        shutil.copy(source / lock, place / "installed")
    return place, ""


def _sceptre() -> tuple[Path | None, str]:
    place, wanted = CACHE / "sceptre", SOURCES / "sceptre" / "requirements.txt"
    installed = place / "requirements.txt"
    if installed.is_file() and filecmp.cmp(installed, wanted, shallow=False):
        return place, ""
    problem = _run((sys.executable, "-m", "venv", "--clear", place), ROOT) or _run(
        (place / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-deps", "-r", wanted), ROOT
    )
    if problem:
        return None, f"sceptre: {problem}"
    shutil.copy(wanted, installed)
    return place, ""


def _run(command: tuple[str | Path, ...], place: Path) -> str:
    """The last words of a command that failed, or nothing."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
    words = (done.stderr or done.stdout).strip().splitlines()
    return (words[-1] if words else f"exit status {done.returncode}") if done.returncode else ""
