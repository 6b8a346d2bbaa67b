"""The account is the one that the user means."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule


def check(facts: Facts) -> Iterator[Problem]:
    asked = facts.asked
    if asked.wanted_account and asked.wanted_account != asked.account:
        hint = "set AWS_PROFILE to a profile of that account, or pass the other number"
        yield Problem("account", f"the credentials are of {asked.account}", f"{asked.wanted_account} (--account)", hint)


RULE = Rule(
    id="P002",
    level="error",
    title="The account is the one that --account names",
    actions=(),
    hint="choose the profile of the account",
    link="https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html",
    check=check,
)
