"""Credentials and networks that fail: one message, nothing half done, and nobody is waited for in vain."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.faults.encrypted_server import encrypted
from tests.faults.judge import refused
from tests.faults.stage import DEPLOY, Stage

NO_KEYS = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "AWS_SESSION_TOKEN": None}


def test_without_credentials_it_says_how_to_get_some(empty: Stage) -> None:
    said = refused(empty, empty.deploy(*DEPLOY, **NO_KEYS))

    assert "no AWS credentials found" in said
    assert "run `aws configure` or `aws configure sso`, or set AWS_PROFILE" in said


def test_half_of_the_credentials_are_named_as_such(empty: Stage) -> None:
    said = refused(empty, empty.deploy(*DEPLOY, AWS_SECRET_ACCESS_KEY=None))

    assert "the AWS credentials are incomplete" in said


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ExpiredToken", "the credentials have expired"),
        ("InvalidClientTokenId", "AWS does not know these credentials, or the region is not enabled"),
        ("SignatureDoesNotMatch", "the secret key does not belong to the access key"),
        ("RequestTimeTooSkewed", "the clock of this machine is wrong by minutes"),
        ("RequestExpired", "set the clock of this machine"),
        ("OptInRequired", "the region or the service is not enabled for the account"),
    ],
)
def test_a_refusal_of_the_credentials_says_what_to_do(empty: Stage, code: str, words: str) -> None:
    empty.local_aws.faults({"caller": "outside", "code": code, "message": "no", "status": 403, "times": 0})

    assert words in refused(empty, empty.deploy(*DEPLOY))


def test_a_profile_that_asks_for_a_code_does_not_wait_for_one(empty: Stage, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[profile team]\nrole_arn = arn:aws:iam::123456789012:role/team\nsource_profile = base\n"
        "mfa_serial = arn:aws:iam::123456789012:mfa/ada\n[profile base]\naws_access_key_id = a\n"
        "aws_secret_access_key = b\n"
    )

    ended = empty.deploy(*DEPLOY, **NO_KEYS, AWS_PROFILE="team", AWS_CONFIG_FILE=str(config))

    said = refused(empty, ended)
    assert said.startswith("deploy.sh: the profile asks for an MFA code, and nobody is there to type it; sign in again")
    assert "Enter MFA code" not in ended.stderr


def test_a_name_that_no_network_knows_is_a_matter_of_the_network(empty: Stage) -> None:
    said = refused(empty, empty.deploy(*DEPLOY, AWS_ENDPOINT_URL="http://aws.invalid"))

    assert "AWS cannot be reached" in said
    assert "check the network, the proxy (HTTPS_PROXY) and the VPN" in said


def test_a_login_page_of_the_network_is_told(empty: Stage) -> None:
    empty.local_aws.faults({"caller": "outside", "reply": "html", "times": 0})

    assert "the answer does not come from AWS (a login page of the network?)" in refused(empty, empty.deploy(*DEPLOY))


def test_a_proxy_that_does_not_answer_is_named(empty: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        proxy = f"http://127.0.0.1:{closed.getsockname()[1]}"
    ended = empty.deploy(*DEPLOY, NO_PROXY=None, HTTP_PROXY=proxy, AWS_ENDPOINT_URL="http://aws.example")

    said = refused(empty, ended)
    assert "the proxy does not let the call through" in said
    assert proxy in said


def test_a_certificate_that_nobody_signed_is_refused_and_our_own_is_taken(empty: Stage, tmp_path: Path) -> None:
    with encrypted(tmp_path) as (endpoint, certificate):
        foreign = refused(empty, empty.deploy(*DEPLOY, AWS_ENDPOINT_URL=endpoint))
        own = refused(empty, empty.deploy(*DEPLOY, AWS_ENDPOINT_URL=endpoint, AWS_CA_BUNDLE=str(certificate)))

    assert "the TLS certificate is not trusted" in foreign
    assert "set AWS_CA_BUNDLE to its certificate file" in foreign
    assert "AWS denied the call (AccessDenied: stranger)" in own


def test_an_address_of_instances_that_never_answers_does_not_hold_it_up(empty: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        metadata = f"http://127.0.0.1:{silent.getsockname()[1]}"
        ended = empty.deploy(
            *DEPLOY, **NO_KEYS, AWS_EC2_METADATA_DISABLED=None, AWS_EC2_METADATA_SERVICE_ENDPOINT=metadata
        )

    assert "no AWS credentials found" in refused(empty, ended)
