"""A small checkout in a directory with a space, and a fake `aws` that writes down what it is given."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.ready_aws import ready

ROOMS = ("analysis", "cloud", "config", "deployment", "generator", "localaws", "templates", "util", "workstation")
PARTS = ("deploy.sh", "requirements.lock", *ROOMS)
FAKE_AWS = """#!/bin/sh
if [ "$1" = --version ]; then echo "{version}"; exit 0; fi
printf '%s\\0' "$@" >> "{log}"
exit 97
"""


@dataclass(frozen=True)
class Checkout:
    """Our files at a place of their own, with nothing installed, and a place for what must not happen."""

    root: Path
    bin: Path
    log: Path
    canary: Path
    environment: dict[str, str]

    def deploy(self, *words: str | bytes, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess:
        """Run deploy.sh as a person would."""
        return run([self.root / "deploy.sh", *words], cwd=cwd or self.root, environment=self.environment | environment)

    @property
    def endpoint(self) -> str:
        """Where the local AWS of this checkout answers."""
        return json.loads((self.root / ".local" / "localaws.json").read_text())["endpoint"]

    @property
    def account(self) -> dict[str, str]:
        """What somebody with an account has set: without --local, a deploy with it asks the local AWS all the same."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "localhost,127.0.0.1",
        }

    def client(self, service: str) -> Any:
        """A client of the local AWS, to look at what a deploy left there."""
        return boto3.session.Session().client(
            service,
            region_name="us-east-1",
            endpoint_url=self.endpoint,
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(proxies={}),
        )

    def faults(self, *rules: dict[str, object]) -> None:
        """From now on the local AWS fails the calls that the rules name."""
        self._post("/_local/faults", json.dumps(rules).encode())

    def keep(self, state: str) -> None:
        """Let the local AWS remember all that it has, under a name."""
        self._post(f"/_local/keep/{state}", b"")

    def put_back(self, state: str) -> None:
        """Make all that the local AWS has what it was at `keep`."""
        self._post(f"/_local/put-back/{state}", b"")

    def _post(self, path: str, text: bytes) -> None:
        request = urllib.request.Request(f"{self.endpoint}{path}", text, method="POST")  # noqa: S310
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=90).close()

    def touched(self) -> tuple[str, ...]:
        """What a refused command must not leave: a called AWS CLI, an environment, a canary."""
        places = (self.log, self.root / ".venv", self.root / ".local", self.root / ".cache", self.canary)
        return tuple(path.name for path in places if path.exists())


def run(words: Sequence[object], *, cwd: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [word if isinstance(word, bytes) else str(word) for word in words],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=600,
    )


def write_fake_aws(directory: Path, *, version: str, log: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "aws"
    path.write_text(FAKE_AWS.format(version=version, log=log))
    path.chmod(0o755)
    return path


@pytest.fixture(scope="session")
def make_checkout(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Checkout]:
    """A function that makes a checkout."""

    def make() -> Checkout:
        place = tmp_path_factory.mktemp("a place") / "the project"
        place.mkdir()
        for part in PARTS:
            source = root / part
            if source.is_dir():
                shutil.copytree(source, place / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, place / part)
        temporary = place.parent / "temporary"
        temporary.mkdir()
        log = place.parent / "aws.log"
        canary = tmp_path_factory.mktemp("canary") / "canary"  # no space: `touch $CANARY` has to work where it is run
        write_fake_aws(place.parent / "bin", version="aws-cli/2.30.0 Python/3.13.0 Linux/6 exe/x86_64", log=log)
        python = os.path.dirname(os.path.realpath(shutil.which("python3") or "/usr/bin/python3"))
        environment = {
            "PATH": f"{place.parent / 'bin'}:{root / '.venv' / 'bin'}:{python}:/usr/bin:/bin",
            "HOME": str(place.parent / "home"),
            "TMPDIR": str(temporary),
            "LANG": "C",
            "PYTHONDONTWRITEBYTECODE": "1",
            "CANARY": str(canary),
        }
        return Checkout(place, place.parent / "bin", log, canary, environment)

    return make


@pytest.fixture(scope="session")
def bare_checkout(make_checkout: Callable[[], Checkout]) -> Checkout:
    """One checkout for all tests that must leave it as it is."""
    return make_checkout()


@pytest.fixture(scope="session")
def ready_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Our AWS CLI, imported already."""
    with ready(tmp_path_factory.mktemp("ready")) as program:
        yield program


@pytest.fixture(scope="session")
def local_checkout(make_checkout: Callable[[], Checkout], root: Path, ready_aws: Path) -> Iterator[Checkout]:
    """A checkout with the environment of the tests and no AWS CLI on PATH but ours; its local AWS is ended."""
    checkout = make_checkout()
    (checkout.root / ".venv").symlink_to(root / ".venv")
    (checkout.bin / "aws").unlink()
    (checkout.bin / "aws").symlink_to(ready_aws)
    yield checkout
    checkout.deploy("--local", "--stop")


@pytest.fixture(scope="session")
def first_deploy(local_checkout: Checkout) -> subprocess.CompletedProcess[str]:
    """What the first deploy of the default config said."""
    return local_checkout.deploy("--local", "demo", "demo-bucket", "us-east-1")


@pytest.fixture
def deployed(local_checkout: Checkout, first_deploy: subprocess.CompletedProcess[str]) -> Checkout:
    """The checkout, after its first deploy."""
    assert first_deploy.returncode == 0, first_deploy.stderr
    return local_checkout
