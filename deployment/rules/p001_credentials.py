"""The credentials last as long as a deploy takes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from deployment.findings import Problem
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule

DEPLOY = timedelta(minutes=20)
"""A first deploy takes about six minutes, a machine that is slow to answer ten more."""


def check(facts: Facts) -> Iterator[Problem]:
    expiry = facts.expiry()
    left = expiry.ends - datetime.now(UTC) if expiry.ends else DEPLOY
    if left < DEPLOY:
        minutes = max(0, int(left.total_seconds() // 60))
        value = f"those of {expiry.source} end in {minutes} min"
        hint = "sign in again first (`aws sso login`, `aws login`, or a new role session)"
        yield Problem("credentials", value, f"{DEPLOY.total_seconds() / 60:.0f} min or more", hint)


RULE = Rule(
    id="P001",
    level="warning",
    title="The credentials last as long as a deploy takes",
    actions=(),
    hint="sign in again before the deploy",
    link="https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html",
    check=check,
    on_local=False,
)
