"""Read and replace a file of the user's, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from workstation.errors import WorkstationError

DIRECTORY_MODE = 0o700
FILE_MODE = 0o600
"""What ssh wants: it refuses a config that others may write to."""


def read(path: Path) -> bytes:
    """The file's content, nothing where it does not exist. Raises `WorkstationError`."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise WorkstationError(f"cannot read {path}: {error.strerror}") from error


def replace(path: Path, *, before: bytes, after: bytes) -> None:
    """Put `after` in the place of `before` in one step: a reader sees the old file or the new one, never half of it.

    Mode and owner stay, and so does a symbolic link: the file that it points to is replaced.
    Raises `WorkstationError`, and leaves the file alone, when it no longer holds `before` or cannot be written.
    """
    target = Path(os.path.realpath(path))
    try:
        target.parent.mkdir(mode=DIRECTORY_MODE, exist_ok=True)
        _replace(target, before=before, after=after)
    except OSError as error:
        raise WorkstationError(f"cannot write {path}: {error.strerror}; nothing was changed") from error


def _replace(target: Path, *, before: bytes, after: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
            _like(target, name)
            file.flush()
            os.fsync(file.fileno())
        if read(target) != before:
            raise WorkstationError(f"{target} was changed by another program just now; nothing was written, try again")
        os.replace(name, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise
    _sync_directory(target.parent)


def _like(target: Path, name: str) -> None:
    """Give the new file the mode and the owner of the old one."""
    try:
        old = target.stat()
    except FileNotFoundError:
        os.chmod(name, FILE_MODE)
        return
    os.chmod(name, old.st_mode & 0o7777)
    if hasattr(os, "chown") and (os.stat(name).st_uid, os.stat(name).st_gid) != (old.st_uid, old.st_gid):
        os.chown(name, old.st_uid, old.st_gid)


def _sync_directory(directory: Path) -> None:
    """Make the new name last through a power cut; Windows neither needs nor allows it."""
    if os.name == "nt":
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
