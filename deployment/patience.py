"""Asking AWS again while it cannot answer: what is worth waiting for, and how long.

A stack goes on at AWS whether we look or not, so a lost network, throttling or a fault of AWS is waited out.
Credentials that have expired and missing rights do not come back by themselves: those are told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from cloud.errors import CloudError

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 30.0
GIVE_UP_SECONDS = 1_800
"""A network that is away for longer than this is not waited for; the stack goes on without us."""
SLOW_DOWN = frozenset(
    {"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException", "SlowDown"}
)
FAULTS = frozenset({"InternalFailure", "InternalError", "InternalServerError", "ServiceUnavailable", "RequestTimeout"})
NETWORK = frozenset({"HTTPClientError", "ConnectionError", "IncompleteReadError", "ResponseParserError"})
"""Parents of botocore's exceptions for an answer that did not come, or did not come whole."""
SIGN_IN = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId", "AuthFailure"})
SIGN_IN_EXCEPTIONS = frozenset(
    {"NoCredentialsError", "CredentialRetrievalError", "UnauthorizedSSOTokenError", "SSOTokenLoadError"}
    | {"TokenRetrievalError", "LoginRefreshRequired", "LoginTokenLoadError", "RefreshWithMFAUnsupportedError"}
)

Found = TypeVar("Found")


def slow_down(error: CloudError) -> bool:
    """Whether AWS was asked too often."""
    return error.code in SLOW_DOWN


def passes(error: CloudError) -> bool:
    """Whether waiting may help: throttling, a fault of AWS, a lost network."""
    fault = error.code in FAULTS or (error.code.isdigit() and int(error.code) >= 500)
    return slow_down(error) or fault or bool({error.code, *_raised(error)} & NETWORK)


def signed_out(error: CloudError) -> bool:
    """Whether the credentials have run out."""
    return error.code in SIGN_IN or bool(_raised(error) & SIGN_IN_EXCEPTIONS)


def pauses(first_seconds: float = FIRST_PAUSE_SECONDS) -> Iterator[float]:
    """Seconds between attempts, growing, without end."""
    pause = first_seconds
    while True:
        yield pause
        pause = min(LONGEST_PAUSE_SECONDS, pause * 2)


def patiently(look: Callable[[], Found], *, say: Callable[[str], None], sleep: Callable[[float], None]) -> Found:
    """What `look` finds, asked again while AWS cannot answer.

    Says once that it waits, and once that AWS answers again. Raises the `CloudError` that waiting does not mend.
    """
    waited, told = 0.0, False
    for pause in pauses():
        try:
            found = look()
        except CloudError as error:
            if not passes(error) or waited >= GIVE_UP_SECONDS:
                raise
            if not told and not slow_down(error):
                say(f"AWS cannot be asked ({error.cause}); what has begun goes on there, trying again")
                told = True
            sleep(pause)
            waited += pause
            continue
        if told:
            say("AWS answers again")
        return found
    raise AssertionError("pauses never end")


def _raised(error: CloudError) -> frozenset[str]:
    """The names of what boto3 raised, with its parents."""
    return frozenset(parent.__name__ for parent in type(error.__cause__).__mro__) if error.__cause__ else frozenset()
