"""Watching goes on through throttling, faults of AWS, a lost network and expired credentials."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from cloud.errors import CloudError
from deployment.existing import Stack
from deployment.findings import Stopped
from deployment.patience import GIVE_UP_SECONDS, LONGEST_PAUSE_SECONDS, passes, patiently, signed_out
from deployment.processes import Processes
from deployment.talk import Talk
from deployment.tree import Expected
from deployment.watch import Watcher, expected, goes_on, settled
from tests.deployment.stack_events import MADE, ROLLED_BACK, answers, moment
from tests.deployment.strict_cloud import Answer, StrictCloud

SECONDS = 60
"""For a thread that never gets there; no test waits for it."""


class HTTPClientError(Exception):
    """As botocore's."""


def coded(code: str, message: str = "") -> CloudError:
    return CloudError(f"cloudformation DescribeStackEvents: {code}", "", code=code, message=message)


def raised(error: Exception) -> CloudError:
    translated = CloudError("the connection was cut", "check the network")
    translated.__cause__ = error
    return translated


class LostNetworkError(HTTPClientError):
    """A child of what is waited for."""


THROTTLED, FAULT, LOST = coded("Throttling"), coded("503"), raised(LostNetworkError())
EXPIRED, FORBIDDEN = coded("ExpiredToken"), coded("AccessDenied")
GONE = coded("ValidationError", "Stack [demo] does not exist")


