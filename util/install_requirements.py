"""Make ROOT/.venv hold exactly what ROOT/requirements.lock names. Started by util/venv.sh; standard library only.

Safe to interrupt and to run twice at once: a lock lets one work and the others wait, a half-made environment is made
again, and the copy of the lock file that says "complete" is written last.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

NO_VENV = "this Python cannot make environments (no ensurepip); run `sudo apt install python3-venv`, then repeat"
BUSY = "installing"
"""A file that is there while an installation runs, and after one that was interrupted."""


def main() -> int:
    """Install what is missing; 0 when it is all there."""
    root = Path(sys.argv[1])
    with (root / "requirements.lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = lock.read()
        try:
            return _install(root, wanted)
        except OSError as error:
            return _fail(f"cannot install into {root / '.venv'}: {error.strerror}: {error.filename}")


def _install(root: Path, wanted: bytes) -> int:
    environment = root / ".venv"
    marker = environment / "requirements.lock"
    if marker.is_file() and marker.read_bytes() == wanted and _runs(environment / "bin" / "python"):
        return 0
    try:
        import ensurepip  # noqa: F401 - Debian ships it apart
    except ImportError:
        return _fail(NO_VENV)
    print(f"setting up {environment} from requirements.lock (once, about a minute)", file=sys.stderr, flush=True)
    if environment.is_symlink():
        environment.unlink()  # it leads to an environment that others use: that one stays as it is
    if (environment / BUSY).exists() or not _runs(environment / "bin" / "python", "-m", "pip", "--version"):
        venv.EnvBuilder(clear=True, symlinks=True, with_pip=True).create(environment)
    marker.unlink(missing_ok=True)
    (environment / BUSY).touch()
    status = _pip(root, environment)
    if status:
        return status
    (environment / BUSY).unlink()
    unfinished = marker.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(wanted)
    unfinished.replace(marker)
    return 0


def _pip(root: Path, environment: Path) -> int:
    log = root / ".cache" / "pip.log"
    log.parent.mkdir(exist_ok=True)
    command = [environment / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-input", "--require-hashes", "-r", root / "requirements.lock"]
    with log.open("wb") as output:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False)
    if done.returncode == 0:
        log.unlink()
        return 0
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    cause = next((line for line in lines if line.startswith("ERROR")), lines[-1] if lines else "no word from pip")
    return _fail(f"pip could not install requirements.lock: {cause}; the whole log is {log}")


def _runs(*command: Path | str) -> bool:
    if not shutil.which(command[0]):
        return False
    words = [*command] if len(command) > 1 else [*command, "-c", "pass"]
    return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("interrupted; run it again to carry on", file=sys.stderr)
        sys.exit(130)
