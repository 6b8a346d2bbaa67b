"""Whoever looks at a stack's events can tell whose deploy it was."""

from __future__ import annotations

import re

import pytest

from deployment.tokens import new_token, who

# docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
ALLOWED = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9]{0,127}")


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("ada", "ada"),
        ("ada.lovelace@example.com", "ada-lovelace-example-com"),
        ("CORP\\ada", "CORP-ada"),
        ("ädä", "d"),
        ("..", "somebody"),
        ("a" * 300, "a" * 40),
    ],
)
def test_a_token_names_its_user_and_is_one_that_aws_takes(
    monkeypatch: pytest.MonkeyPatch, user: str, expected: str
) -> None:
    monkeypatch.setenv("LOGNAME", user)

    token = new_token()

    assert ALLOWED.fullmatch(token)
    assert who(token) == expected


def test_no_two_operations_have_the_same_token() -> None:
    assert new_token() != new_token()


@pytest.mark.parametrize("token", ["", "Console-CreateStack-1b9d6bcd", "deploy-sh-ada", "1b9d6bcd4a21"])
def test_the_token_of_another_tool_tells_nobody(token: str) -> None:
    assert who(token) is None
