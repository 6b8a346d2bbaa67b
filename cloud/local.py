"""The local AWS of `--local`: is it running, and the environment in which every AWS tool talks to it and only it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

DIRECTORY = ".local"
STATE_FILE = "localaws.json"
"""Written by `python -m localaws` when it is ready, removed when it stops."""
ACCOUNT = "123456789012"
"""The account of the local AWS; any other answer means that we talk to the real one."""
PACE = 0.1
"""What is left of a wait where AWS is on this machine: it makes in a second what takes minutes, for nobody but us."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Endpoint:
    """A local AWS that answers."""

    url: str
    """For example `http://localhost:40123`."""
    pid: int
    account: str


def running(root: Path) -> Endpoint | None:
    """The local AWS of this checkout; None when it is not there or its process does not answer."""
    try:
        state = json.loads(Path(root, DIRECTORY, STATE_FILE).read_text(encoding="utf-8"))
        endpoint = Endpoint(url=state["endpoint"], pid=int(state["pid"]), account=state["account"])
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError, KeyError, TypeError, ValueError):
        return None
    return endpoint if is_alive(endpoint.pid) and _answers(endpoint.url) else None


def environment(base: Mapping[str, str], endpoint: Endpoint) -> dict[str, str]:
    """`base` without any AWS or proxy setting, pointed at the local AWS with keys that work nowhere else."""
    return stripped(base) | {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "localhost,127.0.0.1",
        "no_proxy": "localhost,127.0.0.1",
    }


def stripped(base: Mapping[str, str]) -> dict[str, str]:
    """`base` without any setting that leads an AWS tool somewhere: AWS's own, and the proxies."""
    return {key: value for key, value in base.items() if not _strays(key)}


def enter(endpoint: Endpoint) -> None:
    """Make `environment` that of this process, so that boto3 and every child see the local AWS and nothing else."""
    clean = environment(os.environ, endpoint)
    os.environ.clear()
    os.environ.update(clean)


def pace(environment: Mapping[str, str]) -> float:
    """What part of each wait for AWS is due: all of it, or little where AWS is on this machine."""
    return PACE if urlsplit(environment.get("AWS_ENDPOINT_URL", "")).hostname in LOOPBACK else 1.0


def is_alive(pid: int) -> bool:
    """Whether a process of that number exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _strays(key: str) -> bool:
    return key.upper().startswith(("AWS_", "BOTO_", "LOCALSTACK_")) or key.lower().endswith("_proxy")


def _answers(url: str) -> bool:
    """Whether somebody listens there: a process number alone may be another program's by now."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5).close()
    except OSError:
        return False
    return True
