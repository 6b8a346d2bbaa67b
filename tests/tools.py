"""Tools that the tests need and that Python packages cannot bring: where they are, and how they get there.

python -m tests.tools quick|all     installs what is missing, as root on Debian or Ubuntu; `./test.sh` starts it
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import NoReturn

import pytest

PACKAGES = {
    "chromium": "chromium",
    "git": "git",
    "node": "nodejs",
    "npm": "npm",
    "ip": "iproute2",
    "nft": "nftables",
    "rsync": "rsync",
    "sshd": "openssh-server",
    "ssh": "openssh-client",
    "unshare": "util-linux",
}
"""Tool: the package of Debian and Ubuntu that brings it."""

SLOW = ("node", "npm")
"""What only the tests that `./test.sh --all` adds need."""

ALSO_IN = ("/usr/sbin", "/sbin", "/usr/local/sbin")
"""Where servers live, which is not on everybody's PATH."""


def path_of(tool: str) -> str | None:
    """The tool's path, or None where it is missing."""
    return shutil.which(tool, path=os.pathsep.join((os.environ.get("PATH", ""), *ALSO_IN)))


def need(tool: str) -> str:
    """The tool's path. Where it is missing the test is skipped with the reason, and fails in CI."""
    return path_of(tool) or give_up(f"no {tool}: install {PACKAGES[tool]}, or run ./test.sh --all as root")


def give_up(reason: str) -> NoReturn:
    """Skip a test that cannot be made here; in CI, where everything is there, it fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def main(scope: str) -> int:
    """Install what is missing where that is possible; the tests themselves say what is not there."""
    if scope == "all":
        return _packages(tuple(PACKAGES)) or _scanners()
    return _packages(tuple(tool for tool in PACKAGES if tool not in SLOW))


def _scanners() -> int:
    from tests.scanners.toolbox import ToolError, toolbox

    try:
        toolbox()
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _packages(tools: Sequence[str]) -> int:
    missing = sorted({PACKAGES[tool] for tool in tools if not path_of(tool)})
    if not missing or os.geteuid() != 0 or not shutil.which("apt-get"):
        return 0
    print(f"installing {', '.join(missing)}", file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *missing],
    ):
        done = subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            print(f"{' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
