"""Where the scanners are, how they get there, and how they run: without network and without credentials.

They are large, and none is part of the product: `./test.sh --all` installs them under `.cache/scanners/` in the exact
versions and with the hashes of `checkov.lock` and `package-lock.json`. cfn-lint is in the project's own environment.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

SOURCES = Path(__file__).parent
CACHE = ROOT / ".cache" / "scanners"
CHECKOV_LOCK, NODE_LOCK, NODE_PACKAGES = "checkov.lock", "package-lock.json", "package.json"
GUARD = Path("@cdklabs", "cdk-validator-cfnguard")
GUARD_FOLDERS = {
    ("Linux", "x86_64"): "ubuntu/x86_64",
    ("Linux", "aarch64"): "ubuntu/aarch64",
    ("Darwin", "x86_64"): "macos/x86_64",
    ("Darwin", "arm64"): "macos/aarch64",
}
"""(system, machine): where the npm package keeps the binary for it."""


class ToolError(RuntimeError):
    """A scanner that cannot be had, or did not do its work; the message says why."""


@dataclass(frozen=True)
class Toolbox:
    """The installed scanners."""

    checkov: Path
    node_modules: Path

    @property
    def guard(self) -> Path:
        folder = GUARD_FOLDERS.get((platform.system(), platform.machine()))
        if folder is None:
            raise ToolError(f"no cfn-guard for {platform.system()} on {platform.machine()}")
        return self.node_modules / GUARD / "bin" / folder / "cfn-guard"

    @property
    def guard_rules(self) -> Path:
        return self.node_modules / GUARD / "rules" / "control-tower" / "cfn-guard"


def toolbox() -> Toolbox:
    """The scanners, installed where they are missing or of another version. Raises ToolError."""
    return Toolbox(checkov=_checkov(CACHE / "checkov"), node_modules=_node_modules(CACHE / "node"))


def run_offline(words: Iterable[str | Path], place: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a scanner in a network namespace with nothing in it, with an environment of its own.

    Its home is `place`, so that it finds no credentials and leaves nothing. Raises ToolError where this machine
    cannot make such a namespace.
    """
    done = subprocess.run(
        [*_no_network(), *(str(word) for word in words)],
        cwd=place,
        env={"PATH": os.environ["PATH"], "HOME": str(place), "LC_ALL": "C.UTF-8", "NO_COLOR": "1", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare:" in done.stderr:
        raise ToolError(f"cannot run without network: {done.stderr.strip()}")
    return done


def _no_network() -> tuple[str, ...]:
    if not shutil.which("unshare"):
        raise ToolError("cannot run without network: no unshare on PATH (package util-linux)")
    return ("unshare", "--net") if os.geteuid() == 0 else ("unshare", "--map-root-user", "--net")


def _checkov(place: Path) -> Path:
    lock = SOURCES / CHECKOV_LOCK
    if not _is_installed(place, lock):
        pip = (place / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--quiet")
        _install(sys.executable, "-m", "venv", "--clear", place)
        _install(*pip, "install", "--require-hashes", "-r", lock)
        shutil.copy(lock, place)
    return place / "bin" / "checkov"


def _node_modules(place: Path) -> Path:
    if not shutil.which("node") or not shutil.which("npm"):
        raise ToolError("no node and npm on PATH: install the packages nodejs and npm")
    lock = SOURCES / NODE_LOCK
    if not _is_installed(place / "node_modules", lock):
        place.mkdir(parents=True, exist_ok=True)
        for name in (NODE_PACKAGES, NODE_LOCK):
            shutil.copy(SOURCES / name, place)
        _install("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", place)
        shutil.copy(lock, place / "node_modules")
    return place / "node_modules"


def _is_installed(place: Path, lock: Path) -> bool:
    """Whether the copy of the lock file that is written last is there, and the same."""
    marker = place / lock.name
    return marker.is_file() and marker.read_bytes() == lock.read_bytes()


def _install(*words: str | Path) -> None:
    command = [str(word) for word in words]
    print(f"scanners: {' '.join(command)}", file=sys.stderr)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise ToolError(f"{Path(command[0]).name} failed with status {done.returncode}: {' '.join(last)}")
