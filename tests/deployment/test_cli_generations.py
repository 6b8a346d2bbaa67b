"""Both generations of the AWS CLI carry out exactly our words, and values arrive as they were given."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployment.aws_cli import deploy_words, package_words, parse_version
from tests.local_aws_fixture import LocalAws, started

DEBIAN = Path("/usr/bin/aws")
VALUES = (
    "plain",
    "",
    "two words",
    " spaces at both ends ",
    "a,b,,c",
    "key=value=more",
    "'single' \"double\"",
    "back\\slash",
    "$(touch canary) `touch canary` $HOME ; | & > <",
    "--leading-hyphens",
    '{"json": ["a", 1]}',
    '["Value=other"]',
    "file:///etc/passwd",
    "two\nlines\tand a tab",
    "\u00fcml\u00e4ut \u65e5\u672c\u8a9e \U0001f600",
    "v" * 4_096,
)


@pytest.fixture(scope="module")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with started(tmp_path_factory.mktemp("local-aws")) as server:
        server.client("s3").create_bucket(Bucket="values")
        yield server


@pytest.fixture(scope="module")
def second_generation() -> Path:
    """Debian's AWS CLI 2, installed if need be and possible."""
    if not DEBIAN.is_file() and os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "awscli"]
        subprocess.run(install, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    version = None
    if DEBIAN.is_file():
        told = subprocess.run([DEBIAN, "--version"], capture_output=True, text=True, check=True).stdout
        version = parse_version(told)
    if version is None or version[0] != 2:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up(f"no AWS CLI 2 at {DEBIAN}, and none could be installed (needs root and apt-get)")
    return DEBIAN


def round_trip(
    cli: Path, local_aws: LocalAws, place: Path, values: tuple[str, ...], *more: str, **settings: str
) -> list[str]:
    """Package and deploy a stack with a parameter for each value, twice; the values that the stack has then."""
    template, packaged = place / "the template.yaml", place / "packaged.yaml"
    parameters = {f"Value{number}": value for number, value in enumerate(values)}
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 30}}
    body = {"Parameters": {key: {"Type": "String"} for key in parameters}, "Resources": {"Group": group}}
    template.write_text(json.dumps(body))
    words = package_words(template=template, output=packaged, bucket="values", prefix="p", region="us-east-1")
    run(cli, local_aws, *words, *more, **settings)
    stack = f"generation{parse_version(run(cli, local_aws, '--version'))[0]}"  # type: ignore[index]
    deploy = deploy_words(
        template=packaged,
        stack=stack,
        bucket="values",
        prefix="p",
        region="us-east-1",
        capabilities=("CAPABILITY_IAM",),
        parameters=parameters,
        tags={"Environment": "demo"},
    )
    said = [run(cli, local_aws, *deploy, *more, **settings) for _ in range(2)]
    assert "No changes to deploy" in said[1]
    answer = local_aws.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    assert answer["Tags"] == [{"Key": "Environment", "Value": "demo"}]
    found = {item["ParameterKey"]: item["ParameterValue"] for item in answer["Parameters"]}
    return [found[name] for name in parameters]


def data_path(directory: Path, endpoint: str) -> Path:
    """A directory for AWS_DATA_PATH in which every S3 endpoint is `endpoint`."""
    place = directory / "s3" / "2006-03-01"
    place.mkdir(parents=True)
    rule = {
        "conditions": [],
        "endpoint": {"url": f"{endpoint}/{{Bucket}}", "properties": {}, "headers": {}},
        "type": "endpoint",
    }
    parameters = {"Bucket": {"type": "String", "required": True}}
    rules = {"version": "1.0", "parameters": parameters, "rules": [rule]}
    (place / "endpoint-rule-set-1.json").write_text(json.dumps(rules))
    return directory


def run(cli: Path, local_aws: LocalAws, *words: str, **settings: str) -> str:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment = local_aws.environment(kept) | {"AWS_PAGER": "", "PYTHONUTF8": "1", "AWS_CLI_FILE_ENCODING": "UTF-8"}
    environment |= settings
    done = subprocess.run(
        [cli, *words], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_our_own_cli_delivers_every_value_exactly(root: Path, local_aws: LocalAws, tmp_path: Path) -> None:
    assert list(VALUES) == round_trip(root / ".venv" / "bin" / "aws", local_aws, tmp_path, VALUES)


@pytest.mark.slow
def test_the_second_generation_delivers_every_value_exactly(
    second_generation: Path, local_aws: LocalAws, tmp_path: Path
) -> None:
    """Debian's 2.9.19 ignores AWS_ENDPOINT_URL, so it is told the endpoint in words of its own.

    Its `deploy` uploads by a client that those words do not reach: that one finds S3 by rules of ours.
    """
    told = ("--endpoint-url", local_aws.endpoint)
    data = str(data_path(tmp_path / "data", local_aws.endpoint))

    assert list(VALUES) == round_trip(second_generation, local_aws, tmp_path, VALUES, *told, AWS_DATA_PATH=data)
