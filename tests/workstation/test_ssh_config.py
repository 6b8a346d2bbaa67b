"""`workstation ssh-config`: what OpenSSH itself makes of it, and what happens to the user's file."""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
from pathlib import Path

import pytest

from workstation.context import Context
from workstation.ssh_config import form_of, with_blocks
from workstation.ssh_hosts import Host, Target
from workstation.ssh_lines import Form, Platform

ADA = Host(Target("ada", "demo", "us-east-1", "123456789012"), "ec2-user")
BOB = Host(Target("bob", "demo", "us-east-1", "123456789012"), "ubuntu")
EVE = Host(Target("eve", "lab", "eu-west-1", "210987654321"), "ubuntu")
KEY = ADA.target.key

HOME = pwd.getpwuid(os.getuid()).pw_dir
"""What ssh takes for `~`, whatever HOME says."""

USERS_OWN = b"""\
# my hosts
ForwardAgent yes
Host build
    User carol
Host *
    User nobody
    ServerAliveInterval 999
    ProxyCommand false
    IdentityFile ~/.ssh/mine
"""


def written(tmp_path: Path, form: Form, content: bytes = USERS_OWN) -> Path:
    path = tmp_path / "config"
    path.write_bytes(with_blocks(content, (ADA, BOB, EVE), form)[0])
    return path


@pytest.mark.parametrize("platform", ["linux", "macos"])
@pytest.mark.parametrize("line_break", [b"\n", b"\r\n"])
@pytest.mark.parametrize("name", ["ada", "demo-ada"])
def test_openssh_reads_every_value(parsed, tmp_path: Path, platform: Platform, line_break: bytes, name: str) -> None:
    form = Form(platform, ("/opt/a b/python", "/opt/100%/workstation"), ("--profile", "my team's"))
    path = written(tmp_path, form, USERS_OWN.replace(b"\n", line_break))
    found = parsed(path, name)
    wanted = {
        "hostname": "ada.demo.us-east-1.123456789012",
        "user": "ec2-user",
        "port": "22",
        "userknownhostsfile": f"{HOME}/.ssh/workstations/ada.demo.us-east-1.123456789012",
        "stricthostkeychecking": "accept-new",
        "serveraliveinterval": "15",
        "serveralivecountmax": "4",
        "controlmaster": "auto",
        "controlpersist": "600",
        "forwardagent": "yes",
        "identityfile": "~/.ssh/mine",
    }

    assert {key: found[key] for key in wanted} == wanted
    assert shlex.split(found["proxycommand"]) == [
        "/opt/a b/python",
        "/opt/100%%/workstation",
        "proxy",
        "--profile",
        "my team's",
        "ada.demo.us-east-1.123456789012",
        "%p",
    ]
    directory, _, socket = found["controlpath"].rpartition("/")
    assert directory == f"{HOME}/.ssh"
    assert len(f"/Users/{'u' * 20}/.ssh/{socket}.{'x' * 16}") <= 104


def test_the_users_other_hosts_mean_what_they_meant(parsed, tmp_path: Path) -> None:
    path = written(tmp_path, Form("linux", ("workstation",)))
    original = tmp_path / "original"
    original.write_bytes(USERS_OWN)

    for host in ("build", "other", "adam"):
        assert parsed(path, host) == parsed(original, host)


def test_each_host_has_its_own_user_and_region(parsed, tmp_path: Path) -> None:
    path = written(tmp_path, Form("linux", ("workstation",)))

    assert [(parsed(path, name)["user"], parsed(path, name)["hostname"]) for name in ("bob", "lab-eve")] == [
        ("ubuntu", "bob.demo.us-east-1.123456789012"),
        ("ubuntu", "eve.lab.eu-west-1.210987654321"),
    ]


def test_paths_beside_another_config_are_read_by_openssh(parsed, tmp_path: Path) -> None:
    directory = tmp_path / "a b 100%"
    directory.mkdir()
    form = form_of(directory / "config", "linux", Context())
    path = written(directory, form)
    found = parsed(path, "ada")

    assert found["userknownhostsfile"] == f"{directory}/workstations/{ADA.target}"
    assert shlex.split(found["proxycommand"].replace("%%", "%"))[2:] == [
        "proxy",
        "--ssh-directory",
        str(directory),
        str(ADA.target),
        "%p",
    ]


GOLDEN_WINDOWS = r"""# >>> datascience-workstations demo us-east-1 123456789012 >>>
# Written by `workstation ssh-config --write`; what you change in here is lost at the next write.
Host ada demo-ada
    HostName ada.demo.us-east-1.123456789012
    User ec2-user
    ProxyCommand C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe -NoProfile -Command "& 'C:\Program Files\py\python.exe' 'C:\100%%\workstation' proxy --profile 'my team' ada.demo.us-east-1.123456789012 %p"
    UserKnownHostsFile ~/.ssh/workstations/ada.demo.us-east-1.123456789012
    StrictHostKeyChecking accept-new
    ServerAliveInterval 15
    ServerAliveCountMax 4
# From here on, lines are for every host again, as they were before this block.
Host *
# <<< datascience-workstations demo us-east-1 123456789012 <<<
"""  # noqa: E501 - one line in the file, too


def test_the_windows_form_is_this_text() -> None:
    launcher = (r"C:\Program Files\py\python.exe", r"C:\100%\workstation")
    content, _, _ = with_blocks(b"", (ADA,), Form("windows", launcher, ("--profile", "my team")))

    assert content.decode() == GOLDEN_WINDOWS


def test_a_name_of_another_block_of_ours_stays_with_it() -> None:
    form = Form("linux", ("workstation",))
    content, _, _ = with_blocks(b"", (EVE,), form)
    again = Host(Target("eve", "demo", "us-east-1", "123456789012"), "ec2-user")
    content, (host,), notes = with_blocks(content, (again,), form)

    assert host.names == ("demo-eve",)
    assert notes == ("eve is another host of your SSH config already: use `ssh demo-eve`",)
    assert with_blocks(content, (EVE,), form)[0] == content


def test_the_profile_is_baked_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_PROFILE", "research")
    path = tmp_path / "config"

    assert form_of(path, "linux", Context()).options[:2] == ("--profile", "research")
    assert form_of(path, "linux", Context(profile="mine")).options[:2] == ("--profile", "mine")
    assert form_of(path, "linux", Context(local=True)).options[:1] == ("--local",)


def test_the_ssh_that_judges_is_a_real_one() -> None:
    assert shutil.which("ssh")
