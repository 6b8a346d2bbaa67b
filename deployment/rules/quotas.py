"""What quotas have in common: what is there, what is planned beyond it, and whether both fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from deployment.findings import Problem
from deployment.rules import wanted
from deployment.rules.facts import Facts

STACK_TAG = "aws:cloudformation:stack-name"
"""CloudFormation puts it on what it makes."""


def ours(facts: Facts, found: Iterable[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """Those that the environment's own stack made earlier."""
    return of_stack(found, facts.asked.stack)


def of_stack(found: Iterable[Mapping[str, Any]], stack: str) -> tuple[Mapping[str, Any], ...]:
    """Those that a stack made."""
    own = {"Key": STACK_TAG, "Value": stack}
    return tuple(answer for answer in found if own in answer.get("Tags", ()))


def planned(facts: Facts, kind: str, found: Iterable[Mapping[str, Any]]) -> int:
    """How many resources of a type the deploy makes beyond those that it made earlier."""
    return max(0, len(wanted.resources(facts.asked.stacks.template, kind)) - len(ours(facts, found)))


def over_quota(facts: Facts, what: str, *, quota: tuple[str, str], used: int, more: int) -> Iterator[Problem]:
    """What is wrong when `used` and `more` do not fit a quota (service and code); no matter where none is planned."""
    service, code = quota
    allowed = int(facts.quota(service, code)) if more else used
    if used + more > allowed:
        increase = f"--service-code {service} --quota-code {code} --desired-value {used + more}"
        command = f"aws service-quotas request-service-quota-increase --region {facts.cloud.region} {increase}"
        value = f"{used} of {allowed} are in use, the deploy makes {more} more"
        yield Problem(what, value, f"a quota of {used + more}", f"give some back, or ask for more: {command}")
