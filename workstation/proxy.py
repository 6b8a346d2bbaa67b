"""Carry one SSH connection to a workstation; the SSH config's ProxyCommand calls it.

It asks AWS which instance has the name now, and hands over to `aws ssm start-session` with AWS-StartSSHSession.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path

from cloud.errors import CloudError
from workstation import known_hosts, ssh_disconnect
from workstation.context import Context
from workstation.errors import WorkstationError
from workstation.find import reservations
from workstation.machines import Machine, machines
from workstation.ssh_hosts import Target, parse_target
from workstation.text import minute, quoted

DOCUMENT = "AWS-StartSSHSession"
PORTS = range(1, 65_536)

MORE_PATH = ("/usr/local/bin", "/opt/homebrew/bin", "/usr/local/sessionmanagerplugin/bin")
"""Where the AWS CLI and its plugin live; an editor started from the desktop has none of them on its PATH."""


INSTALL = {
    "aws": "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
    "session-manager-plugin": "https://docs.aws.amazon.com/systems-manager/latest/userguide/"
    "session-manager-working-with-install-plugin.html",
}


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("target", metavar="TARGET", help="NAME.ENVIRONMENT.REGION.ACCOUNT")
    parser.add_argument("port", metavar="PORT", help="port of the SSH server on the workstation")
    parser.add_argument("--ssh-directory", metavar="DIR", type=Path, help="where host keys are kept; otherwise ~/.ssh")


def run(options: Namespace, context: Context) -> int:
    target = parse_target(options.target)
    if target is None:
        got = quoted(options.target)
        raise WorkstationError(f"target: got {got}, want NAME.ENVIRONMENT.REGION.ACCOUNT", exit_code=2)
    if not (options.port.isascii() and options.port.isdigit() and int(options.port[:6]) in PORTS):
        raise WorkstationError(f"port: got {quoted(options.port)}, want a number from 1 to 65535", exit_code=2)
    unheard = ssh_disconnect.is_unheard()
    environment = with_more_path(os.environ)
    try:
        machine = _find(target, context)
        program = _program("aws", environment)
        _program("session-manager-plugin", environment)
    except (WorkstationError, CloudError) as error:
        if unheard:
            ssh_disconnect.send(str(error))
        raise
    if unheard:
        ssh_disconnect.speak_up()
    directory = options.ssh_directory or Path.home() / ".ssh"
    if known_hosts.begin(directory, target, machine.instance_id):
        print(f"workstation: {target.name} is a new machine, {machine.instance_id}", file=sys.stderr)
    command = session_command(machine, target, options.port, profile=context.profile)
    return _hand_over(program, command, environment)


def _find(target: Target, context: Context) -> Machine:
    cloud = context.in_region(target.region).cloud()
    found = machines(reservations(cloud, environment=target.environment, name=target.name), None)
    machine = choose(found, target, context)
    if context.local:
        raise WorkstationError(
            f"{target.name} is simulated by the local AWS of `./deploy.sh --local`: no machine is there to connect to"
        )
    return machine


def choose(found: tuple[Machine, ...], target: Target, context: Context) -> Machine:
    """The one instance that has the name and runs. Raises `WorkstationError` with what to do otherwise."""
    alive = [machine for machine in found if not machine.ending]
    who = f"{target.name} in {target.environment} ({target.region})"
    here = [machine for machine in alive if machine.account == target.account]
    if alive and not here:
        raise WorkstationError(
            f"{who} belongs to account {target.account}, and your credentials are for {alive[0].account}; "
            "sign in to the other, or write the SSH config again with --profile"
        )
    if not here:
        listing = context.command("--region", target.region, "list")
        raise WorkstationError(f"no workstation {who}; `{listing}` shows those there are")
    if len(here) > 1:
        ids = ", ".join(f"{machine.instance_id} ({machine.state})" for machine in here)
        raise WorkstationError(
            f"{who} is the name of more than one instance: {ids}; take the tag Workstation from the wrong one"
        )
    (machine,) = here
    if machine.state != "running":
        raise WorkstationError(f"{who} is {machine.state}{_since(machine)}; {_remedy(machine, target, context)}")
    return machine


def session_command(machine: Machine, target: Target, port: str, *, profile: str | None) -> tuple[str, ...]:
    """The AWS CLI's command for one SSH connection."""
    return (
        *("aws", "ssm", "start-session", "--target", machine.instance_id, "--document-name", DOCUMENT),
        *("--parameters", f"portNumber={port}", "--region", target.region),
        *(("--profile", profile) if profile else ()),
    )


def with_more_path(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment with the places appended to PATH where an AWS CLI may be."""
    beside_python = str(Path(sys.executable).parent)
    given = environment.get("PATH", os.defpath)
    return {**environment, "PATH": os.pathsep.join((given, beside_python, *MORE_PATH))}


def _program(name: str, environment: Mapping[str, str]) -> str:
    found = shutil.which(name, path=environment["PATH"])
    if found is None:
        raise WorkstationError(f"no {name} on PATH; install it: {INSTALL[name]}")
    return found


def _hand_over(program: str, command: tuple[str, ...], environment: dict[str, str]) -> int:
    """Become the AWS CLI; on Windows, where a process cannot, wait for it."""
    sys.stderr.flush()
    if os.name != "nt":
        os.execve(program, command, environment)  # noqa: S606 - no shell is what we want
    return subprocess.run((program, *command[1:]), env=environment, check=False).returncode


def _since(machine: Machine) -> str:
    return f" since {minute(machine.since)}" if machine.since else ""


def _remedy(machine: Machine, target: Target, context: Context) -> str:
    if machine.state == "pending":
        return "try again in a minute"
    start = ["aws", "ec2", "start-instances", "--instance-ids", machine.instance_id, "--region", target.region]
    start += ["--profile", context.profile] if context.profile else []
    when = "when it has stopped, " if machine.state == "stopping" else ""
    return f"{when}start it with `{' '.join(start)}`, then try again in a minute"
