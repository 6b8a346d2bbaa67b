"""Region order, its sources in words, and typos."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from cloud.errors import CloudError
from cloud.region import Region, choose_region, region_finding
from cloud.regions import REGIONS

EVERYTHING = {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2", "AWS_PROFILE": "team"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[default]\nregion = eu-west-3\n[profile team]\nregion=eu-north-1\n")
    return tmp_path


@pytest.mark.parametrize(
    ("argument", "left_out", "expected", "source"),
    [
        ("us-east-1", (), "us-east-1", "argument"),
        (None, (), "eu-west-1", "AWS_REGION"),
        (None, ("AWS_REGION",), "eu-west-2", "AWS_DEFAULT_REGION"),
        (None, ("AWS_REGION", "AWS_DEFAULT_REGION"), "eu-north-1", "profile team of {}/.aws/config"),
        (None, ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"), "eu-west-3", "profile default of {}/.aws/config"),
    ],
)
def test_the_region_is_the_first_that_was_said(
    home: Path, argument: str | None, left_out: tuple[str, ...], expected: str, source: str
) -> None:
    environment = {key: value for key, value in EVERYTHING.items() if key not in left_out} | {"HOME": str(home)}

    assert Region(expected, source.format(home)) == choose_region(argument, environment)


def test_an_empty_variable_counts_as_not_set(home: Path) -> None:
    region = choose_region(None, {"AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-2", "HOME": str(home)})

    assert Region("eu-west-2", "AWS_DEFAULT_REGION") == region


def test_the_config_file_may_be_named_by_a_variable(tmp_path: Path) -> None:
    config = tmp_path / "elsewhere"
    config.write_text("[default]\nregion = sa-east-1\n")

    assert choose_region(None, {"AWS_CONFIG_FILE": str(config)}) == Region("sa-east-1", f"profile default of {config}")


def test_no_region_anywhere_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(CloudError) as caught:
        choose_region(None, {"HOME": str(tmp_path)})

    expected = (
        "no region: looked at the argument, AWS_REGION, AWS_DEFAULT_REGION and profile default of "
        f"{tmp_path}/.aws/config; pass one (`us-east-1`), set AWS_REGION, or run `aws configure set region us-east-1`"
    )
    assert expected == str(caught.value)


def test_no_home_is_no_fault() -> None:
    with pytest.raises(CloudError, match=r"profile default of no config file \(HOME is not set\)"):
        choose_region(None, {})


def test_a_broken_config_file_is_named(home: Path) -> None:
    (home / ".aws" / "config").write_text("region = eu-west-3\n")

    with pytest.raises(CloudError, match=r"^cannot read .*/\.aws/config: .*; mend the file"):
        choose_region(None, {"HOME": str(home)})


@pytest.mark.parametrize(
    ("typo", "expected"),
    [
        ("us-esat-1", "region: got 'us-esat-1', want the name of an AWS region; did you mean us-east-1 or us-west-1"),
        ("EU-WEST-1", "region: got 'EU-WEST-1', want the name of an AWS region; did you mean eu-west-1"),
        ("", "region: got '', want the name of an AWS region; for example us-east-1 or eu-central-1"),
        ("moon\n", "region: got 'moon\\n', want the name of an AWS region"),
    ],
)
def test_a_typo_is_answered_with_what_comes_close(typo: str, expected: str) -> None:
    finding = region_finding(typo)

    assert finding is not None
    assert finding.startswith(expected)


def test_a_typo_in_a_variable_names_the_variable() -> None:
    with pytest.raises(CloudError, match=r"\(from: AWS_REGION\)"):
        choose_region(None, {"AWS_REGION": "us-esat-1"})


def test_the_regions_are_those_that_botocore_knows() -> None:
    package = find_spec("botocore")
    assert package is not None
    assert package.origin is not None
    partitions = json.loads((Path(package.origin).parent / "data" / "partitions.json").read_text())["partitions"]
    known = {region for partition in partitions for region in partition["regions"] if not region.endswith("-global")}

    assert tuple(sorted(known)) == REGIONS


def test_choosing_a_region_imports_no_boto3(root: Path) -> None:
    program = (
        "import sys, cloud.region, cloud.local, cloud.session; print([m for m in sys.modules if m.startswith('boto')])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
