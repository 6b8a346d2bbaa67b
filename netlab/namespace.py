"""One network namespace, held by a file descriptor only: when the process ends, by whatever cause, it is gone."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

CLONE_NEWNET = 0x40000000  # linux/sched.h

_libc = ctypes.CDLL(None, use_errno=True)


class CommandError(RuntimeError):
    """`ip` or `nft` refused what the laboratory asked for: a bug of ours, with what it said."""


def own_namespace() -> int:
    """A descriptor of the namespace that this thread is in."""
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def enter(descriptor: int) -> None:
    """Move this thread into a namespace; what it opens or starts from now on belongs there."""
    _check(_libc.setns(descriptor, CLONE_NEWNET))


def _check(status: int) -> None:
    if status:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


class Namespace:
    """A network namespace with no device but its loopback. Sockets opened `inside` stay there."""

    def __init__(self, name: str, *, settings: Mapping[str, str]) -> None:
        self.name = name
        home = own_namespace()
        try:
            _check(_libc.unshare(CLONE_NEWNET))
            self.descriptor = own_namespace()
            for setting, value in settings.items():
                _set(setting, value)
        finally:
            enter(home)
            os.close(home)

    @property
    def path(self) -> str:
        """What `ip link … netns` takes; good while this process lives."""
        return f"/proc/{os.getpid()}/fd/{self.descriptor}"

    @contextmanager
    def inside(self) -> Iterator[None]:
        home = own_namespace()
        try:
            enter(self.descriptor)
            yield
        finally:
            enter(home)
            os.close(home)

    def ip(self, lines: tuple[str, ...], *, version: int | None = None) -> None:
        """Run lines of `ip -batch`; without a version each line's addresses say it. Raises CommandError."""
        if lines:
            self._run(("ip", *((f"-{version}",) if version else ()), "-batch", "-"), "\n".join(lines) + "\n")

    def nft(self, rules: str) -> None:
        """Load a rule set in place of the one before. Raises CommandError."""
        self._run(("nft", "-f", "-"), f"flush ruleset\n{rules}")

    def socket(self, family: int, kind: int, protocol: int = 0) -> socket.socket:
        with self.inside():
            opened = socket.socket(family, kind, protocol)
        opened.settimeout(0)
        return opened

    def close(self) -> None:
        os.close(self.descriptor)

    def _run(self, words: tuple[str, ...], text: str) -> str:
        with self.inside():
            done = subprocess.run(words, input=text, capture_output=True, text=True)
        if done.returncode or done.stderr:
            raise CommandError(f"{self.name}: {' '.join(words)}: {done.stderr.strip()}\n{text}")
        return done.stdout


def _set(setting: str, value: str) -> None:
    with open(f"/proc/sys/net/{setting}", "w") as file:
        file.write(value)
