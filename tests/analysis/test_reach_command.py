"""`python -m analysis reach` and `isolation`: who can reach whom, whether it is as promised, and the page of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.__main__ import main
from tests.analysis.networks import environment, get_att, stacks, workstation
from tests.analysis.small import machine, template

HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}


@pytest.fixture
def committed_files(tmp_path: Path) -> Path:
    write(tmp_path, environment())
    return tmp_path


def write(directory: Path, template: dict[str, Any]) -> None:
    (directory / "environment.yaml").write_text(json.dumps(template))
    (directory / "workstation.yaml").write_text(json.dumps(workstation()))
    (directory / "stacks.json").write_text(json.dumps(stacks()))


def reach(directory: Path, *options: str) -> int:
    return main(["reach", "--config-dir", str(directory), *options])


def test_the_table_says_who_reaches_whom_by_what_and_why(committed_files: Path, capsys: pytest.CaptureFixture[str]):
    assert reach(committed_files) == 0

    expected = """\
from internet
  reaches nobody

from PrivateSubnetA: WorkstationSecurityGroup (ada/Instance)
  to internet
     by tcp 443, seen as NatGatewayA
     WorkstationSecurityGroup egress 1 > PrivateDefaultRouteA > NatGatewayA > PublicDefaultRoute > InternetGateway
  to S3
     by tcp 443, seen as itself
     WorkstationSecurityGroup egress 1 > S3Endpoint

from PrivateSubnetB: WorkstationSecurityGroup
  to internet
     by tcp 443, seen as NatGatewayA
     WorkstationSecurityGroup egress 1 > PrivateDefaultRouteB > NatGatewayA > PublicDefaultRoute > InternetGateway
  to S3
     by tcp 443, seen as itself
     WorkstationSecurityGroup egress 1 > S3Endpoint

from PublicSubnetA: WorkstationSecurityGroup
  reaches nobody

from PublicSubnetB: WorkstationSecurityGroup
  reaches nobody
"""
    assert expected == capsys.readouterr().out


def test_endpoints_are_gathered_and_unused_groups_shown_only_on_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    write(tmp_path, environment("none"))
    reach(tmp_path)
    shown = capsys.readouterr().out
    reach(tmp_path, "--all")
    everything = capsys.readouterr().out

    expected = """\
  to SsmEndpoint, SsmMessagesEndpoint in PrivateSubnetA and PrivateSubnetB
     by tcp 443, seen as itself
     WorkstationSecurityGroup egress 1 > local > EndpointSecurityGroup ingress 1
"""
    assert expected in shown
    assert "default:Vpc" not in shown
    assert "from PrivateSubnetA: default:Vpc" in everything
    assert "to PrivateSubnetA: default:Vpc, PrivateSubnetB: default:Vpc\n     by anything, seen as itself" in everything


def test_json_has_everything_that_can_talk(committed_files: Path, capsys: pytest.CaptureFixture[str]):
    assert reach(committed_files, "--json") == 0

    first = json.loads(capsys.readouterr().out)[0]
    expected = {
        "from": "PrivateSubnetA: WorkstationSecurityGroup",
        "to": "internet",
        "address": "198.51.100.66",
        "protocol": "tcp",
        "ports": [[443, 443]],
        "seen_as": "203.0.113.4",
        "answered": True,
        "because": [
            "WorkstationSecurityGroup egress 1", "PrivateDefaultRouteA", "NatGatewayA", "PublicDefaultRoute",
            "InternetGateway",
        ],
    }  # fmt: skip
    assert expected == first


def test_any_template_can_be_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "small.json"
    file.write_text(json.dumps(template(Other=machine("Private", "Closed", SourceDestCheck=False))))

    assert main(["reach", str(file)]) == 0

    expected = """\
from internet
  to Public: Open, Server (public address)
     by anything, seen as itself
     Open ingress 1

