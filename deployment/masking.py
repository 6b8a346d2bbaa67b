"""Taking secrets out of text before it leaves the machine: known values, and what looks like one. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

MASK = "(masked)"
SHORTEST = 4
"""A shorter known value is not looked for in text: `1` would mask every `1`. NoEcho fields are masked anyway."""

SECRETS = tuple(
    re.compile(pattern)
    for pattern in (
        # AWS access key ids: docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
        r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}\b",
        # Session tokens: base64 of more than a hundred characters.
        r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{120,}={0,2}",
        # Secret access keys: forty characters of base64, with both cases and a digit.
        r"(?<![A-Za-z0-9+/_.-])(?=[^\s]{0,39}[a-z])(?=[^\s]{0,39}[A-Z])(?=[^\s]{0,39}\d)[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=_-])",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
        r"(?:X-Amz-(?:Signature|Security-Token|Credential)=)[^&\s\"']+",
        r"(?i)\beyJ[a-z0-9_-]{10,}\.[a-z0-9_-]{10,}\.[a-z0-9_-]+",  # JSON web tokens
        r"\bgh[pousr]_[A-Za-z0-9]{20,}\b",
    )
)
NAMED = re.compile(
    r"(?i)((?:password|passwd|secret|token|api[_-]?key|access[_-]?key|credential)[\w-]*"
    r"(?:\s*=\s*|[\"']\s*:\s*|\s*:\s+)[\"']?)([^\s\"',;]{4,})"
)
"""`password=…`, `"SecretToken": "…"`."""
SECRET_NAME = re.compile(r"(?i)password|passwd|secret|token|api_?key|access_?key|credential|private_?key")
KEPT_NAMES = frozenset({"ClientRequestToken"})
"""Says who began an operation, and opens nothing."""
KEPT_AFTER_NAME = re.compile(
    r"(?i)^(?:true|false|null|none|required|optional|enabled|disabled|string|\(masked\).*|arn:\S+|![A-Za-z]+|\$\{?[A-Za-z:.]+\}?)$"
)
"""What follows such a name and is no secret: a reference, an ARN, a switch."""
ENVIRONMENT = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without the values in `secrets`, and without what looks like a secret."""
    written = {form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret)}
    for form in sorted(written, key=len, reverse=True):
        text = text.replace(form, MASK)
    for pattern in SECRETS:
        text = pattern.sub(MASK, text)
    return NAMED.sub(_after_name, text)


def masked_data(value: Any, secrets: Collection[str] = ()) -> Any:
    """The same for lists, dictionaries and text within, as JSON has them; the result is still good JSON."""
    if isinstance(value, Mapping):
        return {key: _masked_entry(key, entry, secrets) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [masked_data(entry, secrets) for entry in value]
    return masked(value, secrets) if isinstance(value, str) else value


def no_echo(declared: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """The parameters of a template that are never shown, or whose name says that they should not be."""
    return frozenset(
        name
        for name, parameter in declared.items()
        if str(parameter.get("NoEcho", False)).lower() == "true" or SECRET_NAME.search(name)
    )


def masked_parameters(values: Mapping[str, str], declared: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The parameters, with a mask for those that are never shown."""
    hidden = no_echo(declared)
    return {
        name: MASK if name in hidden or SECRET_NAME.search(name) else masked(value) for name, value in values.items()
    }


def environment_secrets(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The credentials that this process was given."""
    return tuple(environment[name] for name in ENVIRONMENT if environment.get(name))


def _masked_entry(key: str, entry: Any, secrets: Collection[str]) -> Any:
    if isinstance(entry, str) and SECRET_NAME.search(key) and key not in KEPT_NAMES:
        return MASK
    return masked_data(entry, secrets)


def _forms(secret: str) -> tuple[str, ...]:
    """The value as it is, in JSON, and as our plan writes what cannot be printed."""
    return (secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], ascii(secret)[1:-1])


def _after_name(match: re.Match[str]) -> str:
    return match[0] if KEPT_AFTER_NAME.match(match[2]) else f"{match[1]}{MASK}"
