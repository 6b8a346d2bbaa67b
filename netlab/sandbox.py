"""Starts the laboratory's process where nothing that it sends can leave, and asks it for outcomes.

That process lives in user, network and mount namespaces of its own: no cable leads out of them, being
root inside is no power outside, and they end with the process, also when it is killed.
"""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from analysis.network.model import Network
from analysis.network.probe import Outcome, Probe

ALSO_IN = ("/usr/sbin", "/sbin", "/usr/local/sbin")
"""Where `ip` and `nft` live, which is not on everybody's PATH."""

PACKAGES = {"ip": "iproute2", "nft": "nftables", "unshare": "util-linux"}
"""Tool: the package of Debian and Ubuntu that brings it."""

TRIAL = """
table inet trial {
  chain first { type filter hook prerouting priority -300
    ct zone set 1
    ip saddr set ip saddr map { 10.0.0.1 : 10.0.0.2 }
  }
  chain second { type nat hook prerouting priority -100; fib daddr type local meta l4proto tcp redirect to :7; }
  chain third { type nat hook postrouting priority 100; ip saddr 10.0.0.0/8 snat ip to 10.0.0.1; }
}"""
"""One rule of each kind that the laboratory uses: a kernel that lacks one says so before anything is built."""

Builds = Mapping[str, tuple[Network, Sequence[Probe]]]
"""Name of a build: its network, and the packets to send in it."""


class Found(NamedTuple):
    """What became of the packets of one build."""

    name: str
    outcomes: tuple[Outcome, ...]
    knocks: Mapping[str, int]
    """NAT gateway to the number of packets that got as far as it, wherever they ended."""


class UnavailableError(RuntimeError):
    """The laboratory cannot be built here; the message says why and what to do."""


class BrokenError(RuntimeError):
    """The laboratory's process failed: a bug, with what it said."""


def environment() -> dict[str, str]:
    """This process's, with the places where servers' tools live on the PATH."""
    places = dict.fromkeys((*os.environ.get("PATH", "").split(os.pathsep), *ALSO_IN))
    return {**os.environ, "PATH": os.pathsep.join(place for place in places if place)}


def check_available(tools: Mapping[str, str] = PACKAGES) -> None:
    """Raises UnavailableError when a tool is missing, or namespaces or their filters are blocked."""
    if sys.platform != "linux":
        raise UnavailableError(f"packets need Linux; this is {sys.platform}")
    missing = [package for tool, package in tools.items() if not shutil.which(tool, path=environment()["PATH"])]
    if missing:
        raise UnavailableError(f"packets need more tools; install them: sudo apt-get install {' '.join(missing)}")
    done = subprocess.run(
        (*_namespaces(), "sh", "-c", f"echo 1 >/proc/sys/net/ipv4/ip_forward && nft '{TRIAL}'"),
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        said = (done.stderr.strip() or f"exit {done.returncode}").splitlines()[0]
        raise UnavailableError(f"user and network namespaces, or their filters, are blocked on this machine ({said})")


def _namespaces() -> tuple[str, ...]:
    return ("unshare", "--user", "--map-root-user", "--net", "--mount", "--")


class Sandbox:
    """A process inside; it builds one network after the other for as long as it is asked."""

    def __init__(self) -> None:
        root = Path(__file__).resolve().parent.parent
        words = (*_namespaces(), sys.executable, "-m", "netlab.inside")
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(words, cwd=root, env=environment(), **pipes)

    def outcomes(self, builds: Builds) -> Iterator[Found]:
        """What became of each build's probes, as soon as it is known. Raises BrokenError."""
        self._ask(tuple((name, network, tuple(probes)) for name, (network, probes) in builds.items()))
        for _ in builds:
            yield self._answer()

    def _ask(self, question: object) -> None:
        try:
            pickle.dump(question, self.process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
            self.process.stdin.flush()
        except BrokenPipeError:
            self._raise()

    def _answer(self) -> Found:
        try:
            return Found(*pickle.load(self.process.stdout))  # noqa: S301 - our own process wrote it
        except EOFError:
            return self._raise()

    def _raise(self) -> None:
        said = self.process.stderr.read().decode(errors="replace").strip()
        raise BrokenError(f"the laboratory's process ended ({self.process.wait()}): {said}")

    def close(self) -> None:
        """The process ends when nobody asks any more, and takes its namespaces with it."""
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()
        self.process.wait()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if kind:
            self.process.kill()
        self.close()
