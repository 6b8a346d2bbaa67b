"""The local AWS is the one that answers, it can be ended, and it keeps what was deployed; help needs nothing."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.deployment.conftest import Checkout

LOCAL = ("--local", "demo", "demo-bucket", "us-east-1")
IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::999999999999:user/real</Arn><UserId>A</UserId><Account>999999999999</Account>
</GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"""


class _RealAws(BaseHTTPRequestHandler):
    """Answers every call as the account of somebody else."""

    calls: list[str] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.calls.append(body.split("&")[0])
        self.send_response(200)
        self.end_headers()
        self.wfile.write(IDENTITY.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
        """Not on our stderr."""


@pytest.fixture
def real_aws() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _RealAws)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_local_ends_at_once_when_another_account_answers(
    make_checkout: Callable[[], Checkout], root: Path, real_aws: str
) -> None:
    checkout = make_checkout()
    (checkout.root / ".venv").symlink_to(root / ".venv")
    (checkout.root / ".local").mkdir()
    state = {"endpoint": real_aws, "pid": os.getpid(), "account": "123456789012"}
    (checkout.root / ".local" / "localaws.json").write_text(json.dumps(state))

    done = checkout.deploy(*LOCAL)

    assert done.returncode == 1
    assert done.stderr.endswith(
        "deploy.sh: --local, but account 999999999999 answers, want 123456789012; nothing was done\n"
    )
    assert _RealAws.calls == ["Action=GetCallerIdentity"]
    assert not checkout.log.exists()


def test_stopping_keeps_the_state_for_the_next_deploy(
    make_checkout: Callable[[], Checkout], root: Path, ready_aws: Path
) -> None:
    checkout = make_checkout()
    (checkout.root / ".venv").symlink_to(root / ".venv")
    (checkout.bin / "aws").unlink()
    (checkout.bin / "aws").symlink_to(ready_aws)
    first = checkout.deploy(*LOCAL)
    stopped, none = checkout.deploy("--local", "--stop"), checkout.deploy("--local", "--stop")
    second = checkout.deploy(*LOCAL)
    checkout.deploy("--local", "--stop")

    assert [done.returncode for done in (first, stopped, none, second)] == [0, 0, 0, 0]
    assert (stopped.stderr, none.stderr) == ("the local AWS was stopped\n", "no local AWS is running\n")
    assert second.stderr.endswith("nothing changed\nlocal: nothing was created on AWS\n")
    assert not (checkout.root / ".local" / "localaws.json").exists()


def test_help_is_printed_without_python(bare_checkout: Checkout, tmp_path: Path) -> None:
    for name in ("bash", "dirname", "env"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")

    done = [bare_checkout.deploy(*words, PATH=str(tmp_path)) for words in (("-h",), ("demo", "--help"))]

    assert [(found.returncode, found.stderr) for found in done] == [(0, ""), (0, "")]
    assert done[0].stdout == done[1].stdout
    for option in ("--local", "--stop", "--config", "--parameter", "--create-bucket", "--dry-run", "--yes", "--json"):
        assert option in done[0].stdout
