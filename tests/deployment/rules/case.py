"""A case of a rule: an account, and what the rule says about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.deployment.rules.account import Account


@dataclass(frozen=True)
class Case:
    """One account, and what the rule says about it; nothing where all is well."""

    rule: str
    name: str
    change: Callable[[Account], object]
    expected: tuple[str, ...] = ()


def answer(**answers: object) -> Callable[[Account], object]:
    return lambda account: account.answers.update(answers)


def nothing(_: Account) -> None:
    """All is well as it is."""


def every(*changes: Callable[[Account], object]) -> Callable[[Account], object]:
    return lambda account: [change(account) for change in changes]
