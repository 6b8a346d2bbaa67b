"""Calls to AWS: one session, explicit region, timeouts and retries set, errors translated. boto3 is imported late."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from cloud.credentials import Expiry, expiry
from cloud.errors import SIGN_IN_AGAIN, CloudError, not_aws, translated

CONNECT_SECONDS = 10
READ_SECONDS = 60
ATTEMPTS = 6
"""The first try and five more, with growing pauses (botocore's `standard` mode): about a minute in all."""
CONNECTIONS = 32

Found = TypeVar("Found")


class Cloud:
    """A session in one region. Clients are made once and may be used from several threads."""

    def __init__(self, *, region: str, profile: str | None = None) -> None:
        self.region = region
        self.profile = profile
        self._clients: dict[tuple[str, str], Any] = {}
        self._session: Any = None
        self._lock = threading.Lock()

    def client(self, service: str, *, region: str | None = None) -> Any:
        """The boto3 client of a service; another region than the session's only where a call needs it."""
        key = (service, region or self.region)
        with self._lock, translated(service):
            if key not in self._clients:
                self._clients[key] = self._new_client(*key)
            return self._clients[key]

    def open(self, services: Iterable[str]) -> None:
        """Make clients ahead of their first call: each takes a tenth of a second of work. Raises `CloudError`."""
        for service in services:
            self.client(service)

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """One call, by AWS's own name (`DescribeVpcs`). Raises `CloudError`."""
        client = self.client(service)
        method = _snake(operation)
        with translated(f"{service} {operation}"):
            return _from_aws(getattr(client, method)(**parameters), f"{service} {operation}")

    def pages(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Every item under `key` of a paged call, page by page. Raises `CloudError`."""
        client = self.client(service)
        with translated(f"{service} {operation}"):
            for page in client.get_paginator(_snake(operation)).paginate(**parameters):
                yield from _from_aws(page, f"{service} {operation}").get(key, ())

    def account(self) -> tuple[str, str]:
        """The account's number and the ARN of the caller."""
        identity = self.call("sts", "GetCallerIdentity")
        return identity["Account"], identity["Arn"]

    def expiry(self) -> Expiry:
        """How long the credentials last. Raises `CloudError`."""
        with self._lock, translated("credentials"):
            session = self._open()
        return expiry(session._session)  # botocore's, which boto3 keeps to itself

    def _open(self) -> Any:
        import boto3

        if self._session is None:
            self._session = boto3.session.Session(region_name=self.region, profile_name=self.profile)
            if not (sys.stdin and sys.stdin.isatty()):
                _never_ask(self._session._session)
        return self._session

    def _new_client(self, service: str, region: str) -> Any:
        session = self._open()  # first: where boto3 is missing, its name is what the user hears
        from botocore.config import Config

        # A number that the user has set holds, as for every AWS tool; botocore would prefer ours.
        attempts = {} if "AWS_MAX_ATTEMPTS" in os.environ else {"total_max_attempts": ATTEMPTS}
        settings = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", **attempts},
            max_pool_connections=CONNECTIONS,
            s3={"us_east_1_regional_endpoint": "regional"},
        )
        return session.client(service, region_name=region, config=settings)


def wait_until(
    look: Callable[[], Found | None],
    *,
    what: str,
    timeout_seconds: float,
    poll_seconds: float = 5,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Found:
    """What `look` finds, asked again until it is not None.

    Raises `CloudError` after `timeout_seconds`, and whatever `look` raises.
    """
    end = clock() + timeout_seconds
    while True:
        found = look()
        if found is not None:
            return found
        if clock() >= end:
            raise CloudError(f"waited {timeout_seconds:.0f} s for {what}", "look at it in the AWS console")
        sleep(poll_seconds)


def _never_ask(session: Any) -> None:
    """Refuse a profile that asks for an MFA code; botocore would read it from whatever stdin is, and fail there."""
    session.get_component("credential_provider").get_provider("assume-role")._prompter = _no_code


def _no_code(_: str) -> str:
    raise CloudError("the profile asks for an MFA code, and nobody is there to type it", SIGN_IN_AGAIN)


def _from_aws(answer: dict[str, Any], what: str) -> dict[str, Any]:
    """The answer, if it is AWS's. Raises `CloudError`: every answer of AWS has a request id, no login page has one."""
    if "RequestId" not in answer.get("ResponseMetadata", {"RequestId": ""}):
        raise not_aws(what)
    return answer


def _snake(operation: str) -> str:
    from botocore import xform_name

    return xform_name(operation)
