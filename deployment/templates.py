"""Are the templates those of the config, and does cfn-lint have nothing against them."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from deployment.findings import Stopped
from deployment.processes import Processes


def check_current(processes: Processes, *, root: Path, config: Path) -> None:
    """Raise `Stopped` with the generator's own words when the templates are not what the config makes."""
    command = [sys.executable, "-m", "generator", "--check", "--config", config.resolve()]
    done = processes.run(command, cwd=root)
    if done.status:
        raise Stopped(*_words(done.stdout), *_words(done.stderr))


def lint(processes: Processes, templates: Iterable[Path], *, root: Path, region: str) -> None:
    """Raise `Stopped` with cfn-lint's findings. A clean verdict is kept for the same text, version and region."""
    paths = sorted(set(templates))
    verdict = root / ".cache" / "lint" / _key(paths, root=root, region=region)
    if verdict.is_file():
        return
    done = processes.run([Path(sys.prefix, "bin", "cfn-lint"), "--regions", region, "--", *paths], cwd=root)
    if done.status:
        raise Stopped(*_words(done.stdout), *_words(done.stderr), "cfn-lint has findings; mend config/ or generator/")
    verdict.parent.mkdir(parents=True, exist_ok=True)
    verdict.touch()


def _key(paths: Iterable[Path], *, root: Path, region: str) -> str:
    digest = hashlib.sha256(f"{version('cfn-lint')} {region}".encode())
    for path in (root / ".cfnlintrc", *paths):
        text = path.read_bytes() if path.is_file() else b""
        digest.update(hashlib.sha256(text).digest())
    return digest.hexdigest()


def _words(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.splitlines() if line.strip())
