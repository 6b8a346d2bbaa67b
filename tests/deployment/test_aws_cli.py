"""Which AWS CLI is used, and the exact words that it is given."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployment.aws_cli import AwsCli, choose, deploy_words, environment, find, package_words, parse_version
from deployment.processes import Processes
from tests.deployment.conftest import write_fake_aws

OWN = str(Path(sys.prefix, "bin", "aws"))


def on_path(monkeypatch: pytest.MonkeyPatch, directory: Path, version: str) -> str:
    path = write_fake_aws(directory, version=version, log=directory / "log")
    monkeypatch.setenv("PATH", f"{directory}:/usr/bin:/bin")
    return str(path)


@pytest.mark.parametrize(
    ("version", "needed"), [("2.9.19", "2.13.0"), ("1.22.34", "1.29.0"), ("2.12.99", "2.13.0"), ("1.28.99", "1.29.0")]
)
def test_a_cli_that_would_ignore_the_local_aws_is_never_used_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, needed: str
) -> None:
    path = on_path(monkeypatch, tmp_path, f"aws-cli/{version} Python/3.11.2 Linux/6.1 source/x86_64.debian.12")

    cli = find(Processes(), local=True)

    expected = f"{path} is {version}, and before {needed} it would ignore the local AWS: using our own"
    assert (OWN, True, expected) == (cli.path, cli.own, cli.note)


@pytest.mark.parametrize("version", ["2.9.19", "1.22.34"])
def test_on_aws_an_old_cli_on_path_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    path = on_path(monkeypatch, tmp_path, f"aws-cli/{version} Python/3.11.2")

    assert AwsCli(path, parse_version(f"aws-cli/{version}") or (0, 0, 0), own=False) == find(Processes(), local=False)


@pytest.mark.parametrize("version", ["2.13.0", "1.29.0", "2.31.5", "1.46.3", "3.0.0"])
def test_a_cli_that_obeys_the_endpoint_is_used_with_the_local_aws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    path = on_path(monkeypatch, tmp_path, f"aws-cli/{version} Python/3.11.2")

    assert find(Processes(), local=True).path == path


def test_without_an_aws_cli_our_own_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    cli = find(Processes(), local=True)

    assert (cli.path, cli.note, cli.version >= (1, 46, 3)) == (OWN, "no aws on PATH: using our own", True)


def test_a_program_that_is_no_aws_cli_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = on_path(monkeypatch, tmp_path, "hello")

    assert find(Processes(), local=False).note == f"{path} does not tell its version: using our own"
    assert choose(path, None, local=False) is None


def test_the_words_are_exactly_those() -> None:
    packaged = package_words(
        template=Path("/t/a b.yaml"), output=Path("/o.yaml"), bucket="b", prefix="demo", region="eu-west-1"
    )
    deployed = deploy_words(
        template=Path("/o.yaml"),
        stack="demo",
        bucket="b",
        prefix="demo",
        region="eu-west-1",
        capabilities=("CAPABILITY_IAM",),
        parameters={"A": "1, 2", "B": ""},
        tags={"Environment": "demo"},
    )

    expected = "cloudformation package --template-file|/t/a b.yaml|--output-template-file /o.yaml "
    expected += "--s3-bucket b --s3-prefix demo --region eu-west-1 --output json"
    assert expected.replace("|", " ") == " ".join(packaged)
    expected_words = [
        *("cloudformation", "deploy", "--template-file", "/o.yaml", "--stack-name", "demo"),
        *("--s3-bucket", "b", "--s3-prefix", "demo", "--no-fail-on-empty-changeset"),
        *("--region", "eu-west-1", "--output", "json", "--capabilities", "CAPABILITY_IAM"),
        *("--parameter-overrides", "A=1, 2", "B=", "--tags", "Environment=demo"),
    ]
    assert expected_words == list(deployed)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4_096))
def test_a_value_is_one_word_and_unchanged(value: str) -> None:
    words = deploy_words(
        template=Path("t"),
        stack="s",
        bucket="b",
        prefix="p",
        region="r",
        capabilities=(),
        parameters={"Key": value},
        tags={"Environment": "s"},
    )

    assert words[words.index("--parameter-overrides") + 1] == f"Key={value}"
    assert words[words.index("--parameter-overrides") + 2] == "--tags"


def test_the_cli_has_no_pager_and_its_files_where_we_remove_them() -> None:
    base = {"PATH": "/bin", "PYTHONPATH": "/junk", "PYTHONHOME": "/junk", "AWS_PAGER": "less", "TMPDIR": "/var"}

    expected = {
        "PATH": "/bin",
        "AWS_PAGER": "",
        "AWS_CLI_FILE_ENCODING": "UTF-8",
        "PYTHONUTF8": "1",
        "TMPDIR": "/ours",
    }
    assert expected == environment(base, temporary=Path("/ours"))
