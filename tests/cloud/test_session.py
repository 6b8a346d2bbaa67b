"""Clients, paging and waiting, against botocore's strict stubs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.stub import Stubber

from cloud.errors import CloudError
from cloud.session import ATTEMPTS, CONNECT_SECONDS, READ_SECONDS, Cloud, wait_until


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    for key, value in {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(key, value)
    monkeypatch.delenv("AWS_MAX_ATTEMPTS", raising=False)
    return Cloud(region="eu-central-1")


def test_pages_are_followed_to_the_end(cloud: Cloud) -> None:
    with Stubber(cloud.client("ec2")) as stub:
        stub.add_response("describe_vpcs", {"Vpcs": [{"VpcId": "vpc-1"}], "NextToken": "n"}, {})
        stub.add_response("describe_vpcs", {"Vpcs": [{"VpcId": "vpc-2"}]}, {"NextToken": "n"})

        found = [vpc["VpcId"] for vpc in cloud.pages("ec2", "DescribeVpcs", "Vpcs")]

    assert found == ["vpc-1", "vpc-2"]


def test_an_error_on_a_later_page_is_translated(cloud: Cloud) -> None:
    with Stubber(cloud.client("ec2")) as stub:
        stub.add_response("describe_vpcs", {"Vpcs": [{"VpcId": "vpc-1"}], "NextToken": "n"}, {})
        stub.add_client_error("describe_vpcs", "ExpiredToken", "too late")
        with pytest.raises(CloudError, match=r"^ec2 DescribeVpcs: the credentials have expired"):
            list(cloud.pages("ec2", "DescribeVpcs", "Vpcs"))


def test_an_answer_without_a_request_id_is_not_aws(cloud: Cloud) -> None:
    page = {"ResponseMetadata": {"HTTPStatusCode": 200}}
    with Stubber(cloud.client("ec2")) as stub:
        stub.add_response("describe_vpcs", page, {})
        stub.add_response("describe_vpcs", page, {})
        for look in (
            lambda: cloud.call("ec2", "DescribeVpcs"),
            lambda: list(cloud.pages("ec2", "DescribeVpcs", "Vpcs")),
        ):
            with pytest.raises(CloudError, match=r"^ec2 DescribeVpcs: the answer does not come from AWS"):
                look()


def test_a_client_is_made_once_with_timeouts_and_retries_in_the_given_region(cloud: Cloud) -> None:
    client = cloud.client("sts")

    assert client is cloud.client("sts")
    config = client.meta.config
    assert config.region_name == "eu-central-1"
    assert (config.connect_timeout, config.read_timeout) == (CONNECT_SECONDS, READ_SECONDS)
    assert config.retries == {"mode": "standard", "total_max_attempts": ATTEMPTS}


def test_a_number_of_attempts_that_the_user_has_set_holds(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")

    assert cloud.client("sts").meta.config.retries == {"mode": "standard", "total_max_attempts": 2}


def test_the_account_is_told_with_the_caller(cloud: Cloud) -> None:
    with Stubber(cloud.client("sts")) as stub:
        stub.add_response("get_caller_identity", {"Account": "123456789012", "Arn": "arn:aws:iam::1:user/a"}, {})

        assert cloud.account() == ("123456789012", "arn:aws:iam::1:user/a")


def test_an_unknown_profile_is_a_clear_line(cloud: Cloud) -> None:
    with pytest.raises(CloudError, match="no such AWS profile"):
        Cloud(region="eu-central-1", profile="nobody").client("sts")


def test_waiting_ends_with_what_was_found() -> None:
    answers: Iterator[str | None] = iter((None, None, "online"))
    slept: list[float] = []

    found = wait_until(lambda: next(answers), what="it", timeout_seconds=60, poll_seconds=5, sleep=slept.append)

    assert (found, slept) == ("online", [5, 5])


def test_waiting_gives_up_in_words() -> None:
    time = iter((0.0, 30.0, 60.0, 90.0))
    with pytest.raises(CloudError, match=r"^waited 60 s for the SSM agent"):
        wait_until(
            lambda: None, what="the SSM agent", timeout_seconds=60, sleep=lambda _: None, clock=lambda: next(time)
        )
