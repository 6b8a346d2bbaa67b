"""What went wrong on the way to AWS, in plain words, with what to do next.

boto3 is not imported here: its exceptions are told apart by name, once one of them was raised.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class CloudError(Exception):
    """A call to AWS that cannot go on; `str()` of it is the line for the user."""

    def __init__(self, cause: str, remedy: str, *, code: str = "", message: str = "") -> None:
        super().__init__(f"{cause}; {remedy}" if remedy else cause)
        self.cause = cause
        """What happened, one line, no period."""
        self.remedy = remedy
        """What the user does next, one line, no period; may be empty."""
        self.code = code
        """AWS's error code, for example `AccessDenied`; empty when AWS never answered."""
        self.message = message
        """AWS's own message, unchanged."""


SIGN_IN_AGAIN = "sign in again (`aws sso login`, `aws login`, or new keys in `aws configure`), then repeat the command"
NO_TIME = "mend or unset AWS_CREDENTIAL_EXPIRATION (2026-11-24T09:30:00Z, for example), or sign in again"
CREDENTIALS = "run `aws configure` or `aws configure sso`, or set AWS_PROFILE"
NETWORK = "check the network, the proxy (HTTPS_PROXY) and the VPN, then repeat the command"
PERMISSION = "ask whoever administers the account for this action"

CODES = {
    "ExpiredToken": ("the credentials have expired", SIGN_IN_AGAIN),
    "ExpiredTokenException": ("the credentials have expired", SIGN_IN_AGAIN),
    "RequestExpired": (
        "the request is too old for AWS",
        "set the clock of this machine (NTP), or sign in again, then repeat the command",
    ),
    "RequestTimeTooSkewed": ("the clock of this machine is wrong by minutes", "set it (NTP), then repeat the command"),
    "InvalidClientTokenId": (
        "AWS does not know these credentials, or the region is not enabled for the account",
        f"{CREDENTIALS}; for a newer region enable it (`aws account enable-region`)",
    ),
    "UnrecognizedClientException": (
        "AWS does not know these credentials, or the region is not enabled for the account",
        f"{CREDENTIALS}; for a newer region enable it (`aws account enable-region`)",
    ),
    "AuthFailure": ("AWS does not accept these credentials", CREDENTIALS),
    "InvalidAccessKeyId": ("AWS does not know this access key", CREDENTIALS),
    "SignatureDoesNotMatch": ("the secret key does not belong to the access key", CREDENTIALS),
    "OptInRequired": (
        "the region or the service is not enabled for the account",
        "enable it, or choose another region",
    ),
    "AccessDenied": ("AWS denied the call", PERMISSION),
    "AccessDeniedException": ("AWS denied the call", PERMISSION),
    "UnauthorizedOperation": ("AWS denied the call", PERMISSION),
    "Throttling": ("AWS asks to slow down", "wait a minute, then repeat the command"),
    "ThrottlingException": ("AWS asks to slow down", "wait a minute, then repeat the command"),
    "RequestLimitExceeded": ("AWS asks to slow down", "wait a minute, then repeat the command"),
    "SlowDown": ("AWS asks to slow down", "wait a minute, then repeat the command"),
}

