"""A deploy that finds nothing to change, beside the bare AWS CLI; and its preflight, beside the calls that it makes.

All of it against a local AWS in the copy of the project, where the environment stands.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import RunError, Subject
from cloud import local

STACK, BUCKET, REGION = "demo", "demo-bucket", "us-east-1"
NO_CHANGE, BARE = "deploy, nothing changed", "package and deploy, bare"
CALL_SECONDS = 0.1
"""Every call to the local AWS is held back as long: what a call to AWS takes over a good line."""

PACKAGE_AND_DEPLOY = """
set -e
aws=$0 stack=$1 bucket=$2 region=$3
for one in "environment $stack Environment=$stack" "workstation $stack-ada Environment=$stack Workstation=ada"; do
    set -- $one
    template=$1 name=$2
    shift 2
    "$aws" cloudformation package --template-file "templates/$template.yaml" --output-template-file .packaged.yaml \
        --s3-bucket "$bucket" --s3-prefix "$stack" --region "$region"
    "$aws" cloudformation deploy --template-file .packaged.yaml --stack-name "$name" --s3-bucket "$bucket" \
        --s3-prefix "$stack" --capabilities CAPABILITY_IAM --no-fail-on-empty-changeset --tags "$@" --region "$region"
done
"""
"""What people type without us, for the same two stacks with the same tags."""


@dataclass(frozen=True)
class Preflight:
    """Wall times in seconds, medians: the whole, its slowest call, and all its calls one after the other."""

    whole: float
    slowest_call: float
    one_after_the_other: float


@contextmanager
def standing(project: Path, environment: Mapping[str, str]) -> Iterator[tuple[Subject, ...]]:
    """Deploy to a local AWS in `project`, and end it afterwards. Raises RunError when that fails."""
    environment = {**environment, "PATH": f"{sys.prefix}/bin:{environment['PATH']}"}  # one AWS CLI for both
    deploy = (str(project / "deploy.sh"), "--local", STACK, BUCKET, REGION)
    try:
        _run(deploy, project, environment)
        endpoint = local.running(project)
        if endpoint is None:
            raise RunError("the local AWS does not answer")
        aws = ("/bin/sh", "-c", PACKAGE_AND_DEPLOY, Path(sys.prefix, "bin", "aws"), STACK, BUCKET, REGION)
        yield (
            Subject(NO_CHANGE, deploy, project, dict(environment)),
            Subject(BARE, aws, project, local.environment(environment, endpoint)),
        )
    finally:
        subprocess.run([deploy[0], "--local", "--stop"], cwd=project, env=dict(environment), capture_output=True)


def preflight(project: Path, environment: Mapping[str, str], rounds: int) -> Preflight:
    """The first preflight of a process, with all its rules, while the local AWS of `project` holds each call back.

    Raises RunError when it fails.
    """
    endpoint = local.running(project)
    if endpoint is None:
        raise RunError("the local AWS does not answer")
    words = (sys.executable, "-m", "deployment.rules.measure")
    _hold_back(endpoint.url, [{"caller": "outside", "times": 0, "delay": CALL_SECONDS}])
    try:
        inside = local.environment(environment, endpoint)
        found = [json.loads(_run(words, project, inside))["first"] for _ in range(rounds)]
    finally:
        _hold_back(endpoint.url, [])
    names = ("preflight", "slowest_call", "one_after_the_other")
    return Preflight(*(statistics.median(one[name] for one in found) for name in names))


def _hold_back(url: str, rules: list[dict[str, object]]) -> None:
    request = urllib.request.Request(f"{url}/_local/faults", json.dumps(rules).encode(), method="POST")  # noqa: S310
    urllib.request.urlopen(request, timeout=60).close()  # noqa: S310 - it is on this machine


def _run(words: tuple[str, ...], project: Path, environment: Mapping[str, str]) -> str:
    done = subprocess.run(words, cwd=project, env=dict(environment), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RunError(f"{' '.join(words)} failed: {' / '.join(done.stderr.strip().splitlines()[-3:])}")
    return done.stdout
