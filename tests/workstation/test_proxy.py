"""`workstation proxy`: the right machine, or one line that says what to do."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from workstation import known_hosts
from workstation.context import Context
from workstation.errors import WorkstationError
from workstation.proxy import choose, session_command, with_more_path
from workstation.ssh_hosts import Target

TARGET = Target("ada", "demo", "us-east-1", "123456789012")
WHO = "ada in demo (us-east-1)"


def test_the_session_is_asked_for_with_exactly_these_words(machine) -> None:
    assert session_command(machine(), TARGET, "22", profile="mine") == (
        "aws",
        "ssm",
        "start-session",
        "--target",
        "i-0123456789abcdef0",
        "--document-name",
        "AWS-StartSSHSession",
        "--parameters",
        "portNumber=22",
        "--region",
        "us-east-1",
        "--profile",
        "mine",
    )


def test_the_running_one_is_taken_while_the_old_one_goes(machine) -> None:
    old = machine(instance_id="i-old", state="shutting-down")

    assert choose((old, machine()), TARGET, Context()) == machine()


@pytest.mark.parametrize(
    ("states", "message"),
    [
        (
            [],
            f"no workstation {WHO}; `workstation --profile mine --region us-east-1 list` shows those there are",
        ),
        (
            [{"account": "999999999999"}],
            f"{WHO} belongs to account 123456789012, and your credentials are for 999999999999; "
            "sign in to the other, or write the SSH config again with --profile",
        ),
        (
            [{"instance_id": "i-1"}, {"instance_id": "i-2", "state": "stopped"}],
            f"{WHO} is the name of more than one instance: i-1 (running), i-2 (stopped); "
            "take the tag Workstation from the wrong one",
        ),
        (
            [{"state": "stopped"}],
            f"{WHO} is stopped since 2026-11-24 08:14 UTC; start it with `aws ec2 start-instances --instance-ids "
            "i-0123456789abcdef0 --region us-east-1 --profile mine`, then try again in a minute",
        ),
        (
            [{"state": "stopping", "since": None}],
            f"{WHO} is stopping; when it has stopped, start it with `aws ec2 start-instances --instance-ids "
            "i-0123456789abcdef0 --region us-east-1 --profile mine`, then try again in a minute",
        ),
        ([{"state": "pending", "since": None}], f"{WHO} is pending; try again in a minute"),
    ],
)
def test_anything_else_is_explained(machine, states: list[dict[str, object]], message: str) -> None:
    with pytest.raises(WorkstationError) as caught:
        choose(tuple(machine(**given) for given in states), TARGET, Context(profile="mine"))

    assert str(caught.value) == message


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1", "٢٢", "22;id", "9" * 5000])
def test_a_wrong_port_is_wrong_usage(run, port: str) -> None:
    answer = run("proxy", "--", str(TARGET), port)

    assert answer.returncode == 2
    assert answer.stderr.startswith("workstation: port: got '")
    assert answer.stderr.endswith("want a number from 1 to 65535\n")


def test_a_wrong_target_is_wrong_usage(run) -> None:
    answer = run("proxy", "ada", "22")

    assert (answer.returncode, answer.stderr) == (
        2,
        "workstation: target: got 'ada', want NAME.ENVIRONMENT.REGION.ACCOUNT\n",
    )


def test_an_editors_short_path_is_made_longer_at_its_end() -> None:
    path = with_more_path({"PATH": "/usr/bin", "HOME": "/home/ada"})["PATH"].split(os.pathsep)

    assert path == [
        "/usr/bin",
        str(Path(sys.executable).parent),
        "/usr/local/bin",
        "/opt/homebrew/bin",
        "/usr/local/sessionmanagerplugin/bin",
    ]


def test_host_keys_are_kept_for_the_same_instance_and_dropped_for_the_next(tmp_path: Path) -> None:
    path = tmp_path / "workstations" / str(TARGET)

    assert known_hosts.begin(tmp_path, TARGET, "i-1") is False
    path.write_bytes(path.read_bytes() + b"ada ssh-ed25519 KEY\n")
    assert known_hosts.begin(tmp_path, TARGET, "i-1") is False
    assert path.read_bytes() == b"# i-1\nada ssh-ed25519 KEY\n"
    assert known_hosts.begin(tmp_path, TARGET, "i-12") is True
    assert path.read_bytes() == b"# i-12\n"
