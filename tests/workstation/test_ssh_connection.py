"""A real `ssh` through the written config to a real `sshd`, with nothing pretended but the AWS network in between.

The stand-in for `aws` takes exactly the one command that `workstation proxy` may hand over, and pipes to the port of
the instance that it names.
"""

from __future__ import annotations

import getpass
import json
import os
import pty
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.tools import need

AWS_STAND_IN = """\
#!{python}
import json, os, pathlib, select, socket, sys

here = pathlib.Path(__file__).parent
ports = json.loads((here / "ports.json").read_text())
words = sys.argv[1:]
target = words[3] if len(words) > 3 else ""
wanted = ["ssm", "start-session", "--target", target, "--document-name", "AWS-StartSSHSession",
          "--parameters", "portNumber=22", "--region", "us-east-1"]
if words != wanted or target not in ports:
    sys.exit(f"aws stand-in: refused {{words}}, knows {{list(ports)}}")
with (here / "sessions").open("a") as log:
    log.write(target + "\\n")
server = socket.create_connection(("127.0.0.1", ports[target]))
while True:
    ready, _, _ = select.select([0, server], [], [])
    for source in ready:
        data = os.read(0, 65536) if source == 0 else server.recv(65536)
        if not data:
            sys.exit(0)
        server.sendall(data) if source == 0 else os.write(1, data)
"""


@pytest.fixture(scope="session")
def sshd() -> str:
    """The path of a real SSH server; where there is none the tests are skipped, and fail in CI."""
    return need("sshd")


@dataclass
class Laptop:
    """A user's side: an SSH config, a key, and PATH with the stand-in; and the machines that it may reach."""

    directory: Path
    program: str
    environment: dict[str, str]
    servers: ExitStack
    ports: dict[str, int] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.directory / "config"

    def ssh(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = ["ssh", "-F", str(self.config), *words]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )

    def sessions(self) -> list[str]:
        return (self.directory / "sessions").read_text().splitlines()

    def serve(self, instance_id: str) -> None:
        """Start an SSH server with a new host key that stands for the instance."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        name = f"{instance_id}-{port}"
        key = self.directory / f"{name}.key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        settings = self.directory / f"{name}.conf"
        settings.write_text(
            f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {key}\nPidFile none\nUsePAM no\nStrictModes no\n"
            f"AuthorizedKeysFile {self.directory}/mine.pub\nPasswordAuthentication no\nPermitRootLogin yes\n"
            f"SetEnv WORKSTATION={instance_id}\nSubsystem sftp internal-sftp\n"
        )
        server = subprocess.Popen([self.program, "-D", "-e", "-f", str(settings)], stderr=subprocess.PIPE, text=True)
        self.servers.callback(_stop, server)
        for line in server.stderr:
            if line.startswith("Server listening"):
                break
        else:
            raise RuntimeError("sshd did not start")
        self.ports[instance_id] = port
        (self.directory / "ports.json").write_text(json.dumps(self.ports))


def _stop(server: subprocess.Popen[str]) -> None:
    server.terminate()
    server.communicate()


@pytest.fixture
def laptop(aws, sshd: str) -> Iterator[Laptop]:
    with tempfile.TemporaryDirectory(prefix="ws-", dir="/tmp") as name, ExitStack() as servers:
        directory = Path(name)
        program = directory / "aws"
        program.write_text(AWS_STAND_IN.format(python=sys.executable))
        program.chmod(0o755)
        (directory / "session-manager-plugin").symlink_to(shutil.which("false"))
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(directory / "mine")], check=True)
        (directory / "config").write_text(f"Host *\n    IdentityFile {directory}/mine\n    IdentitiesOnly yes\n")
        (directory / "sessions").touch()
        _privilege_separation_directory()
        environment = aws.environment | {"PATH": f"{directory}:{aws.environment['PATH']}"}
        yield Laptop(directory, sshd, environment, servers)
        for socket_path in directory.glob("ws-*"):
            subprocess.run(
                ["ssh", "-o", f"ControlPath={socket_path}", "-O", "exit", "x"], capture_output=True, check=False
            )


def _privilege_separation_directory() -> None:
    """Root's sshd wants /run/sshd, which systemd makes at boot and a container lacks; tests beside us use it, too."""
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)


def test_ssh_name_works_with_the_written_block(aws, run, laptop: Laptop) -> None:
    instance = aws.launch(LoginUser=getpass.getuser())
    laptop.serve(instance)
    wrote = run("ssh-config", "--write", "--file", str(laptop.config), environment=aws.environment)
    answer = laptop.ssh("ada", "printenv WORKSTATION")

    assert wrote.returncode == 0, wrote.stderr
    assert (answer.returncode, answer.stdout) == (0, f"{instance}\n"), answer.stderr


