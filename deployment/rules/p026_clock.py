"""The clock of this machine is right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from deployment.findings import Problem
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule

ALLOWED_SECONDS = 60


def check(facts: Facts) -> Iterator[Problem]:
    headers = facts.identity().get("ResponseMetadata", {}).get("HTTPHeaders", {})
    if "date" not in headers:
        return
    seconds = (datetime.now(UTC) - parsedate_to_datetime(headers["date"])).total_seconds()
    if abs(seconds) > ALLOWED_SECONDS:
        value = f"{abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} AWS"
        yield Problem("clock", value, f"at most {ALLOWED_SECONDS} s; AWS refuses calls from 5 min on", "set it (NTP)")


RULE = Rule(
    id="P026",
    level="warning",
    title="The clock of this machine is right",
    actions=("sts:GetCallerIdentity",),
    hint="set the clock (NTP)",
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html",
    check=check,
    on_local=False,
)
