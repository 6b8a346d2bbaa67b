"""Every way that AWS says no, in plain words with what to do."""

from __future__ import annotations

import inspect

import botocore.exceptions
import botocore.parsers
import botocore.session
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ProfileNotFound,
    ProxyConnectionError,
    SSLError,
    UnauthorizedSSOTokenError,
)

from cloud.errors import CODES, EXCEPTIONS, CloudError, translate, translated
from deployment.patience import passes

PERMISSION = "ask whoever administers the account for this action"


def answer(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "DescribeVpcs")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            answer("ExpiredToken", "The security token included in the request is expired"),
            "ec2 DescribeVpcs: the credentials have expired (ExpiredToken: The security token included in the request "
            "is expired); sign in again (`aws sso login`, `aws login`, or new keys in `aws configure`), "
            "then repeat the command",
        ),
        (
            answer("UnauthorizedOperation", "You are not authorized to perform this operation."),
            "ec2 DescribeVpcs: AWS denied the call (UnauthorizedOperation: You are not authorized to perform this "
            f"operation); {PERMISSION}",
        ),
        (
            answer("AccessDenied", "explicit deny in a service control policy"),
            "ec2 DescribeVpcs: AWS denied the call (AccessDenied: explicit deny in a service control policy); "
            "an organisation policy forbids it: ask whoever administers the organisation",
        ),
        (
            answer("Throttling", "Rate\nexceeded"),
            "ec2 DescribeVpcs: AWS asks to slow down (Throttling: Rate exceeded); "
            "wait a minute, then repeat the command",
        ),
        (
            answer("VpcLimitExceeded", "The maximum number of VPCs has been reached."),
            "ec2 DescribeVpcs: AWS refused (VpcLimitExceeded: The maximum number of VPCs has been reached)",
        ),
        (
            NoCredentialsError(),
            "ec2 DescribeVpcs: no AWS credentials found (Unable to locate credentials); "
            "run `aws configure` or `aws configure sso`, or set AWS_PROFILE",
        ),
        (
            ProfileNotFound(profile="x"),
            "ec2 DescribeVpcs: no such AWS profile (The config profile (x) could not be found); "
            "run `aws configure list-profiles`, then set AWS_PROFILE",
        ),
    ],
)
def test_an_error_says_what_happened_and_what_to_do(error: Exception, expected: str) -> None:
    assert expected == str(translate(error, "ec2 DescribeVpcs"))


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (UnauthorizedSSOTokenError(), "the SSO session has expired"),
        (EndpointConnectionError(endpoint_url="https://ec2"), "AWS cannot be reached"),
        (ConnectTimeoutError(endpoint_url="https://ec2"), "AWS does not answer"),
        (ProxyConnectionError(proxy_url="http://proxy"), "the proxy does not let the call through"),
        (SSLError(endpoint_url="https://ec2", error="x"), "the TLS certificate is not trusted"),
    ],
)
def test_the_network_and_the_sign_in_have_causes_of_their_own(error: Exception, cause: str) -> None:
    known = translate(error, "x")

    assert known is not None
    assert cause in known.cause
    assert known.remedy


def test_a_code_can_be_asked_for() -> None:
    with pytest.raises(CloudError) as caught, translated("s3 HeadBucket"):
        raise answer("404", "Not Found")

    assert (caught.value.code, caught.value.message) == ("404", "Not Found")


@pytest.mark.parametrize("page", [b"<html><body>Sign in</body></html>", b"<html><br>Sign in", b""])
def test_a_login_page_in_place_of_an_answer_is_a_matter_of_the_network(page: bytes) -> None:
    parser = botocore.parsers.QueryParser()
    shape = botocore.session.get_session().get_service_model("sts").operation_model("GetCallerIdentity").output_shape
    with pytest.raises(CloudError) as caught, translated("sts GetCallerIdentity"):
        parser.parse({"status_code": 200, "headers": {}, "body": page}, shape)

    assert caught.value.cause.startswith("sts GetCallerIdentity: the answer does not come from AWS")
    assert passes(caught.value)


def test_a_bug_keeps_its_traceback() -> None:
    with pytest.raises(KeyError), translated("x"):
        raise KeyError("typo")
    with pytest.raises(botocore.exceptions.ParamValidationError), translated("x"):
        raise botocore.exceptions.ParamValidationError(report="typo")


def test_every_exception_in_the_table_exists() -> None:
    known = {name for name, _ in inspect.getmembers(botocore.exceptions, inspect.isclass)}
    known |= {name for name, _ in inspect.getmembers(botocore.parsers, inspect.isclass)}

    assert set() == set(EXCEPTIONS) - known


def test_every_answer_is_one_line_without_a_period() -> None:
    for cause, remedy in (*CODES.values(), *EXCEPTIONS.values()):
        assert "\n" not in cause + remedy
        assert not cause.endswith(".")
        assert not remedy.endswith(".")
