"""A local AWS for tests: a server in a temporary directory, stopped by its pid, with nothing left behind.

from tests.local_aws_fixture import LocalAws, started

@pytest.fixture(scope="session")
def local_aws(tmp_path_factory) -> Iterator[LocalAws]:
    with started(tmp_path_factory.mktemp("local-aws")) as local_aws:
        yield local_aws
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LONGEST_SECONDS = 180  # far more than the 2 s that a start or an end takes, for a busy machine


@dataclass(frozen=True)
class LocalAws:
    endpoint: str
    pid: int
    account: str
    directory: Path

    def environment(self, base: Mapping[str, str] = os.environ) -> dict[str, str]:
        """`base` without its AWS and proxy settings, pointed at this server."""
        kept = {key: value for key, value in base.items() if not key.upper().startswith("AWS_")}
        kept = {key: value for key, value in kept.items() if not key.upper().endswith("_PROXY")}
        return {
            **kept,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "*",
        }

    def client(self, service: str, region: str = "us-east-1") -> Any:
        import boto3
        from botocore.config import Config

        return boto3.session.Session().client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(proxies={}, retries={"mode": "standard", "max_attempts": 2}),
        )

    def faults(self, *rules: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Replace the fault rules; returns them as the server keeps them."""
        return self.post("/_local/faults", rules)

    def post(self, path: str, value: Any) -> Any:
        """What the server answers to `value`; it is one of the paths of its own, `/_local/…`."""
        data = json.dumps(value).encode()
        with _open(urllib.request.Request(f"{self.endpoint}{path}", data=data, method="POST")) as answer:  # noqa: S310
            return json.load(answer)

    def get(self, path: str) -> Any:
        with _open(f"{self.endpoint}{path}") as answer:
            return json.load(answer)


def _open(request: Any) -> Any:
    return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=90)


@contextlib.contextmanager
def started(directory: Path, *options: str) -> Iterator[LocalAws]:
    """A running local AWS whose state, log and address are in `directory`, with these options of its own."""
    log = (directory / "server.txt").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "localaws", "--directory", str(directory), *options], cwd=ROOT, stdout=log, stderr=log
    )
    try:
        yield _announced(directory, process)
    finally:
        process.terminate()
        process.wait(LONGEST_SECONDS)
        log.close()


def _announced(directory: Path, process: subprocess.Popen[bytes]) -> LocalAws:
    path, end = directory / "localaws.json", time.monotonic() + LONGEST_SECONDS
    while not path.exists():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"the local AWS did not start:\n{(directory / 'server.txt').read_text()}")
        time.sleep(0.05)
    told = json.loads(path.read_text())
    return LocalAws(told["endpoint"], told["pid"], told["account"], directory)
