"""The lines of a `Host` section, for OpenSSH on Linux, macOS and Windows. Pure.

The `ProxyCommand` calls `workstation proxy`, which looks the instance up by name at the moment of connecting.
docs/decisions/ssh-proxy.md says why, with the times measured.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import Literal

from workstation.errors import WorkstationError
from workstation.ssh_hosts import Host
from workstation.text import quoted

Platform = Literal["linux", "macos", "windows"]

POWERSHELL = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"
"""With its full path, as AWS writes it: older OpenSSH for Windows does not search PATH for a ProxyCommand.
https://github.com/PowerShell/Win32-OpenSSH/issues/1185"""

POWERSHELL_QUOTES = frozenset("\"'\u2018\u2019\u201a\u201b\u201c\u201d\u201e")
"""PowerShell takes typographic quotes for quotes.
https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules"""

KEEP_ALIVE_SECONDS = 15
KEEP_ALIVE_TRIES = 4
"""Four missed answers, so a minute after the network went away `ssh` ends instead of hanging."""

KNOWN_HOSTS_DIRECTORY = "workstations"
"""Beside the SSH config: one file of host keys for each name (see `known_hosts.py`)."""

HEADER = "# Written by `workstation ssh-config --write`; what you change in here is lost at the next write."
FOOTER = ("# From here on, lines are for every host again, as they were before this block.", "Host *")


@dataclass(frozen=True)
class Form:
    """How this user's `ssh` is to be spoken to."""

    platform: Platform
    launcher: tuple[str, ...]
    """The words that start `workstation`."""
    options: tuple[str, ...] = ()
    """Options for `workstation proxy`, such as `--profile research`."""
    directory: str = "~/.ssh"
    """Where host keys and sockets are kept, as ssh spells it."""


def block_lines(hosts: tuple[Host, ...], form: Form) -> tuple[str, ...]:
    """What stands between the markers of one block. Raises `WorkstationError` for a path that ssh could not read."""
    sections = [line for host in hosts for line in section(host, form)]
    return (HEADER, *sections, *FOOTER)


def section(host: Host, form: Form) -> tuple[str, ...]:
    """One `Host` section. Raises `WorkstationError` for a path that ssh could not read."""
    known_hosts = _path(form.directory, f"/{KNOWN_HOSTS_DIRECTORY}/{host.target}")
    settings = [
        f"HostName {host.target}",
        f"User {host.login_user}",
        f"ProxyCommand {_proxy_command(host, form)}",
        f"UserKnownHostsFile {known_hosts}",
        "StrictHostKeyChecking accept-new",
        f"ServerAliveInterval {KEEP_ALIVE_SECONDS}",
        f"ServerAliveCountMax {KEEP_ALIVE_TRIES}",
    ]
    if form.platform != "windows":  # OpenSSH for Windows has no ControlMaster
        # %C is a hash of 40 characters: a socket's whole path may have 104 on macOS, and ssh adds 17 while it opens it
        settings += ["ControlMaster auto", f"ControlPath {_path(form.directory, '/ws-')}%C", "ControlPersist 10m"]
    return (f"Host {' '.join(host.names)}", *(f"    {setting}" for setting in settings))


def _proxy_command(host: Host, form: Form) -> str:
    words = (*form.launcher, "proxy", *form.options, str(host.target))
    for word in words:
        if not word.isprintable():
            raise WorkstationError(f"got {quoted(word)}, want printable characters: it goes into an SSH config")
    if form.platform == "windows":
        return f'{POWERSHELL} -NoProfile -Command "{_escaped(_powershell(words))} %p"'
    return f"{_escaped(shlex.join(words))} %p"


def _powershell(words: tuple[str, ...]) -> str:
    """One command for PowerShell, to stand between double quotes: `& 'C:\\Program Files\\…' proxy …`."""
    for word in words:
        if set(word) & POWERSHELL_QUOTES:
            raise WorkstationError(f"got {quoted(word)}, want a text without quotes: it goes through PowerShell")
    safe = [word if re.fullmatch(r"[A-Za-z0-9._/-]+", word) else f"'{word}'" for word in words]
    return " ".join(("&", *safe) if safe[0] != words[0] else safe)


def _path(directory: str, rest: str) -> str:
    """A path as an SSH config takes it: percent signs doubled, in quotes where it has spaces."""
    if not directory.isprintable() or set(directory) & set("\"'$\\"):
        raise WorkstationError(
            f"got {quoted(directory)}, want a directory that ssh can read: no quotes, $ or backslash"
        )
    text = _escaped(directory) + rest
    return f'"{text}"' if " " in text else text


def _escaped(text: str) -> str:
    """Percent signs doubled: ssh takes `%h` and the like for its own."""
    return text.replace("%", "%%")
