"""Policy statements in plain words, by the tables of `rights.toml`; what they do not hold is shown as it stands."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.rights import Condition, Kind, Statement

WORDS_FILE = Path(__file__).with_name("rights.toml")
ARN = re.compile(r"arn:" + ":".join([r"((?:\$\{[^}]*\}|[^:$])*)"] * 4) + r":(.*)")
"""Partition, service, region, account, and what is meant; a `${AWS::Region}` is no end of a part."""
VARIABLE = re.compile(r"\$\{([^}]*)\}")


@dataclass(frozen=True)
class Phrase:
    """Some words for some names of a policy; `words` is empty where the tables have none."""

    words: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        return self.words or ", ".join(self.names)


@dataclass(frozen=True)
class InWords:
    """A statement as the parts of a sentence."""

    verdict: str
    who: tuple[Phrase, ...]
    actions: tuple[Phrase, ...]
    resources: tuple[Phrase, ...]
    conditions: tuple[Phrase, ...]

    def __str__(self) -> str:
        """The sentence: `may start a session, on every EC2 instance …, only if its tag Owner is …`."""
        who = f"{_joined(self.who, 'or')} " if self.who else ""
        on = f", on {_joined(self.resources, 'or')}" if self.resources else ""
        only = f", only if {_joined(self.conditions, 'and')}" if self.conditions else ""
        return f"{who}{self.verdict} {_joined(self.actions, 'and')}{on}{only}"


def in_words(statement: Statement, kind: Kind) -> InWords:
    """The statement in words; `kind` is that of its policy."""
    given = "can at most be allowed to" if kind == "boundary" else "may"
    others = statement.others
    return InWords(
        verdict=given if statement.allowed else "may never",
        who=_unless("Principal" in others, "anybody but", tuple(_principal(name) for name in statement.principals)),
        actions=_unless("Action" in others, "do anything but", _actions(statement.actions)),
        resources=_unless("Resource" in others, "anything but", _resources(statement, kind)),
        conditions=tuple(_condition(item) for item in statement.conditions),
    )


def _unless(reversed_: bool, prefix: str, phrases: tuple[Phrase, ...]) -> tuple[Phrase, ...]:  # noqa: FBT001
    """With `NotAction` and its like the list says what is not meant."""
    if not reversed_:
        return phrases
    names = tuple(name for phrase in phrases for name in phrase.names)
    return (Phrase(f"{prefix}: {_joined(phrases, 'or')}", names),)


def _joined(phrases: Iterable[object], word: str) -> str:
    texts = [str(phrase) for phrase in phrases]
    return f" {word} ".join([*[", ".join(texts[:-1])][: len(texts) - 1], *texts[-1:]])


@functools.cache
def _tables() -> Mapping[str, Any]:
    return tomllib.loads(WORDS_FILE.read_text("utf-8"))


def _actions(names: tuple[str, ...]) -> tuple[Phrase, ...]:
    """Each name in one phrase, larger groups first; then those that have no words."""
    left, phrases = list(names), []
    for group in sorted(_tables()["action"], key=lambda group: -len(group["names"])):
        if set(group["names"]) <= set(left):
            phrases.append(Phrase(group["words"], tuple(group["names"])))
            left = [name for name in left if name not in group["names"]]
    phrases += [Phrase(_everything(name), (name,)) for name in left]
    return tuple(sorted(phrases, key=lambda phrase: names.index(phrase.names[0])))


def _everything(name: str) -> str:
    if name == "*":
        return "do everything in every service"
    service, _, action = name.partition(":")
    return f"do everything that {service} has" if action == "*" else ""


def _principal(name: str) -> Phrase:
    kind, _, who = name.partition(":")
    if kind == "Service":
        return Phrase(f"the AWS service {_readable(who)}", (name,))
    if who == "*":
        return Phrase("anybody", (name,))
    if who in ("${AWS::AccountId}", "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"):
        return Phrase("whoever this account's IAM policies allow it", (name,))
    return Phrase("", (name,))


def _resources(statement: Statement, kind: Kind) -> tuple[Phrase, ...]:
    if kind == "resource" and statement.resources == ("*",):
        return (Phrase("this resource", ("*",)),)
    return tuple(Phrase(_resource(name), (name,)) for name in statement.resources)


def _resource(name: str) -> str:
    """An ARN in words, or nothing where they would have to be guessed."""
    if name == "*":
        return "every resource"
    own = re.fullmatch(r"\$\{(\w+)(\.Arn)?\}", name)
    if own:
        return own[1]
    arn = ARN.fullmatch(name)
    if not arn:
        return ""
    _, service, region, account, meant = arn.groups()
    kind, separator, which = meant.partition("/")
    if not separator:
        kind, separator, which = meant.partition(":")
    noun = _tables()["kinds"].get(f"{service}:{kind if separator else ''}")
    if not noun:
        return ""
    which = which if separator else meant
    return f"{_which(noun, which, account)}{_account(account)}{_region(region)}"


def _which(noun: str, which: str, account: str) -> str:
    if which == "*":
        return f"every {noun}"
    if "*" in which or "?" in which:
        return f"every {noun} named {_readable(which)}"
    whose = "the" if account else "AWS's"
    return f"{whose} {noun} {_readable(which)}"


def _account(account: str) -> str:
    if account == "${AWS::AccountId}":
        return " of this account"
    return f" of account {_readable(account)}" if account else ""


def _region(region: str) -> str:
    if region == "${AWS::Region}":
        return " in this region"
    return f" in {_readable(region)}" if region else ""


def _condition(item: Condition) -> Phrase:
    names = (f"{item.operator} {item.key} {', '.join(item.values)}",)
    operator, optional = item.operator.removesuffix("IfExists"), item.operator.endswith("IfExists")
    verb, key = _tables()["operators"].get(operator), _key(item.key)
    if operator == "Bool" and _fact(item):
        words = _fact(item)
    elif verb and key:
        words = f"{key} {verb} {_joined((_readable(value) for value in item.values), 'or')}"
    else:
        return Phrase("", names)
    return Phrase(f"{words}, or that is not known" if optional else words, names)


def _fact(item: Condition) -> str:
    """The words for a key with this one value."""
    facts = {(fact["key"], (fact["value"],)): fact["words"] for fact in _tables()["fact"]}
    return facts.get((item.key, item.values), "")


def _key(key: str) -> str:
    whose, separator, tag = key.partition("/")
    whose = _tables()["tags"].get(whose)
    return _tables()["keys"].get(key, "") or (f"{whose} {tag}" if separator and whose else "")


def _readable(text: str) -> str:
    """`${aws:username}-*` as `[the caller's user name]-*`; a variable alone needs no marks."""
    variables = _tables()["variables"]
    whole = VARIABLE.fullmatch(text)
    if whole:
        return variables.get(whole[1], whole[1] if "." not in whole[1] else text)
    return VARIABLE.sub(lambda match: f"[{variables.get(match[1], match[1])}]", text)
