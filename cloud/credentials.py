"""How long the credentials last that AWS tools find here: static keys, assumed roles, IAM Identity Center (SSO)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cloud.errors import translated

RENEWED = frozenset({"iam-role", "container-role", "assume-role-with-web-identity", "custom-process"})
"""Methods of botocore that fetch new credentials by themselves, without a person."""
ENDS = "AWS_CREDENTIAL_EXPIRATION"
"""Set beside the keys by `aws configure export-credentials --format env`."""


@dataclass(frozen=True)
class Expiry:
    """When somebody has to sign in again."""

    source: str
    """Which of botocore's providers found the credentials: `env`, `sso`, `assume-role` …"""
    ends: datetime | None
    """None when nobody knows, or when they are renewed without a person."""


def expiry(session: Any, environment: Mapping[str, str] = os.environ) -> Expiry:
    """The credentials of a botocore session. Raises `CloudError` when there are none, or they cannot be had."""
    with translated("credentials"):
        credentials = session.get_credentials()
        if credentials is None:
            from botocore.exceptions import NoCredentialsError

            raise NoCredentialsError
        credentials.get_frozen_credentials()
        method = str(credentials.method)
        if method in RENEWED:
            return Expiry(method, None)
        if method == "sso":
            return Expiry(method, _sso_end(session))
        if method == "env":
            return Expiry(method, _moment(environment.get(ENDS)))
        return Expiry(method, getattr(credentials, "_expiry_time", None))


def _sso_end(session: Any) -> datetime | None:
    """When the cached SSO token ends; None where botocore can renew it (`sso_session` with a refresh token)."""
    from botocore.utils import JSONFileCache, SSOTokenLoader

    profile = session.get_scoped_config()
    name = profile.get("sso_session")
    settings = session.full_config.get("sso_sessions", {}).get(name, {}) if name else profile
    cache = JSONFileCache(os.path.expanduser(os.path.join("~", ".aws", "sso", "cache")))
    token = SSOTokenLoader(cache=cache)(settings.get("sso_start_url"), session_name=name)
    return None if token.get("refreshToken") else _moment(token["expiresAt"])


def _moment(text: str | None) -> datetime | None:
    """`2026-11-24T09:30:00Z`, or SSO's old `…UTC`, as a time; None for nothing, and for what is no time."""
    try:
        moment = datetime.fromisoformat(text.replace("UTC", "+00:00").replace("Z", "+00:00")) if text else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
