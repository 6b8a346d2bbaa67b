"""A deploy works wherever it is started, whatever else the shell has set."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.deployment.conftest import Checkout

pytestmark = pytest.mark.xdist_group("local-deploy")

DEPLOY = ("--local", "demo", "demo-bucket", "us-east-1")


def test_it_works_from_anywhere_by_a_link_with_a_poor_environment(deployed: Checkout, tmp_path: Path) -> None:
    elsewhere = tmp_path / "some where"
    elsewhere.mkdir()
    for name in ("json.py", "deployment.py", "boto3.py"):
        (elsewhere / name).write_text("raise SystemExit('the wrong module')")
    first = elsewhere / "first"
    first.symlink_to(deployed.root / "deploy.sh")
    (elsewhere / "second").symlink_to("first")
    environment = {"PATH": deployed.environment["PATH"], "PYTHONPATH": str(elsewhere), "CDPATH": "/", "LC_ALL": "C"}

    done = subprocess.run(
        ["./second", *DEPLOY], cwd=elsewhere, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith("nothing changed\nlocal: nothing was created on AWS\n")


def test_settings_for_the_real_aws_lead_nowhere(deployed: Checkout) -> None:
    done = deployed.deploy(
        *DEPLOY,
        AWS_PROFILE="work",
        AWS_ENDPOINT_URL_S3="http://127.0.0.1:9",
        AWS_IGNORE_CONFIGURED_ENDPOINT_URLS="true",
        HTTPS_PROXY="http://127.0.0.1:9",
        HTTP_PROXY="http://127.0.0.1:9",
        AWS_CA_BUNDLE="/nowhere",
    )

    assert done.returncode == 0, done.stderr


def test_a_reader_that_goes_away_is_no_fault(deployed: Checkout) -> None:
    command = f"'{deployed.root}/deploy.sh' {' '.join(DEPLOY)} | head -n 1"
    done = subprocess.run(
        ["bash", "-c", command], env=deployed.environment, capture_output=True, text=True, check=False
    )

    assert done.stdout == "environment demo: unchanged\n"
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_nothing_is_left_in_the_temporary_directory(deployed: Checkout) -> None:
    assert os.listdir(deployed.environment["TMPDIR"]) == []
