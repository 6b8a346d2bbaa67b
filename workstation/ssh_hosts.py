"""Which hosts an SSH config gets, and under which names. Pure.

Whatever AWS says is checked here before it reaches an SSH config: anyone who may tag an instance could otherwise add
a line to it, and `ProxyCommand` runs programs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from generator.contract import Tag
from workstation.machines import Machine
from workstation.text import quoted

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,127}")
"""Part of a stack's name. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html"""
LOGIN_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
"""What `useradd` takes: man 8 useradd, CAVEATS."""
ACCOUNT = re.compile(r"[0-9]{12}")
REGION = re.compile(r"[a-z]{2,8}(-[a-z]+){1,3}-[0-9]{1,2}")


@dataclass(frozen=True, order=True)
class Target:
    """A workstation by its name; the instance behind it is looked up when one connects."""

    name: str
    environment: str
    region: str
    account: str

    def __str__(self) -> str:
        """`ada.demo.eu-central-1.123456789012`: unique, and none of the parts may hold a dot."""
        return ".".join((self.name, self.environment, self.region, self.account))

    @property
    def key(self) -> str:
        """Which block of the SSH config it belongs to."""
        return f"{self.environment} {self.region} {self.account}"


@dataclass(frozen=True)
class Host:
    """One `Host` section."""

    target: Target
    login_user: str
    names: tuple[str, ...] = ()
    """What one may type after `ssh`."""


def parse_target(text: str) -> Target | None:
    """The target that `str` of it gave; None for any other text."""
    parts = text.split(".")
    patterns = (NAME, NAME, REGION, ACCOUNT)
    legal = len(parts) == len(patterns) and all(
        pattern.fullmatch(part) for pattern, part in zip(patterns, parts, strict=True)
    )
    return Target(*parts) if legal else None


def hosts(found: Iterable[Machine], *, region: str) -> tuple[tuple[Host, ...], tuple[str, ...]]:
    """A host for each name, and a finding for each tag that must not be written; its machine is left out.

    Where several instances have one name, for example during a replacement, the last one started gives the user.
    """
    by_target: dict[Target, Host] = {}
    findings: list[str] = []
    for machine in sorted(found, key=lambda machine: (machine.since is not None, machine.since, machine.instance_id)):
        wrong = tag_findings(machine)
        findings.extend(wrong)
        if not wrong and not machine.ending:
            target = Target(machine.name, machine.environment, region, machine.account)
            by_target[target] = Host(target, machine.login_user)
    return tuple(by_target[target] for target in sorted(by_target)), tuple(sorted(findings))


def tag_findings(machine: Machine) -> tuple[str, ...]:
    """What is wrong with the tags that an SSH config is made of, one line each."""
    rules = (
        (Tag.WORKSTATION, machine.name, NAME, "letters, digits and hyphens, at most 128"),
        (Tag.ENVIRONMENT, machine.environment, NAME, "letters, digits and hyphens, at most 128"),
        (Tag.LOGIN_USER, machine.login_user, LOGIN_USER, "a user's name: a-z, 0-9, _ and -, at most 32"),
    )
    return tuple(
        f"{machine.instance_id}: tag {tag}: got {quoted(value)}, want {want}; the machine is left out: "
        "find out who tagged it, and deploy its stack again"
        for tag, value, pattern, want in rules
        if not pattern.fullmatch(value)
    )


def named(found: Iterable[Host], *, taken: frozenset[str]) -> tuple[tuple[Host, ...], tuple[str, ...]]:
    """The hosts with their names, and a note for each name that was not given.

    Each host has `NAME` and `STACK-NAME`, the name of its stack. A name that two hosts would have goes to neither,
    and one that is `taken` by another host of the user's file stays with that one: `ssh NAME` never changes its
    meaning behind anyone's back. The target itself always works.
    """
    found = tuple(found)
    counted = Counter(name.lower() for host in found for name in _wanted(host.target))
    notes: list[str] = []
    result: list[Host] = []
    for host in found:
        names = []
        for name in _wanted(host.target):
            if name.lower() in taken:
                notes.append(f"{name} is another host of your SSH config already: {_instead(host.target, name)}")
            elif counted[name.lower()] > 1:
                notes.append(f"{name} would mean more than one workstation: {_instead(host.target, name)}")
            else:
                names.append(name)
        result.append(replace(host, names=tuple(names) or (str(host.target),)))
    return tuple(result), tuple(dict.fromkeys(notes))


def _wanted(target: Target) -> tuple[str, str]:
    return target.name, f"{target.environment}-{target.name}"


def _instead(target: Target, name: str) -> str:
    short, long = _wanted(target)
    return f"use `ssh {long if name == short else target}`"
