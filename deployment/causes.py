"""Why a resource failed, in plain words: the common causes of `causes.toml`, looked up by the reason that AWS gives.

explain("AWS::EC2::EIP", "The maximum number of addresses has been reached. (Service: Ec2, …)").words
# "the account has no Elastic IP address left in this region (…)"
"""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

CAUSES_FILE = Path(__file__).with_name("causes.toml")

WRAPPED = re.compile(r'Resource handler returned message: "(.*)" \(RequestToken: .*\)', re.DOTALL)
"""How CloudFormation hands on what a resource's handler said."""
MACHINERY = re.compile(
    r"\s*\((?:Service: [^()]*|SDK Attempt Count: \d+|RequestToken: [^()]*|HandlerErrorCode: \w+)\)"
    r"|\s*Encoded authorization failure message: \S+"
)
"""What is of use to AWS's support only."""


@dataclass(frozen=True)
class Cause:
    """A common cause; `pattern` and `unless` are looked for in the reason."""

    name: str
    pattern: re.Pattern[str]
    words: str
    hint: str
    page: str
    unless: re.Pattern[str] | None = None
    types: frozenset[str] = frozenset()
    """The resource types that it is about; empty means any."""

    def match(self, resource_type: str, reason: str) -> re.Match[str] | None:
        """Where the reason says so; None when this is not the cause."""
        if self.types and resource_type not in self.types:
            return None
        if self.unless and self.unless.search(f"{resource_type} {reason}"):
            return None
        return self.pattern.search(reason)


@dataclass(frozen=True)
class Explanation:
    """A failure for people, each field one line; `cause`, `hint` and `page` are empty when nobody knows it."""

    reason: str
    """What AWS said, without request numbers."""
    words: str
    cause: str = ""
    hint: str = ""
    page: str = ""


def explain(resource_type: str, reason: str) -> Explanation:
    """What a failed event's reason means and what to do; for an unknown one the reason itself."""
    whole = " ".join(reason.split())
    said = plainly(whole)
    for cause in causes():
        found = cause.match(resource_type, whole)
        if found:
            groups = found.groupdict()
            words, hint = cause.words.format_map(groups), cause.hint.format_map(groups)
            return Explanation(said, words, cause=cause.name, hint=hint, page=cause.page)
    return Explanation(said, said)


def plainly(reason: str) -> str:
    """AWS's reason on one line, without what only AWS's support can use."""
    text = " ".join(reason.split())
    wrapped = WRAPPED.fullmatch(text)
    return MACHINERY.sub("", wrapped[1] if wrapped else text).strip()


@functools.cache
def causes() -> tuple[Cause, ...]:
    """Every cause of `causes.toml`, in its order."""
    return tuple(_cause(name, entry) for name, entry in tomllib.loads(CAUSES_FILE.read_text("utf-8")).items())


def _cause(name: str, entry: dict[str, str | list[str]]) -> Cause:
    patterns = {key: re.compile(str(entry[key]), re.IGNORECASE) for key in ("pattern", "unless") if key in entry}
    words = {key: str(entry[key]) for key in ("words", "hint", "page")}
    return Cause(name, types=frozenset(entry.get("types", ())), **patterns, **words)
