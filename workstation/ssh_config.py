"""Make `ssh NAME` work, and with it scp, rsync, git, VS Code and every other tool that uses OpenSSH's config.

Prints a block for each environment, or with --write puts it into your SSH config and leaves everything else as it is.
Nothing in it holds an instance id: a replaced machine needs no new block.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import get_args

from cloud.region import profile_name
from workstation import ssh_block, ssh_file
from workstation.context import Context
from workstation.errors import WorkstationError
from workstation.find import reservations
from workstation.list import nothing_found
from workstation.machines import machines
from workstation.ssh_hosts import Host, hosts, named
from workstation.ssh_lines import Form, Platform, block_lines

PLATFORMS: dict[str, Platform] = {"win32": "windows", "darwin": "macos"}
"""By `sys.platform`; everything else speaks to ssh as Linux does."""


def add_arguments(parser: ArgumentParser) -> None:
    doing = parser.add_mutually_exclusive_group()
    doing.add_argument("--write", action="store_true", help="put the blocks into your SSH config")
    doing.add_argument(
        "--remove", action="store_true", help="take out the blocks of --environment, or all that workstation wrote"
    )
    parser.add_argument("--file", metavar="PATH", type=Path, help="the SSH config; otherwise ~/.ssh/config")
    parser.add_argument("--platform", choices=get_args(Platform), help="whose OpenSSH; otherwise this machine's")


def run(options: Namespace, context: Context) -> int:
    if options.file and not (options.write or options.remove):
        raise WorkstationError("--file goes with --write or --remove; without them the block is printed", exit_code=2)
    path = (options.file or Path.home() / ".ssh" / "config").absolute()
    if options.remove:
        return _remove(path, context)
    cloud = context.cloud()
    found = machines(reservations(cloud, environment=context.environment), None)
    usable, findings = hosts(found, region=cloud.region)
    _say(*findings)
    if not usable:
        _say(nothing_found(cloud.region, context.environment))
        return 1 if findings else 0
    form = form_of(path, options.platform, context)
    if options.write:
        _write(path, usable, form, everything=context.environment is None)
    else:
        _print(usable, form)
    return 1 if findings else 0


def form_of(path: Path, wanted: Platform | None, context: Context) -> Form:
    """How to write for this user: platform, the way to start `workstation`, and where ssh keeps its files.

    A config of this machine that is not ssh's own gets full paths, with host keys beside it.
    """
    here: Platform = PLATFORMS.get(sys.platform, "linux")
    platform = wanted or here
    package = str(Path(__file__).resolve().parent)
    launcher = (sys.executable, package) if platform == here else ("workstation",)
    words: tuple[str, ...] = ("--local",) if context.local else ()
    profile = profile_name(os.environ, context.profile)
    if not context.local and profile != "default":
        words = ("--profile", profile)  # baked in: an editor started from the desktop has no AWS_PROFILE
    if platform != here or path == _read_by_ssh():
        return Form(platform, launcher, words)
    directory = path.parent.as_posix()
    return Form(platform, launcher, (*words, "--ssh-directory", directory), directory)


def with_blocks(content: bytes, usable: Iterable[Host], form: Form) -> tuple[bytes, tuple[Host, ...], tuple[str, ...]]:
    """The SSH config with the blocks of these hosts, the hosts with their names, and notes for the user.

    Raises `WorkstationError` when our markers in it are damaged.
    """
    usable = tuple(usable)
    foreign = content
    for key in {host.target.key for host in usable}:
        foreign = ssh_block.without_block(foreign, key)
    result, notes = named(usable, taken=ssh_block.host_names(foreign))
    for key, group in reversed(by_key(result)):  # each goes above the one before
        content = ssh_block.with_block(content, key, block_lines(group, form))
    return content, result, notes


def by_key(usable: Iterable[Host]) -> tuple[tuple[str, tuple[Host, ...]], ...]:
    """The hosts of each block, by the block's key."""
    ordered = sorted(usable, key=lambda host: (host.target.key, host.target))
    return tuple((key, tuple(group)) for key, group in groupby(ordered, key=lambda host: host.target.key))


def _print(usable: tuple[Host, ...], form: Form) -> None:
    content, _, notes = with_blocks(b"", usable, form)
    _say(*notes)
    print(content.decode(), end="")


def _write(path: Path, usable: tuple[Host, ...], form: Form, *, everything: bool) -> None:
    before = ssh_file.read(path)
    try:
        after, result, notes = with_blocks(before, usable, form)
    except ssh_block.DamagedMarkersError as error:
        raise _damaged(path, error) from error
    _say(*notes)
    if after == before:
        _say(f"{path} is up to date, nothing was changed")
    else:
        ssh_file.replace(path, before=before, after=after)
        _say(f"wrote {', '.join(f'`ssh {host.names[0]}`' for host in result)} to {path}")
    if everything:
        _say(*_empty(after, usable))
    if path != _read_by_ssh():
        _say(f"ssh reads {_read_by_ssh()} by itself; for this one type `ssh -F {path} {result[0].names[0]}`")


def _empty(content: bytes, usable: tuple[Host, ...]) -> tuple[str, ...]:
    """A line for each block of the same account and region whose environment has no workstation any more."""
    written = {host.target.key for host in usable}
    asked = {key.partition(" ")[2] for key in written}
    left = [block.key.partition(" ") for block in ssh_block.blocks(content) if block.key not in written]
    return tuple(
        f"kept the block of {environment}, which has no workstations now; "
        f"`workstation --environment {environment} ssh-config --remove` takes it out"
        for environment, _, place in left
        if place in asked
    )


def _remove(path: Path, context: Context) -> int:
    before = after = ssh_file.read(path)
    try:
        keys = [block.key for block in ssh_block.blocks(before) if _meant(block.key, context)]
        for key in keys:
            after = ssh_block.without_block(after, key)
    except ssh_block.DamagedMarkersError as error:
        raise _damaged(path, error) from error
    if not keys:
        _say(f"{path} has no such block, nothing was changed")
        return 0
    ssh_file.replace(path, before=before, after=after)
    _say(f"removed {', '.join(keys)} from {path}")
    return 0


def _meant(key: str, context: Context) -> bool:
    """Whether a block is of the environment and the region that were given, where any were."""
    environment, region, _ = key.split(" ")
    return context.environment in (None, environment) and context.region in (None, region)


def _damaged(path: Path, error: ssh_block.DamagedMarkersError) -> WorkstationError:
    remedy = f"mend the lines that begin with `# >>>` and `# <<<` in {path}, or delete them; nothing was changed"
    return WorkstationError(*(f"{path}: {finding}" for finding in error.findings), remedy)


def _read_by_ssh() -> Path:
    """The user's config as ssh finds it: by the password database, whatever HOME says; on Windows there is no other."""
    try:
        import pwd
    except ImportError:
        return Path.home() / ".ssh" / "config"
    return Path(pwd.getpwuid(os.getuid()).pw_dir) / ".ssh" / "config"


def _say(*lines: str) -> None:
    for line in lines:
        print(f"workstation: {line}", file=sys.stderr)
