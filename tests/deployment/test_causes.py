"""Every common cause is known by AWS's own message, and by no other."""

from __future__ import annotations

import re
import string

import pytest

from deployment.causes import causes, explain, plainly
from tests.deployment.cause_messages import MESSAGES, ec2, full_type, handler

COMMON = 30


def hits(kind: str, message: str) -> list[str]:
    return [cause.name for cause in causes() if cause.match(full_type(kind), " ".join(message.split()))]


def test_at_least_thirty_causes_are_known_and_each_has_its_messages() -> None:
    assert len(causes()) >= COMMON
    assert set(MESSAGES) == {cause.name for cause in causes()}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_real_message_hits_its_cause_and_no_other(name: str) -> None:
    kind, message, _ = MESSAGES[name]

    assert hits(kind, message) == [name]
    assert explain(full_type(kind), message).cause == name


@pytest.mark.parametrize("name", MESSAGES)
def test_a_near_miss_does_not_hit(name: str) -> None:
    kind, _, near_miss = MESSAGES[name]
    found = hits(kind, near_miss)

    assert name not in found
    assert len(found) <= 1


@pytest.mark.parametrize("name", MESSAGES)
def test_an_explanation_is_one_line_with_something_to_do_and_a_page_of_aws(name: str) -> None:
    kind, message, _ = MESSAGES[name]
    explained = explain(full_type(kind), message)

    for text in (explained.words, explained.hint, explained.reason):
        assert text
        assert "\n" not in text
        assert "{" not in text
        assert not text.endswith("None")
    for text in (explained.words, explained.hint):
        assert not text.endswith(".")
    assert re.fullmatch(r"https://docs\.aws\.amazon\.com/[-\w./#]+", explained.page)


def test_words_name_only_what_every_message_of_the_cause_has() -> None:
    for cause in causes():
        named = {
            field for text in (cause.words, cause.hint) for _, field, *_ in string.Formatter().parse(text) if field
        }
        alternatives = cause.pattern.pattern.count("|") if named else 0

        assert named <= set(cause.pattern.groupindex), cause.name
        assert not alternatives, f"{cause.name}: a group of one alternative is missing in the others"


def test_the_zone_and_the_type_of_the_message_are_said() -> None:
    kind, message, _ = MESSAGES["type-not-in-zone"]

    assert explain(full_type(kind), message).words == "us-east-1a has no m7a.4xlarge, and will not have it soon"


def test_an_unknown_reason_is_said_as_it_is_without_request_numbers() -> None:
    explained = explain("AWS::EC2::VPC", ec2("The moon is\n in the wrong house."))

    assert (explained.reason, explained.words, explained.cause) == (
        explained.words,
        "The moon is in the wrong house.",
        "",
    )
    assert (explained.hint, explained.page) == ("", "")


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("", ""),
        (" a \n b ", "a b"),
        (handler("two (2) things (Service: Ec2, Status Code: 400, Request ID: 1)"), "two (2) things"),
        ("denied. Encoded authorization failure message: rFesh0U9-aB_c", "denied."),
        ("old form (Service: AmazonEC2; Status Code: 400; Error Code: X; Request ID: 1; Proxy: null)", "old form"),
    ],
)
def test_request_numbers_and_encoded_messages_are_left_out(reason: str, expected: str) -> None:
    assert plainly(reason) == expected


def test_a_hostile_reason_is_only_text() -> None:
    assert explain("AWS::EC2::VPC", "{0.__class__} %s key pair '{x}' does not exist").words == (
        "there is no key pair {x} in this region"
    )