class Rest(Processes):
    """Processes whose sleep takes no time and is written down."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def stack(status: str) -> Answer:
    made: dict[str, Any] = {"StackName": "demo", "StackStatus": status, "CreationTime": moment(0)}
    return {"Stacks": [made]}


def watcher(script: Callable[[str, dict[str, Any]], Answer]) -> tuple[Watcher, Talk, Rest]:
    talk, rest = Talk(), Rest()
    clock: Callable[[], datetime] = lambda: moment(200)  # noqa: E731
    return Watcher(StrictCloud(script), talk, rest, poll_seconds=0.001, clock=clock), talk, rest


class Recording:
    """A stack that gets on by one answer with each question; told to the test when the script is over."""

    def __init__(self, *script: Answer, status: str = "CREATE_COMPLETE") -> None:
        self.left = list(script)
        self.status = status
        self.over = threading.Event()

    def __call__(self, operation: str, _: dict[str, Any]) -> Answer:
        if operation == "DescribeStacks":
            return stack("CREATE_IN_PROGRESS" if len(self.left) > 1 else self.status)
        if len(self.left) > 1:
            return self.left.pop(0)
        self.over.set()
        return self.left[0]


def so_far(short: Any, count: int) -> Answer:
    return {"StackEvents": answers("demo", short[:count])}


def watched(recording: Recording, *, whole: bool = False) -> list[str]:
    """What a log gets of the recording."""
    watching, talk, _ = watcher(recording)
    with watching.watching("demo", "environment demo", expected=Expected(), whole=whole):
        assert recording.over.wait(SECONDS)
    return talk.said


ALL = [
    "environment demo: Vpc made (12 s)",
    "environment demo: NatAddressA made (17 s)",
    "environment demo: NatGatewayA made (1 min 48 s)",
]


def test_each_resource_is_said_once_however_often_aws_is_asked() -> None:
    recording = Recording(GONE, GONE, so_far(MADE, 6), so_far(MADE, 6), so_far(MADE, 8), so_far(MADE, 10))

    assert watched(recording) == ALL


def test_what_happened_before_is_not_said() -> None:
    assert watched(Recording(so_far(MADE, 7), so_far(MADE, 10))) == ALL[2:]


def test_a_running_operation_is_shown_from_its_beginning_when_one_attaches_to_it() -> None:
    assert watched(Recording(so_far(MADE, 7), so_far(MADE, 10)), whole=True) == ALL


def test_events_on_several_pages_are_read_until_what_is_known() -> None:
    newest_first = answers("demo", MADE)
    pages = {None: 0, "1": 4, "2": 8}
    asked: list[str | None] = []

    def script(operation: str, parameters: dict[str, Any]) -> Answer:
        token = parameters.get("NextToken")
        asked.append(token)
        begin = pages[token]
        following = {None: {"NextToken": "1"}, "1": {"NextToken": "2"}, "2": {}}[token]
        return {"StackEvents": newest_first[begin : begin + 4], **following}

    from deployment.events import read

    everything = read(StrictCloud(script), "demo")
    assert [event.identifier for event in everything] == [answer["EventId"] for answer in newest_first]
    asked.clear()
    newer = read(StrictCloud(script), "demo", after=newest_first[5]["EventId"])
    assert [event.identifier for event in newer] == [answer["EventId"] for answer in newest_first[:5]]
    assert asked == [None, "1"]


def test_throttling_is_waited_out_in_silence() -> None:
    recording = Recording(GONE, so_far(MADE, 7), THROTTLED, THROTTLED, so_far(MADE, 10))

    assert watched(recording) == ALL


@pytest.mark.parametrize("trouble", [FAULT, LOST], ids=["fault", "network"])
def test_a_fault_and_a_lost_network_are_said_once_and_waited_out(trouble: CloudError) -> None:
    said = watched(Recording(GONE, so_far(MADE, 7), trouble, trouble, trouble, so_far(MADE, 10)))

    assert said == [
        *ALL[:2],
        f"environment demo: cannot look ({trouble.cause}); it goes on at AWS, trying again",
        ALL[2],
        "environment demo: AWS answers again",
    ]


@pytest.mark.parametrize("trouble", [EXPIRED, FORBIDDEN], ids=["expired", "forbidden"])
def test_what_waiting_does_not_mend_ends_the_view_and_not_the_deploy(trouble: CloudError) -> None:
    recording = Recording(GONE, so_far(MADE, 7), trouble)
    watching, talk, _ = watcher(recording)
    with watching.watching("demo", "environment demo", expected=Expected()):
        assert recording.over.wait(SECONDS)

    assert talk.said == [
        *ALL[:2],
        f"environment demo: no live view ({trouble.cause}); the stack goes on at AWS",
    ]


def test_a_view_that_cannot_begin_does_not_stop_anything() -> None:
    recording = Recording(FORBIDDEN)
    watching, talk, _ = watcher(recording)
    with watching.watching("demo", "environment demo", expected=Expected()):
        assert recording.over.wait(SECONDS)

    assert all("made" not in line for line in talk.said)


def test_attaching_waits_for_the_end_and_tells_the_stack() -> None:
    recording = Recording(so_far(MADE, 6), so_far(MADE, 8), so_far(MADE, 10))
    watching, talk, _ = watcher(recording)
    found = watching.attach("demo", "environment demo", expected=Expected())

    assert found is not None
    assert found.status == "CREATE_COMPLETE"
    assert talk.said == ALL


def test_attaching_to_a_stack_that_goes_away_tells_that_it_is_gone() -> None:
    def script(operation: str, parameters: dict[str, Any]) -> Answer:
        return GONE

    watching, _, _ = watcher(script)

    assert watching.attach("demo", "environment demo", expected=Expected()) is None


def test_credentials_that_expire_while_attached_say_how_to_resume() -> None:
    def script(operation: str, parameters: dict[str, Any]) -> Answer:
        return EXPIRED

    watching, _, _ = watcher(script)

    with pytest.raises(Stopped) as stopped:
        watching.attach("demo", "environment demo", expected=Expected())
    assert stopped.value.lines[1] == (
        "environment demo: what has begun goes on at AWS; sign in again, then run the same command: "
        "it waits for the stack and carries on"
    )


def test_a_failure_is_said_with_its_reason_while_it_is_undone() -> None:
    said = watched(Recording(GONE, so_far(ROLLED_BACK, 11), status="ROLLBACK_COMPLETE"))

    assert said[0].startswith("environment demo: NatAddressB failed (1 s): the account has no Elastic IP address left")


def test_patience_waits_longer_each_time_and_ends() -> None:
    slept: list[float] = []

    def look() -> None:
        raise LOST

    with pytest.raises(CloudError):
        patiently(look, say=lambda _: None, sleep=slept.append)

    assert slept[:5] == [2, 4, 8, 16, 30]
    assert max(slept) == LONGEST_PAUSE_SECONDS
    assert GIVE_UP_SECONDS <= sum(slept) < GIVE_UP_SECONDS + LONGEST_PAUSE_SECONDS


def test_patience_does_not_wait_for_what_does_not_come_back() -> None:
    slept: list[float] = []

    def look() -> None:
        raise EXPIRED

    with pytest.raises(CloudError):
        patiently(look, say=lambda _: None, sleep=slept.append)
    assert slept == []


@pytest.mark.parametrize(
    ("error", "waits", "signed"),
    [
        (THROTTLED, True, False),
        (FAULT, True, False),
        (coded("InternalFailure"), True, False),
        (LOST, True, False),
        (EXPIRED, False, True),
        (FORBIDDEN, False, False),
        (coded("400"), False, False),
        (coded("ValidationError"), False, False),
        (CloudError("none", ""), False, False),
    ],
    ids=lambda value: value.cause if isinstance(value, CloudError) else str(value),
)
def test_only_what_may_come_back_is_waited_for(error: CloudError, waits: bool, signed: bool) -> None:  # noqa: FBT001
    assert (passes(error), signed_out(error)) == (waits, signed)


def test_real_exceptions_of_botocore_are_known_by_their_parents() -> None:
    from botocore.exceptions import (
        EndpointConnectionError,
        NoCredentialsError,
        ReadTimeoutError,
        UnauthorizedSSOTokenError,
    )

    lost = (EndpointConnectionError(endpoint_url="https://x"), ReadTimeoutError(endpoint_url="https://x"))

    assert all(passes(raised(error)) and not signed_out(raised(error)) for error in lost)
    assert all(signed_out(raised(error)) for error in (NoCredentialsError(), UnauthorizedSSOTokenError()))


def test_a_template_that_cannot_be_resolved_expects_nothing() -> None:
    assert expected({"Resources": {"A": {"Type": "AWS::EC2::VPC", "DependsOn": "Nobody"}}}, {}) == Expected()


def test_a_waiting_change_set_is_no_operation() -> None:
    statuses = ("CREATE_COMPLETE", "REVIEW_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE")
    made = [Stack("demo", status, {}, {}, protected=False, changed="") for status in statuses]

    assert [settled(one) for one in made] == [True, True, False, True]


def test_how_to_resume_depends_on_what_is_missing() -> None:
    assert "run the same command again" in goes_on("environment demo", LOST).lines[1]
