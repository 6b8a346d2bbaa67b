"""Which local AWS runs, and an environment that leads nowhere else."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloud.local import ACCOUNT, PACE, Endpoint, environment, pace, running


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def write(root: Path, text: str) -> None:
    (root / ".local").mkdir(exist_ok=True)
    (root / ".local" / "localaws.json").write_text(text)


def state(port: int, pid: int) -> str:
    return json.dumps({"endpoint": f"http://localhost:{port}", "pid": pid, "account": ACCOUNT})


def test_a_local_aws_that_answers_is_found(tmp_path: Path, port: int) -> None:
    write(tmp_path, state(port, os.getpid()))

    assert running(tmp_path) == Endpoint(f"http://localhost:{port}", os.getpid(), ACCOUNT)


def test_a_process_that_is_gone_is_not_found(tmp_path: Path, port: int) -> None:
    write(tmp_path, state(port, 2**22 + 1))

    assert running(tmp_path) is None


def test_a_process_number_that_somebody_else_has_now_is_not_found(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        silent = server.getsockname()[1]
    write(tmp_path, state(silent, os.getpid()))

    assert running(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"endpoint": 1, "pid": "x", "account": ""}'])
def test_a_broken_file_is_no_local_aws(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)

    assert running(tmp_path) is None


def test_no_file_is_no_local_aws(tmp_path: Path) -> None:
    assert running(tmp_path) is None


def test_nothing_that_leads_to_the_real_aws_is_left() -> None:
    base = {
        "PATH": "/bin",
        "AWS_PROFILE": "work",
        "AWS_SESSION_TOKEN": "secret",
        "AWS_ENDPOINT_URL_S3": "https://s3",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_CA_BUNDLE": "/ca",
        "HTTPS_PROXY": "http://proxy",
        "https_proxy": "http://proxy",
        "All_Proxy": "http://proxy",
        "no_proxy": "*",
    }

    expected = {
        "PATH": "/bin",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_ENDPOINT_URL": "http://localhost:1",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "localhost,127.0.0.1",
        "no_proxy": "localhost,127.0.0.1",
    }
    assert expected == environment(base, Endpoint("http://localhost:1", 1, ACCOUNT))


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, 1.0),
        ({"AWS_ENDPOINT_URL": "https://cloudformation.example.com"}, 1.0),
        ({"AWS_ENDPOINT_URL": "http://localhost.example.com:1"}, 1.0),
        ({"AWS_ENDPOINT_URL": "http://localhost:40123"}, PACE),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:40123"}, PACE),
    ],
)
def test_only_an_aws_on_this_machine_is_asked_more_often(environment: dict[str, str], wanted: float) -> None:
    assert pace(environment) == wanted
