"""No secret passes, and what is no secret stays readable."""

from __future__ import annotations

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployment.masking import MASK, masked, masked_data, masked_parameters, no_echo
from tests.conftest import ROOT

ACCESS_KEY = "AKIA" + "IOSFODNN7EXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjE" + "A1b2C3/+" * 30 + "=="
PRIVATE_KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAA\n-----END OPENSSH PRIVATE KEY-----"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"
LOOKS_SECRET = {
    "access key": ACCESS_KEY,
    "temporary access key": f"ASIA{ACCESS_KEY[4:]}",
    "secret key": SECRET_KEY,
    "session token": TOKEN,
    "private key": PRIVATE_KEY,
    "private key cut off": PRIVATE_KEY[:50],
    "web token": JWT,
    "github": "ghp_" + "a1B2" * 9,
}
AROUND = ("{}", "key: {}", '{{"key": "{}"}}', "key={} and more", "'{}'", "({})", "a\n{}\nb")


@pytest.mark.parametrize("secret", LOOKS_SECRET.values(), ids=LOOKS_SECRET)
@pytest.mark.parametrize("around", AROUND)
def test_what_looks_like_a_secret_is_masked_wherever_it_stands(secret: str, around: str) -> None:
    found = masked(around.format(secret))

    assert secret not in found
    assert secret[8:18] not in found
    assert MASK in found


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("password=hunter22", "hunter22"),
        ('"MasterUserPassword": "hunter22"', "hunter22"),
        ("DbPassword = hunter22", "hunter22"),
        ("aws_session_token: hunter22", "hunter22"),
        ("https://x/?X-Amz-Signature=abc123&b=1", "abc123"),
    ],
)
def test_what_a_name_calls_secret_is_masked(text: str, hidden: str) -> None:
    assert hidden not in masked(text)


@pytest.mark.parametrize("name", ["environment", "workstation"])
def test_our_own_templates_pass_unchanged(name: str) -> None:
    text = (ROOT / "templates" / f"{name}.yaml").read_text()

    assert masked(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:cloudformation:us-east-1:123456789012:stack/demo/a389732a-dd43-414a-907f-ce8e357a3d45",
        "b2dfbde3e7616ffa230b27c0da68c0a4e0fa56797711b95ffd27a15a5419a482",
        "8f14e45fceea167a5a36dedd4bea2543a1b2c3d4",
        "secretsmanager:GetSecretValue",
        "HttpTokens: required",
        "the security token included in the request is expired",
        "ami-0d27e0fb3bac4d724 vol-76036a053e2672c2a|i-dc774dd5c5ff56ef8",
    ],
)
def test_ids_hashes_and_words_are_not_secrets(text: str) -> None:
    assert masked(text) == text


@given(st.text(min_size=4, max_size=60), st.text(max_size=30), st.text(max_size=30))
def test_a_known_value_is_masked_in_plain_text_and_in_json(secret: str, before: str, after: str) -> None:
    inside = f"{before}{secret}{after}"

    assert secret not in masked(inside, [secret]).replace(MASK, "")
    data = json.loads(json.dumps(masked_data({"a": [inside, {"c": inside}], "b": 2}, [secret])))
    assert secret not in data["a"][0].replace(MASK, "")
    assert data["b"] == 2


@given(st.text(string.ascii_letters + string.digits + "+/", min_size=120, max_size=400))
def test_a_long_token_never_passes(token: str) -> None:
    assert token not in masked(f"token {token} end")


def test_data_keeps_its_shape_and_loses_what_a_name_calls_secret() -> None:
    data = {"Password": "abc", "ClientRequestToken": "awscli-1", "list": [{"Token": "x"}, 1, None, True]}

    assert masked_data(data) == {
        "Password": MASK,
        "ClientRequestToken": "awscli-1",
        "list": [{"Token": MASK}, 1, None, True],
    }


def test_no_echo_and_secret_names_are_never_shown() -> None:
    declared = {
        "Pin": {"NoEcho": True},
        "Word": {"NoEcho": "true"},
        "DatabasePassword": {"Type": "String"},
        "KeyName": {"Type": "String"},
        "Owner": {"NoEcho": False},
    }

    assert no_echo(declared) == {"Pin", "Word", "DatabasePassword"}
    values = {"Pin": "1", "Word": "", "DatabasePassword": "abc", "KeyName": "ada", "Owner": "ada", "ApiKey": "x"}
    assert masked_parameters(values, declared) == {
        "Pin": MASK,
        "Word": MASK,
        "DatabasePassword": MASK,
        "KeyName": "ada",
        "Owner": "ada",
        "ApiKey": MASK,
    }
