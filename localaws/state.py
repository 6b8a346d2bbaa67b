"""State between runs: moto's objects and our stacks, pickled into one file.

The file is written whole or not at all, within a second of each stack operation and at SIGTERM.
Calls to other services are in it from the next stack operation on.
It is read only by the same version of this room and of moto; another one starts empty and says so.
"""

from __future__ import annotations

import io
import logging
import os
import pickle
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

log = logging.getLogger("localaws")

FORMAT = "localaws 1, moto 5.2.5"
QUIET_SECONDS = 0.5  # writing takes about 0.2 s, in which no request is answered
SERVICES = ("ec2", "iam", "kms", "logs", "s3", "ssm", "sts")
"""moto's services whose state is kept."""


class Saved:
    """The state file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.Lock()
        self.wanted = threading.Event()

    def save_soon(self) -> None:
        """Ask for the state to be written; several operations that end together are written once."""
        self.wanted.set()

    def keep_saving(self) -> None:
        """Write the state whenever that was asked for, a moment later; runs in a thread of its own."""
        while True:
            self.wanted.wait()
            time.sleep(QUIET_SECONDS)
            self.wanted.clear()
            self.save()

    def save(self) -> None:
        """Write the state; a request that changes it meanwhile makes the attempt start again."""
        with self.lock:
            for _ in range(5):
                try:
                    data = dump()
                except RuntimeError:  # a dictionary changed while it was read
                    continue
                partial = self.path.with_suffix(f".{os.getpid()}")
                partial.write_bytes(data)
                partial.replace(self.path)
                return
            log.warning("the state kept changing; it will be saved after the next operation")

    def restore(self) -> str:
        """Read the state; the text says why it was not used, and is empty when it was or there is none."""
        if not self.path.exists():
            return ""
        try:
            version, state = _Unpickler(io.BytesIO(self.path.read_bytes())).load()
        except Exception as error:  # any damage means the same: start empty
            return f"{self.path} cannot be read ({error}); starting empty"
        if version != FORMAT:
            return f"{self.path} is of another version ({version}); starting empty"
        _put_back(state)
        return ""


def dump() -> bytes:
    """The state of now. Raises RuntimeError when a request changes it meanwhile."""
    return _pickled((FORMAT, _collect()))


def load(data: bytes) -> None:
    """Make the state what `dump` gave, in this process: what was made since is gone."""
    from moto.backends import get_backend

    for service in SERVICES:
        for regions in get_backend(service).values():
            for item in regions.values():
                item.reset()
    _, state = _Unpickler(io.BytesIO(data)).load()
    _put_back(state)


class _Pickler(pickle.Pickler):
    """Names moto's backends instead of copying them, and writes private keys as PEM."""

    def persistent_id(self, item: Any) -> tuple[str, str, str] | None:
        from moto.core.base_backend import BaseBackend

        if isinstance(item, BaseBackend):
            return type(item).__module__.split(".")[1], item.account_id, item.region_name
        return None

    def reducer_override(self, item: Any) -> Any:
        if not hasattr(item, "private_bytes"):
            return NotImplemented
        from cryptography.hazmat.primitives import serialization

        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return _from_pem, (item.private_bytes(*form),)


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, name: tuple[str, str, str]) -> Any:
        service, account, region = name
        return _backend(service, account, region)


def _from_pem(pem: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(pem, password=None)


def _backend(service: str, account: str, region: str) -> Any:
    from moto.backends import get_backend

    return get_backend(service)[account][region]


def _pickled(value: Any) -> bytes:
    buffer = io.BytesIO()
    _Pickler(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
    return buffer.getvalue()


def _collect() -> dict[str, Any]:
    from moto.backends import get_backend

    from localaws.responses import Service
    from localaws.simulated import block_public_access

    backends = [
        ((service, account, region), {name: _contents(value) for name, value in vars(item).items()})
        for service in SERVICES
        for account, regions in list(get_backend(service).items())
        for region, item in list(regions.items())
    ]
    return {"backends": backends, "stacks": Service.store.stacks, "modes": block_public_access.modes}


def _contents(value: Any) -> Any:
    """A dictionary with a default is put back into the one that a fresh backend has: its default cannot be pickled."""
    if not isinstance(value, defaultdict):
        return value
    return _Contents(dict(value), getattr(value, "__dict__", {}))


class _Contents:
    def __init__(self, items: dict[Any, Any], attributes: dict[str, Any]) -> None:
        self.items, self.attributes = items, attributes


def _put_back(state: dict[str, Any]) -> None:
    from localaws.responses import Service
    from localaws.simulated import block_public_access

    for name, attributes in state["backends"]:
        item = _backend(*name)
        for attribute, value in attributes.items():
            if isinstance(value, _Contents):
                kept = getattr(item, attribute)
                kept.clear()
                kept.update(value.items)
                if value.attributes:
                    vars(kept).update(value.attributes)
            else:
                setattr(item, attribute, value)
    Service.store.stacks = state["stacks"]
    for stack in Service.store.stacks:
        if stack.in_progress:
            ended = stack.status.removesuffix("_CLEANUP_IN_PROGRESS").removesuffix("_COMPLETE")
            status = f"{ended.removesuffix('_IN_PROGRESS')}_FAILED"
            Service.store.set_status(stack, status, "The local AWS was stopped during the operation")
    block_public_access.modes = state["modes"]
