"""The AWS CLI knows today's ways to sign in."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.aws_cli import dotted
from deployment.findings import Problem
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule

OLDEST = {1: (1, 27, 10), 2: (2, 9, 0)}
"""The first of each generation that knows `sso_session` in a profile (aws-cli CHANGELOG.rst, December 2022)."""


def check(facts: Facts) -> Iterator[Problem]:
    cli = facts.asked.cli
    oldest = OLDEST.get(cli.version[0], cli.version)
    if cli.version < oldest:
        hint = "update it: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
        yield Problem("AWS CLI", f"{cli.path} is {dotted(cli.version)}", f"{dotted(oldest)} or newer", hint)


RULE = Rule(
    id="P025",
    level="warning",
    title="The AWS CLI is new enough to find the same credentials as we do",
    actions=(),
    hint="update the AWS CLI",
    link="https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
    check=check,
)