"""
    printed = capsys.readouterr().out
    assert printed.startswith(expected)
    assert "from Private: Closed, forwards (Other)\n" in printed


def test_a_block_that_a_rule_names_is_told_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    made = environment()
    group = made["Resources"]["WorkstationSecurityGroup"]["Properties"]
    group["SecurityGroupEgress"].append(HTTPS | {"FromPort": 22, "ToPort": 22, "CidrIp": "192.0.0.0/16"})
    write(tmp_path, made)
    reach(tmp_path)

    assert "  to internet 192.0.0.0/16\n     by tcp 22, 443, seen as NatGatewayA\n" in capsys.readouterr().out


def test_check_says_of_each_promise_whether_it_holds(committed_files: Path, capsys: pytest.CaptureFixture[str]):
    assert reach(committed_files, "--check") == 0

    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert said.err == "held to nat = single and ports out = 443, as the template has them\n"
    assert lines
    assert [line for line in lines if not line.endswith("probes  holds")] == []


def test_check_fails_and_says_which_promise_is_broken_by_whom_and_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    made = environment()
    own = get_att("WorkstationSecurityGroup", "GroupId")
    made["Resources"]["Self"] = {
        "Type": "AWS::EC2::SecurityGroupIngress",
        "Properties": HTTPS | {"GroupId": own, "SourceSecurityGroupId": own},
    }
    write(tmp_path, made)
    assert reach(tmp_path, "--check") == 1

    printed = capsys.readouterr().out
    assert "BROKEN by" in next(line for line in printed.splitlines() if line.startswith("workstations-apart"))
    expected = (
        "  [plain] ada/Instance to 10.0.8.4 by syn 443 reaches probe:WorkstationSecurityGroup:PrivateSubnetB "
        "as 10.0.4.4: WorkstationSecurityGroup egress 1 > local > Self\n"
    )
    assert expected in printed
    assert reach(tmp_path, "--check", "--json") == 1
    assert "workstations-apart" in {item["intent"] for item in json.loads(capsys.readouterr().out)["violations"]}


def test_a_few_violations_of_each_promise_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    made = environment()
    del made["Resources"]["WorkstationSecurityGroup"]["Properties"]["SecurityGroupEgress"]
    made["Resources"]["WorkstationSecurityGroup"]["Properties"]["SecurityGroupIngress"] = [
        {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
    ]
    write(tmp_path, made)
    assert reach(tmp_path, "--check") == 1

    block = capsys.readouterr().out.partition("\nworkstations-apart:\n")[2].partition("\n\n")[0].splitlines()
    assert len(block) == 9
    assert block[-1].endswith("more: --json has them all")


def test_what_is_not_modelled_is_told_all_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    made = environment()
    made["Resources"] |= {name: {"Type": f"AWS::EC2::{name}", "Properties": {}} for name in ("TransitGateway", "Host")}
    write(tmp_path, made)
    assert reach(tmp_path) == 2

    expected = """\
error: not modelled, so nothing can be said of this network:
  TransitGateway: AWS::EC2::TransitGateway is not modelled
  Host: AWS::EC2::Host is not modelled
"""
    assert sorted(expected.splitlines()) == sorted(capsys.readouterr().err.splitlines())


def test_a_template_without_our_outputs_cannot_be_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "small.json"
    file.write_text(json.dumps(template()))

    assert main(["reach", str(file), "--check"]) == 2
    expected = (
        "error: outputs: wanted PrivateSubnetIdA and WorkstationSecurityGroupId, which say what is to be proved\n"
    )
    assert expected == capsys.readouterr().err


def test_the_page_shows_the_intents_and_templates_as_they_are_now(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(root)

    assert main(["isolation", "--output", str(tmp_path / "isolation.md")]) == 0
    assert (root / "docs" / "isolation.md").read_text() == (tmp_path / "isolation.md").read_text()


def test_an_old_page_is_named_with_the_command_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "templates").mkdir()
    write(tmp_path / "templates", environment())
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "isolation.md"
    assert main(["isolation", "--output", "isolation.md"]) == 0
    page.write_text(page.read_text().replace("reaches nobody", "reaches everybody", 1))
    capsys.readouterr()

    assert main(["isolation", "--check", "--output", "isolation.md"]) == 1
    mend = "python -m analysis isolation --output isolation.md"
    assert f"error: isolation.md does not show the templates as they are now; run: {mend}\n" == capsys.readouterr().err
