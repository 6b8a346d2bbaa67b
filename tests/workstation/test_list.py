"""`workstation list`: what AWS says, shown so that it can be trusted."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.stub import Stubber

from cloud.session import Cloud
from workstation.find import find
from workstation.list import HEADINGS, as_json, fitted, nothing_found, plain, rows
from workstation.machines import machines
from workstation.text import safe

LAUNCHED = datetime(2026, 11, 24, 8, 14, 30, tzinfo=UTC)


def instance(instance_id: str, *, state: str = "running", reason: str = "", **tags: str) -> dict[str, object]:
    named = {"Workstation": "ada", "Environment": "demo", "Owner": "ada", "LoginUser": "ec2-user"} | tags
    return {
        "InstanceId": instance_id,
        "InstanceType": "m7i.xlarge",
        "LaunchTime": LAUNCHED,
        "Placement": {"AvailabilityZone": "us-east-1a"},
        "PrivateIpAddress": "10.0.32.4",
        "State": {"Name": state, "Code": 16},
        "StateTransitionReason": reason,
        "Tags": [{"Key": key, "Value": value} for key, value in named.items()],
    }


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return Cloud(region="us-east-1")


FILTERS = [{"Name": "tag-key", "Values": ["Workstation"]}]


def test_the_calls_are_these_and_no_others(cloud: Cloud) -> None:
    running = [instance(f"i-{number:017x}", Workstation=f"n{number:03}") for number in range(60)]
    stopped = instance("i-0000000000000ffff", state="stopped", Workstation="zoe")
    first = {"Reservations": [{"OwnerId": "123456789012", "Instances": running[:30]}], "NextToken": "more"}
    second = {"Reservations": [{"OwnerId": "123456789012", "Instances": [*running[30:], stopped]}]}
    ids = [entry["InstanceId"] for entry in running]
    chosen = {"Name": "tag:Environment", "Values": [r"de\*mo\?"]}
    with Stubber(cloud.client("ec2")) as ec2, Stubber(cloud.client("ssm")) as ssm:
        ec2.add_response("describe_instances", first, {"Filters": [*FILTERS, chosen]})
        ec2.add_response("describe_instances", second, {"Filters": [*FILTERS, chosen], "NextToken": "more"})
        for part, status in ((ids[:50], "Online"), (ids[50:], "ConnectionLost")):
            ssm.add_response(
                "describe_instance_information",
                {"InstanceInformationList": [{"InstanceId": name, "PingStatus": status} for name in part]},
                {"Filters": [{"Key": "InstanceIds", "Values": part}]},
            )
        found, unasked = find(cloud, environment="de*mo?")
        ec2.assert_no_pending_responses()
        ssm.assert_no_pending_responses()

    assert unasked is None
    assert [machine.agent for machine in found] == ["online"] * 50 + ["offline"] * 11


def test_the_list_is_shown_where_ssm_may_not_be_asked(cloud: Cloud) -> None:
    with Stubber(cloud.client("ec2")) as ec2, Stubber(cloud.client("ssm")) as ssm:
        ec2.add_response("describe_instances", {"Reservations": [{"Instances": [instance("i-1")]}]})
        ssm.add_client_error("describe_instance_information", "AccessDeniedException", "no", 400)
        found, unasked = find(cloud)

    assert [machine.agent for machine in found] == ["unknown"]
    assert unasked == (
        "ssm DescribeInstanceInformation: AWS denied the call (AccessDeniedException: no); "
        "ask whoever administers the account for this action"
    )


def test_terminated_and_foreign_instances_are_hidden_and_the_rest_is_sorted() -> None:
    found = machines(
        [
            {"Instances": [instance("i-1", Workstation="bob"), instance("i-2", state="terminated")]},
            {"Instances": [instance("i-3"), {"InstanceId": "i-4", "State": {"Name": "running"}}]},
            {"Instances": [instance("i-5", state="shutting-down", Environment="a")]},
        ],
        (),
    )

    assert [machine.instance_id for machine in found] == ["i-5", "i-3", "i-1"]


@pytest.mark.parametrize(
    ("state", "reason", "since"),
    [
        ("running", "", LAUNCHED),
        ("pending", "", LAUNCHED),
        ("stopped", "User initiated (2026-11-23 18:04:11 GMT)", datetime(2026, 11, 23, 18, 4, 11, tzinfo=UTC)),
        ("stopped", "Client.InstanceInitiatedShutdown: Instance initiated shutdown", None),
        ("stopping", "", None),
    ],
)
def test_since_is_the_start_of_a_run_or_the_stop(state: str, reason: str, since: datetime | None) -> None:
    (machine,) = machines([{"Instances": [instance("i-1", state=state, reason=reason)]}], ())

    assert machine.since == since


def test_json_has_the_documented_keys(machine) -> None:
    shown = json.loads(as_json((machine(), machine(state="stopped", since=None)), region="us-east-1"))

    assert shown[0] == {
        "name": "ada",
        "environment": "demo",
        "owner": "ada",
        "login_user": "ec2-user",
        "instance_id": "i-0123456789abcdef0",
        "account": "123456789012",
        "region": "us-east-1",
        "state": "running",
        "since": "2026-11-24T08:14:00+00:00",
        "agent": "online",
        "instance_type": "m7i.xlarge",
        "zone": "us-east-1a",
        "private_address": "10.0.32.4",
    }
    assert shown[1]["since"] is None


def test_columns_line_up_with_wide_characters(machine) -> None:
    table = plain((HEADINGS, *rows((machine(owner="王小明"), machine(name="b", state="stopped", since=None)))))

    assert table.splitlines() == [
        "NAME  ENVIRONMENT  STATE    AGENT   SINCE                 TYPE        ZONE        ADDRESS    OWNER   INSTANCE",
        "ada   demo         running  online  2026-11-24 08:14 UTC  m7i.xlarge  us-east-1a  10.0.32.4  王小明  "
        "i-0123456789abcdef0",
        "b     demo         stopped  -       -                     m7i.xlarge  us-east-1a  10.0.32.4  ada     "
        "i-0123456789abcdef0",
    ]


@pytest.mark.parametrize(
    ("cells", "left_out"),
    [
        (200, ()),
        (131, ()),
        (130, ("ADDRESS",)),
        (85, ("ADDRESS", "ZONE", "OWNER", "TYPE")),
        (40, ("ADDRESS", "ZONE", "OWNER", "TYPE", "SINCE", "INSTANCE")),
    ],
)
def test_a_narrow_terminal_gets_fewer_columns(machine, cells: int, left_out: tuple[str, ...]) -> None:
    table, gone = fitted((HEADINGS, *rows((machine(),))), cells=cells)

    assert gone == left_out
    assert table[0] == tuple(heading for heading in HEADINGS if heading not in left_out)
    assert len(table[1]) == len(table[0])


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[2J\x07", "\\x1b[2J\\x07"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("[red]x[/red] :smile:", "[red]x[/red] :smile:"),
        ("ada\u202etxt.exe", "ada\\u202etxt.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("Zoë 王", "Zoë 王"),
        ("\ud800", "\\ud800"),
    ],
)
def test_hostile_text_is_spelled_out(hostile: str, shown: str) -> None:
    assert safe(hostile) == shown


def test_nothing_found_says_what_was_looked_for() -> None:
    assert nothing_found("eu-west-1", "de\x1bmo") == (
        "no workstations: looked in eu-west-1 for instances with the tag Workstation with Environment='de\\x1bmo', "
        "other than terminated ones"
    )


def test_the_program_shows_the_machines_of_one_environment(aws, run) -> None:
    ada = aws.launch()
    aws.launch(Workstation="eve", Environment="lab")
    answer = run("list", "--environment", "demo", environment=aws.environment)
    lines = answer.stdout.splitlines()

    assert answer.returncode == 0
    assert lines[0].split() == list(HEADINGS)
    assert [line.split()[0] for line in lines[1:]] == ["ada"]
    assert lines[1].endswith(ada)


def test_the_program_prints_json_and_an_empty_list_when_nothing_is_there(aws, run) -> None:
    answer = run("list", "--json", environment=aws.environment)

    assert (answer.returncode, json.loads(answer.stdout)) == (0, [])
    assert answer.stderr == (
        "workstation: no workstations: looked in us-east-1 for instances with the tag Workstation, "
        "other than terminated ones\n"
    )


def terminal_output(root: Path, environment: dict[str, str]) -> str:
    """What `workstation list` writes to a terminal."""
    near, far = pty.openpty()
    command = [sys.executable, str(root / "workstation"), "list"]
    with subprocess.Popen(command, stdout=far, stderr=subprocess.DEVNULL, env=environment) as program:
        os.close(far)
        output = b""
        while True:
            try:
                part = os.read(near, 65_536)
            except OSError:  # Linux reports the end of a terminal as an input/output error
                break
            if not part:
                break
            output += part
    os.close(near)
    assert program.returncode == 0
    return output.decode()


def test_a_terminal_gets_a_table_whose_markup_nobody_else_writes(aws, root: Path) -> None:
    aws.launch(Owner="[red]ada[/red] :smile:")
    base = aws.environment | {"COLUMNS": "220", "TERM": "xterm-256color"}
    coloured = terminal_output(root, {key: value for key, value in base.items() if key != "NO_COLOR"})
    colourless = terminal_output(root, base | {"NO_COLOR": "1"})

    assert "[red]ada[/red] :smile:" in coloured
    assert "\x1b[32m" in coloured
    assert not re.search(r"\x1b\[3\d", colourless)
    assert "running" in colourless
