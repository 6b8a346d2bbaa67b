"""`python -m analysis cost`: the table, the JSON, and what it says to a wrong file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.__main__ import main
from tests.analysis.networks import environment, ref, stacks, workstation


@pytest.fixture
def committed_files(tmp_path: Path) -> Path:
    (tmp_path / "environment.yaml").write_text(json.dumps(environment()))
    (tmp_path / "workstation.yaml").write_text(json.dumps(workstation()))
    (tmp_path / "stacks.json").write_text(json.dumps(stacks()))
    return tmp_path


def test_the_command_prints_a_table_on_stdout_and_the_source_on_stderr(committed_files: Path, root: Path):
    command = [sys.executable, "-m", "analysis", "cost", "--config-dir", str(committed_files)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)

    expected = """\
US dollars a month                           running  idle stop  stopped  removed
environment                                    36.50      36.50    36.50     0.00
  NatAddressA       public IPv4 address         3.65       3.65     3.65     0.00
  NatGatewayA       NAT gateway                32.85      32.85    32.85     0.00
  S3Endpoint        gateway endpoint s3         0.00       0.00     0.00     0.00
workstation ada                               157.57      45.34    10.40     5.00
  Instance          m7i.xlarge                147.17      34.94     0.00     0.00
  Instance          root volume, gp3 30 GiB     2.40       2.40     2.40     0.00
  HomeVolume        volume, gp3 100 GiB         8.00       8.00     8.00     5.00
total                                         194.07      81.84    46.90     5.00
"""
    assert expected == done.stdout
    assert "AWS list prices of us-east-1" in done.stderr


def test_json_has_null_where_a_price_is_unknown_and_says_that_the_total_is_not_complete(
    committed_files: Path, capsys: pytest.CaptureFixture[str]
):
    wanted = stacks()
    wanted["workstations"][0]["parameters"]["InstanceType"] = "z9.huge"
    (committed_files / "stacks.json").write_text(json.dumps(wanted))

    assert main(["cost", "--config-dir", str(committed_files), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["complete"] is False
    assert document["stacks"]["workstation ada"]["lines"][0]["running"] is None
    assert document["total"]["running"] == "46.90"


@pytest.mark.parametrize("verb", ["cost", "path", "picture"])
def test_a_missing_file_is_named_with_the_command_that_makes_it(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main([verb, "--config-dir", str(tmp_path)]) == 2
    assert f"error: {tmp_path}/stacks.json: no such file; run: python -m generator\n" == capsys.readouterr().err


def test_a_broken_file_is_named(committed_files: Path, capsys: pytest.CaptureFixture[str]):
    (committed_files / "stacks.json").write_text('{"environment": {}}')

    assert main(["cost", "--config-dir", str(committed_files)]) == 2
    assert (
        "stacks.json: not as the generator writes it ('template'); run: python -m generator" in capsys.readouterr().err
    )


def test_a_parameter_that_the_template_lacks_is_named(committed_files: Path, capsys: pytest.CaptureFixture[str]):
    wanted = stacks()
    wanted["workstations"][0]["parameters"]["Colour"] = "red"
    (committed_files / "stacks.json").write_text(json.dumps(wanted))

    assert main(["cost", "--config-dir", str(committed_files)]) == 2
    assert capsys.readouterr().err == "error: Parameters: [Colour] do not exist in the template\n"


def test_a_reference_to_nothing_is_no_price(committed_files: Path, capsys: pytest.CaptureFixture[str]):
    template = environment()
    template["Resources"]["NatGatewayA"]["Properties"]["SubnetId"] = ref("Nowhere")
    (committed_files / "environment.yaml").write_text(json.dumps(template))

    assert main(["cost", "--config-dir", str(committed_files)]) == 2
    assert "Unresolved resource dependencies [Nowhere]" in capsys.readouterr().err