EXCEPTIONS = {
    "NoCredentialsError": ("no AWS credentials found", CREDENTIALS),
    "PartialCredentialsError": ("the AWS credentials are incomplete", CREDENTIALS),
    "CredentialRetrievalError": ("the AWS credentials cannot be had", CREDENTIALS),
    "ProfileNotFound": ("no such AWS profile", "run `aws configure list-profiles`, then set AWS_PROFILE"),
    "UnauthorizedSSOTokenError": ("the SSO session has expired", "run `aws sso login`, then repeat the command"),
    "SSOTokenLoadError": ("there is no SSO session", "run `aws sso login`, then repeat the command"),
    "TokenRetrievalError": ("the SSO session has expired", "run `aws sso login`, then repeat the command"),
    "LoginRefreshRequired": ("the login session has expired", "run `aws login`, then repeat the command"),
    "LoginTokenLoadError": ("there is no login session", "run `aws login`, then repeat the command"),
    "RefreshWithMFAUnsupportedError": ("the credentials need a new MFA code", SIGN_IN_AGAIN),
    "NoRegionError": ("no region", "pass one (`us-east-1`), or set AWS_REGION"),
    "EndpointConnectionError": ("AWS cannot be reached", NETWORK),
    "ConnectTimeoutError": ("AWS does not answer", NETWORK),
    "ReadTimeoutError": ("AWS stopped answering", NETWORK),
    "ConnectionClosedError": ("the connection to AWS was cut", NETWORK),
    "HTTPClientError": ("the connection to AWS failed", NETWORK),
    "ProxyConnectionError": ("the proxy does not let the call through", "check HTTPS_PROXY and NO_PROXY"),
    "SSLError": (
        "the TLS certificate is not trusted",
        "behind a company proxy set AWS_CA_BUNDLE to its certificate file; checking is never turned off",
    ),
    "ConfigParseError": ("the AWS config file cannot be read", "mend ~/.aws/config"),
    "ResponseParserError": ("the answer does not come from AWS (a login page of the network?)", NETWORK),
}


DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


def denied(error: CloudError) -> bool:
    """Whether AWS answered, and the answer was that this caller may not ask."""
    return error.code in DENIED


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn what boto3 raises inside into a `CloudError` that says `what` was being done (`ec2 DescribeVpcs`)."""
    try:
        yield
    except Exception as error:
        known = translate(error, what)
        if known is None:
            raise
        raise known from error


def translate(error: Exception, what: str) -> CloudError | None:
    """The error in plain words; None for what is no fault of AWS, network or credentials, hence a bug."""
    response = getattr(error, "response", None)
    if isinstance(response, dict) and "Error" in response:
        return _from_response(response["Error"], what)
    for parent in type(error).__mro__:
        if parent.__name__ in EXCEPTIONS and parent.__module__.startswith("botocore"):
            cause, remedy = EXCEPTIONS[parent.__name__]
            return CloudError(f"{what}: {cause} ({_one_line(error)})", remedy)
    if _raised_in(error, "dateutil") or type(error).__module__.startswith("dateutil."):
        return CloudError(f"{what}: the credentials end at what is no time ({_one_line(error)})", NO_TIME)
    if isinstance(error, RuntimeError) and _raised_in(error, "botocore.credentials"):
        return CloudError(f"{what}: the credentials have expired", SIGN_IN_AGAIN, code="ExpiredToken")
    return not_aws(what) if _raised_in(error, "botocore.parsers") else None


def not_aws(what: str) -> CloudError:
    """Somebody else answered: a login page of the network, or nothing at all with a 200."""
    cause, remedy = EXCEPTIONS["ResponseParserError"]
    return CloudError(f"{what}: {cause}", remedy, code="ResponseParserError")


def _raised_in(error: Exception, module: str) -> bool:
    """Whether the error comes from this module, or package, whatever class it has.

    botocore's parsers stumble with a KeyError over a page that is XML; its credentials raise a bare RuntimeError for
    keys that AWS_CREDENTIAL_EXPIRATION says are over, and let dateutil's errors about a wrong one pass.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    raised_in = str(trace.tb_frame.f_globals.get("__name__")) if trace else ""
    return f"{raised_in}.".startswith(f"{module}.")


def _from_response(answer: dict[str, str], what: str) -> CloudError:
    code, message = str(answer.get("Code", "Unknown")), str(answer.get("Message", ""))
    cause, remedy = CODES.get(code, ("AWS refused", ""))
    if "service control policy" in message:
        remedy = "an organisation policy forbids it: ask whoever administers the organisation"
    detail = f"{code}: {_one_line(message)}" if message else code
    return CloudError(f"{what}: {cause} ({detail})", remedy, code=code, message=message)


def _one_line(text: object) -> str:
    return " ".join(str(text).split()).rstrip(".")
