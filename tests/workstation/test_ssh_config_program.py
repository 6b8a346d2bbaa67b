"""`workstation ssh-config` as a program: one line for what was done, and a file that is whole at every moment."""

from __future__ import annotations

import os
import pwd
import shlex
import sys
from pathlib import Path

from workstation.ssh_config import with_blocks
from workstation.ssh_hosts import Host, Target
from workstation.ssh_lines import Form

EVE = Host(Target("eve", "lab", "eu-west-1", "210987654321"), "ubuntu")
KEY = "demo us-east-1 123456789012"
USERS_OWN = b"# my hosts\nForwardAgent yes\nHost *\n    User nobody\n"


def test_for_another_platform_the_command_is_taken_from_its_path(aws, run) -> None:
    aws.launch()
    answer = run("ssh-config", "--platform", "windows", environment=aws.environment)

    assert answer.returncode == 0
    assert (
        r"    ProxyCommand C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe -NoProfile -Command "
        '"workstation proxy ada.demo.us-east-1.123456789012 %p"'
    ) in answer.stdout.splitlines()
    assert "Control" not in answer.stdout


def test_the_program_writes_once_and_says_what_to_type(aws, run, parsed, tmp_path: Path, root: Path) -> None:
    aws.launch()
    read_by_ssh = Path(pwd.getpwuid(os.getuid()).pw_dir, ".ssh", "config")
    path = tmp_path / "home" / "config"
    path.parent.mkdir()
    path.write_bytes(USERS_OWN)
    words = ("ssh-config", "--write", "--file", str(path))
    first = run(*words, environment=aws.environment)
    content = path.read_bytes()
    second = run(*words, environment=aws.environment)
    note = f"workstation: ssh reads {read_by_ssh} by itself; for this one type `ssh -F {path} ada`\n"

    assert (first.returncode, first.stdout) == (0, "")
    assert first.stderr == f"workstation: wrote `ssh ada` to {path}\n{note}"
    assert second.stderr == f"workstation: {path} is up to date, nothing was changed\n{note}"
    assert content.endswith(USERS_OWN)
    assert path.read_bytes() == content
    assert shlex.split(parsed(path, "ada")["proxycommand"])[:2] == [sys.executable, str(root / "workstation")]

    removed = run("ssh-config", "--remove", "--file", str(path))

    assert removed.stderr == f"workstation: removed {KEY} from {path}\n"
    assert path.read_bytes() == USERS_OWN


def test_a_damaged_file_is_left_alone(aws, run, tmp_path: Path) -> None:
    aws.launch()
    path = tmp_path / "config"
    damaged = f"Host x\n# >>> datascience-workstations {KEY} >>>\nHost y\n".encode()
    path.write_bytes(damaged)
    answer = run("ssh-config", "--write", "--file", str(path), environment=aws.environment)

    assert answer.returncode == 1
    assert answer.stderr.splitlines() == [
        f"workstation: {path}: line 2: a block starts here and does not end ({KEY})",
        f"workstation: mend the lines that begin with `# >>>` and `# <<<` in {path}, or delete them; "
        "nothing was changed",
    ]
    assert path.read_bytes() == damaged
    assert [entry.name for entry in tmp_path.iterdir()] == ["config"]


def test_a_hostile_tag_fails_the_command_and_the_others_are_written(aws, run, tmp_path: Path) -> None:
    aws.launch()
    hostile = aws.launch(Workstation="eve", LoginUser="root\nProxyCommand evil")
    path = tmp_path / "config"
    answer = run("ssh-config", "--write", "--file", str(path), environment=aws.environment)

    assert answer.returncode == 1
    assert answer.stderr.splitlines()[0] == (
        f"workstation: {hostile}: tag LoginUser: got 'root\\nProxyCommand evil', want a user's name: "
        "a-z, 0-9, _ and -, at most 32; the machine is left out: find out who tagged it, and deploy its stack again"
    )
    assert "wrote `ssh ada`" in answer.stderr
    assert b"evil" not in path.read_bytes()


def test_an_environment_that_has_gone_is_named_and_kept(aws, run, parsed, tmp_path: Path) -> None:
    aws.launch()
    path = tmp_path / "config"
    gone = Host(Target("bob", "lab", "us-east-1", "123456789012"), "ubuntu")
    path.write_bytes(with_blocks(b"", (gone, EVE), Form("linux", ("workstation",)))[0])
    answer = run("ssh-config", "--write", "--file", str(path), environment=aws.environment)

    assert answer.stderr.splitlines()[1] == (
        "workstation: kept the block of lab, which has no workstations now; "
        "`workstation --environment lab ssh-config --remove` takes it out"
    )
    removed = run("ssh-config", "--remove", "--environment", "lab", "--file", str(path))
    assert removed.stderr == (
        f"workstation: removed lab eu-west-1 210987654321, lab us-east-1 123456789012 from {path}\n"
    )
    assert parsed(path, "ada")["user"] == "ec2-user"


def test_nothing_found_writes_nothing(aws, run, tmp_path: Path) -> None:
    path = tmp_path / "config"
    answer = run("ssh-config", "--write", "--file", str(path), "--environment", "lab", environment=aws.environment)

    assert (answer.returncode, path.exists()) == (0, False)
    assert answer.stderr == (
        "workstation: no workstations: looked in us-east-1 for instances with the tag Workstation "
        "with Environment='lab', other than terminated ones\n"
    )
