"""axe-core, which finds what keeps people from using a page; fetched when it is first needed, never in the product.

https://github.com/dequelabs/axe-core, MPL-2.0
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest

from tests.tools import give_up, need

VERSION = "4.14.1"
SHA256 = "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745"
"""Of the package's archive."""


def source(root: Path) -> str:
    """The library's text. Where it cannot be fetched the test is skipped with the reason, and fails in CI."""
    kept = root / ".cache" / "axe" / f"{VERSION}.js"
    if not kept.is_file():
        _fetch(kept)
    return kept.read_text("utf-8")


def _fetch(kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as directory:
        command = [need("npm"), "pack", "--silent", f"axe-core@{VERSION}", "--pack-destination", directory]
        done = subprocess.run(command, cwd=directory, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        archive = next(Path(directory).glob("*.tgz"), None)
        if done.returncode or not archive:
            give_up(f"no axe-core {VERSION}: {done.stderr.strip()[-300:]}")
        found = hashlib.sha256(archive.read_bytes()).hexdigest()
        if found != SHA256:
            pytest.fail(f"axe-core {VERSION} has sha256 {found}, want {SHA256}")
        with tarfile.open(archive) as packed:
            member = packed.extractfile("package/axe.min.js")
            assert member is not None
            (Path(directory) / "axe.js").write_bytes(member.read())
        os.replace(Path(directory) / "axe.js", kept)
