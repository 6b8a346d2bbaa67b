"""Which AWS CLI runs, and the exact words it is given."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from deployment.findings import Stopped
from deployment.processes import Processes

LOCAL_VERSIONS = {1: (1, 29, 0), 2: (2, 13, 0)}
"""The first of each generation that obeys AWS_ENDPOINT_URL; an older one would talk to the real AWS in `--local`.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
"""

OWN = Path(sys.prefix, "bin", "aws")
"""The AWS CLI of requirements.lock."""

Version = tuple[int, int, int]


@dataclass(frozen=True)
class AwsCli:
    """A program that understands `aws cloudformation package` and `deploy`."""

    path: str
    version: Version
    own: bool
    """Whether it is that of requirements.lock."""
    note: str = ""
    """Why it was chosen, when that is not plain."""

    def __str__(self) -> str:
        return f"{self.path} ({dotted(self.version)})"


def find(processes: Processes, *, local: bool) -> AwsCli:
    """The AWS CLI on PATH if it will do, else the one of requirements.lock. Raises `Stopped` when neither is there."""
    path = shutil.which("aws")
    if path is None:
        return _own("no aws on PATH: using our own")
    if OWN.is_file() and OWN.samefile(path):
        return _own("")  # its version is known: one start of the AWS CLI less
    found = _version(processes, path)
    return choose(path, found, local=local) or _own(_why_not(path, found))


def choose(path: str, found: Version | None, *, local: bool) -> AwsCli | None:
    """The CLI at `path`, or None when its version is unknown, or too old for the local AWS."""
    if found is None or (local and found < LOCAL_VERSIONS.get(found[0], found)):
        return None
    return AwsCli(path, found, own=False)


def parse_version(text: str) -> Version | None:
    """`aws-cli/2.9.19 Python/…` to (2, 9, 19)."""
    match = re.match(r"aws-cli/(\d+)\.(\d+)\.(\d+)", text.strip())
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def dotted(numbers: Version) -> str:
    """(2, 9, 19) to `2.9.19`."""
    return ".".join(map(str, numbers))


def environment(base: Mapping[str, str], *, temporary: Path) -> dict[str, str]:
    """What the CLI sees: no pager, UTF-8, its temporary files where we remove them, none of our Python settings."""
    kept = {key: value for key, value in base.items() if not key.startswith("PYTHON")}
    return kept | {"AWS_PAGER": "", "AWS_CLI_FILE_ENCODING": "UTF-8", "PYTHONUTF8": "1", "TMPDIR": str(temporary)}


def package_words(*, template: Path, output: Path, bucket: str, prefix: str, region: str) -> tuple[str, ...]:
    """`aws cloudformation package`: local files that the template names are uploaded, the result is a new file."""
    words = ("cloudformation", "package", "--template-file", str(template), "--output-template-file", str(output))
    return (*words, "--s3-bucket", bucket, "--s3-prefix", prefix, *_common(region))


def deploy_words(
    *,
    template: Path,
    stack: str,
    bucket: str,
    prefix: str,
    region: str,
    capabilities: Sequence[str],
    parameters: Mapping[str, str],
    tags: Mapping[str, str],
) -> tuple[str, ...]:
    """`aws cloudformation deploy`; no change is success. Values go as they are, one word each."""
    words = ["cloudformation", "deploy", "--template-file", str(template), "--stack-name", stack]
    words += ["--s3-bucket", bucket, "--s3-prefix", prefix, "--no-fail-on-empty-changeset", *_common(region)]
    if capabilities:
        words += ["--capabilities", *capabilities]
    if parameters:
        words += ["--parameter-overrides", *(f"{key}={value}" for key, value in parameters.items())]
    return (*words, "--tags", *(f"{key}={value}" for key, value in tags.items()))


def _common(region: str) -> tuple[str, ...]:
    return ("--region", region, "--output", "json")


def _version(processes: Processes, path: str) -> Version | None:
    try:
        done = processes.run([path, "--version"], environment=environment(os.environ, temporary=Path("/tmp")))  # noqa: S108
    except OSError:
        return None
    return parse_version(done.stdout) or parse_version(done.stderr)


def _why_not(path: str, found: Version | None) -> str:
    if found is None:
        return f"{path} does not tell its version: using our own"
    needed = dotted(LOCAL_VERSIONS[found[0]])
    return f"{path} is {dotted(found)}, and before {needed} it would ignore the local AWS: using our own"


def _own(note: str) -> AwsCli:
    if not OWN.is_file():
        raise Stopped(f"no AWS CLI: {note}, but {OWN} is missing; remove .venv, then repeat the command")
    major, minor, patch = version("awscli").split(".")[:3]
    return AwsCli(str(OWN), (int(major), int(minor), int(patch)), own=True, note=note)
