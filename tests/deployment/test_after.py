"""Waiting for a machine: it answers, it is stopped, or it never comes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.stub import Stubber

from cloud.errors import CloudError
from cloud.session import Cloud
from deployment.after import close_default_group, empty_default_group, wait_for_agent
from deployment.aws_cli import AwsCli
from deployment.execute import Outcome, Tools
from deployment.findings import Stopped
from deployment.processes import Processes
from deployment.talk import Talk

ADA = Outcome("demo-ada", "workstation ada", "created", outputs={"InstanceId": "i-0123456789abcdef0"})
ASKED = {"Filters": [{"Key": "InstanceIds", "Values": ["i-0123456789abcdef0"]}]}
GROUP = {"Filters": [{"Name": "vpc-id", "Values": ["vpc-1"]}, {"Name": "group-name", "Values": ["default"]}]}
OPEN = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Tools:
    for key, value in {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(key, value)
    cli = AwsCli("aws", (2, 30, 0), own=False)
    return Tools(Cloud(region="eu-west-1"), cli, Processes(), Talk(), tmp_path)


def state(name: str) -> dict[str, object]:
    return {"Reservations": [{"Instances": [{"State": {"Name": name}}]}]}


def wait(tools: Tools, capsys: pytest.CaptureFixture[str], state_name: str, *answers: dict[str, object]) -> object:
    ec2, ssm = Stubber(tools.cloud.client("ec2")), Stubber(tools.cloud.client("ssm"))
    ec2.add_response("describe_instances", state(state_name), {"InstanceIds": ["i-0123456789abcdef0"]})
    for answer in answers:
        ssm.add_response(
            "describe_instance_information", {"InstanceInformationList": [answer] if answer else []}, ASKED
        )
    with ec2, ssm:
        finding = wait_for_agent(tools, ADA)
        ssm.assert_no_pending_responses()
    return finding, capsys.readouterr().err.splitlines()[-1].rsplit(": ", 1)[1]


def test_a_machine_that_answers_is_not_called_simulated(tools: Tools, capsys: pytest.CaptureFixture[str]) -> None:
    answer = {"PingStatus": "Online", "AgentVersion": "3.3.40.0", "PlatformName": "Amazon Linux"}

    assert wait(tools, capsys, "running", answer) == (None, "it answers (0 s)")


def test_the_local_aws_is(tools: Tools, capsys: pytest.CaptureFixture[str]) -> None:
    answer = {"PingStatus": "Online", "AgentVersion": "simulated", "PlatformName": "Amazon Linux"}

    assert wait(tools, capsys, "running", answer) == (None, "it answers (simulated) (0 s)")


def test_a_stopped_machine_is_not_waited_for(tools: Tools, capsys: pytest.CaptureFixture[str]) -> None:
    assert wait(tools, capsys, "stopped") == (None, "the machine is stopped; nothing to wait for (0 s)")


def test_an_interrupt_ends_the_waiting(tools: Tools, capsys: pytest.CaptureFixture[str]) -> None:
    tools.processes.stop()
    with pytest.raises(KeyboardInterrupt):
        wait(tools, capsys, "running", {})


@pytest.fixture
def answered(tools: Tools) -> Callable[..., Stubber]:
    def describe(*answers: list[dict[str, object]]) -> Stubber:
        stub = Stubber(tools.cloud.client("ec2"))
        for place, rules in enumerate(answers):
            group = {"GroupId": "sg-1", "IpPermissions": [], "IpPermissionsEgress": rules}
            stub.add_response("describe_security_groups", {"SecurityGroups": [group]}, GROUP)
            if rules and place == 0:
                stub.add_response("revoke_security_group_egress", {}, {"GroupId": "sg-1", "IpPermissions": rules})
        return stub

    return describe


def test_an_empty_default_group_is_left_alone(tools: Tools, answered: Callable[..., Stubber]) -> None:
    with answered([]):
        assert empty_default_group(tools.cloud, "vpc-1") is False


def test_rules_are_revoked_and_looked_at_again(tools: Tools, answered: Callable[..., Stubber]) -> None:
    with answered([OPEN], []):
        assert empty_default_group(tools.cloud, "vpc-1") is True


def test_a_rule_that_stays_is_a_failure(tools: Tools, answered: Callable[..., Stubber]) -> None:
    with (
        answered([OPEN], [OPEN]),
        pytest.raises(Stopped, match=r"^the default security group sg-1 of vpc-1 still has rules"),
    ):
        empty_default_group(tools.cloud, "vpc-1")


def test_who_may_not_look_at_the_default_group_is_warned_and_not_held_up(
    tools: Tools, capsys: pytest.CaptureFixture[str]
) -> None:
    with Stubber(tools.cloud.client("ec2")) as stub:
        stub.add_client_error("describe_security_groups", "UnauthorizedOperation", "no", expected_params=GROUP)
        close_default_group(tools, "vpc-1")

    said = capsys.readouterr().err
    assert said.startswith("warning: the default security group of vpc-1 was not emptied: ")
    assert "ec2:RevokeSecurityGroupIngress" in said


def test_an_aws_that_is_away_is_no_lack_of_permission(tools: Tools) -> None:
    stub = Stubber(tools.cloud.client("ec2"))
    stub.add_client_error("describe_security_groups", "InternalError", "away", expected_params=GROUP)
    with stub, pytest.raises(CloudError):
        close_default_group(tools, "vpc-1")