def test_a_second_ssh_and_a_copy_use_the_first_connection(aws, run, laptop: Laptop) -> None:
    instance = aws.launch(LoginUser=getpass.getuser())
    laptop.serve(instance)
    run("ssh-config", "--write", "--file", str(laptop.config), environment=aws.environment)
    laptop.ssh("ada", "true")
    payload = laptop.directory / "payload"
    payload.write_bytes(os.urandom(300_000))
    copied = subprocess.run(
        ["scp", "-q", "-F", str(laptop.config), str(payload), f"ada:{laptop.directory}/copy"],
        env=laptop.environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (copied.returncode, copied.stderr) == (0, "")
    assert (laptop.directory / "copy").read_bytes() == payload.read_bytes()
    assert laptop.sessions() == [instance]


def test_a_replaced_machine_needs_no_edit_and_a_swapped_host_key_is_refused(aws, run, laptop: Laptop) -> None:
    user = getpass.getuser()
    first = aws.launch(LoginUser=user)
    laptop.serve(first)
    run("ssh-config", "--write", "--file", str(laptop.config), environment=aws.environment)
    once = ("-o", "ControlMaster=no", "-o", "ControlPath=none")
    assert laptop.ssh(*once, "ada", "printenv WORKSTATION").stdout == f"{first}\n"

    aws.terminate_all()
    second = aws.launch(LoginUser=user)
    laptop.serve(second)
    replaced = laptop.ssh(*once, "demo-ada", "printenv WORKSTATION")
    laptop.serve(second)  # the same instance with another key: somebody else
    swapped = laptop.ssh(*once, "ada", "printenv WORKSTATION")

    assert (replaced.returncode, replaced.stdout) == (0, f"{second}\n"), replaced.stderr
    assert f"workstation: ada is a new machine, {second}" in replaced.stderr
    assert (swapped.returncode, swapped.stdout) == (255, "")
    assert "REMOTE HOST IDENTIFICATION HAS CHANGED" in swapped.stderr


def test_a_stopped_machine_is_explained_to_whoever_typed_ssh(aws, run, laptop: Laptop) -> None:
    instance = aws.launch(LoginUser=getpass.getuser())
    run("ssh-config", "--write", "--file", str(laptop.config), environment=aws.environment)
    aws.client("ec2").stop_instances(InstanceIds=[instance])
    answer = laptop.ssh("ada", "true")

    assert answer.returncode == 255
    assert re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "TIME", answer.stderr.splitlines()[0]) == (
        "Received disconnect from UNKNOWN port 65535:7: ada in demo (us-east-1) is stopped since TIME UTC; "
        f"start it with `aws ec2 start-instances --instance-ids {instance} --region us-east-1`, "
        "then try again in a minute"
    )
    assert laptop.sessions() == []


def test_a_missing_plugin_is_named_with_where_to_get_it(aws, run, laptop: Laptop) -> None:
    aws.launch(LoginUser=getpass.getuser())
    (laptop.directory / "session-manager-plugin").unlink()
    run("ssh-config", "--write", "--file", str(laptop.config), environment=aws.environment)
    if shutil.which("session-manager-plugin"):
        pytest.skip("a real plugin is on PATH")
    answer = laptop.ssh("ada", "true")

    assert answer.stderr.splitlines()[0] == (
        "Received disconnect from UNKNOWN port 65535:7: no session-manager-plugin on PATH; install it: "
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html"
    )


def test_what_the_aws_cli_says_reaches_the_terminal(aws, run, laptop: Laptop) -> None:
    """OpenSSH with ControlPersist hides a ProxyCommand's stderr; the terminal shows it all the same."""
    aws.launch(LoginUser=getpass.getuser())
    (laptop.directory / "ports.json").write_text("{}")  # so that the stand-in refuses
    run("ssh-config", "--write", "--file", str(laptop.config), environment=aws.environment)
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe("ssh", ["ssh", "-F", str(laptop.config), "ada", "true"], laptop.environment)  # noqa: S606
    shown = b""
    with suppress(OSError):  # how Linux reports the end of a terminal
        while part := os.read(terminal, 65_536):
            shown += part
    os.waitpid(pid, 0)
    os.close(terminal)

    assert b"aws stand-in: refused ['ssm', 'start-session'" in shown


def test_the_stand_in_refuses_any_other_command(laptop: Laptop) -> None:
    laptop.ports["i-1"] = 1
    (laptop.directory / "ports.json").write_text(json.dumps(laptop.ports))
    answer = subprocess.run(
        [laptop.directory / "aws", "ssm", "start-session", "--target", "i-1"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 1
    assert answer.stderr == "aws stand-in: refused ['ssm', 'start-session', '--target', 'i-1'], knows ['i-1']\n"
