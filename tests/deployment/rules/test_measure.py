"""The preflight is measured beside its own calls, against a local AWS; what it takes is for benchmarks to judge."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from deployment.rules.measure import ALLOWED_SECONDS, Comparison
from tests.local_aws_fixture import started


def test_a_measurement_is_json_and_makes_nothing(root: Path, tmp_path: Path) -> None:
    with started(tmp_path) as aws:
        done = subprocess.run(
            [sys.executable, "-m", "deployment.rules.measure"],
            cwd=root,
            env=aws.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        buckets = aws.client("s3").list_buckets()["Buckets"]

    assert (done.returncode, done.stderr) == (0, "")
    measured = json.loads(done.stdout)
    assert list(measured) == ["first", "warm"]
    assert measured["first"]["calls"] == measured["warm"]["calls"] > 20
    assert buckets == []


@pytest.mark.parametrize(("over", "met"), [(ALLOWED_SECONDS, True), (ALLOWED_SECONDS + 0.01, False)])
def test_the_promise_is_the_slowest_call_and_half_a_second(over: float, met: bool) -> None:  # noqa: FBT001
    assert Comparison(1 + over, 1, 9, 25).is_met == met
