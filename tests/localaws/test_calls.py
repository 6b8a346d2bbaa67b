"""What the harness of faults needs of the local AWS: the record of calls, the gate, and states to come back to."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.local_aws_fixture import LocalAws, started
from tests.localaws.parts import network
from tests.localaws.stack import TemplateStack


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A local AWS of this module's own: its whole state is put back."""
    with started(tmp_path_factory.mktemp("own"), "--forget") as own:
        yield own


def test_the_record_has_the_calls_from_outside_and_not_those_of_cloudformation(own: LocalAws) -> None:
    own.post("/_local/calls", {})
    stack = TemplateStack(own, "recorded")
    stack.create({"Resources": network()})

    calls = own.get("/_local/calls")
    assert calls[0] == ["cloudformation", "CreateStack"]
    assert {operation for _, operation in calls} == {"CreateStack", "DescribeStacks", "DescribeStackEvents"}


def test_a_held_call_is_carried_out_after_its_release(own: LocalAws) -> None:
    s3 = own.client("s3")
    s3.create_bucket(Bucket="gate")
    own.post("/_local/calls", {"service": "s3", "operation": "PutObject", "occurrence": 2})
    s3.put_object(Bucket="gate", Key="first")
    with ThreadPoolExecutor() as pool:
        second = pool.submit(s3.put_object, Bucket="gate", Key="second")
        held = own.get("/_local/held?seconds=30")
        keys = [item["Key"] for item in s3.list_objects_v2(Bucket="gate")["Contents"]]
        own.post("/_local/release", {})
        second.result()

    assert (held, keys) == ({"held": True}, ["first"])
    assert s3.list_objects_v2(Bucket="gate")["KeyCount"] == 2


def test_a_call_that_never_comes_is_not_held(own: LocalAws) -> None:
    own.post("/_local/calls", {"service": "s3", "operation": "PutObject", "occurrence": 99})

    assert own.get("/_local/held?seconds=0") == {"held": False}


def everything(own: LocalAws) -> dict[str, Any]:
    ec2 = own.client("ec2")
    return {
        "stacks": [
            (item["StackName"], item["StackStatus"])
            for item in own.client("cloudformation").describe_stacks()["Stacks"]
        ],
        "vpcs": [item["VpcId"] for item in ec2.describe_vpcs()["Vpcs"]],
        "subnets": len(ec2.describe_subnets()["Subnets"]),
        "images": len(ec2.describe_images()["Images"]),
        "roles": len(own.client("iam").list_roles()["Roles"]),
        "buckets": [
            (item["Name"], own.client("s3").list_objects_v2(Bucket=item["Name"])["KeyCount"])
            for item in own.client("s3").list_buckets()["Buckets"]
        ],
    }


def test_a_state_is_put_back_whole_and_as_often_as_wanted(own: LocalAws) -> None:
    stack = TemplateStack(own, "kept")
    stack.create({"Resources": network()})
    own.client("s3").create_bucket(Bucket="kept")
    own.client("s3").put_object(Bucket="kept", Key="a", Body=b"text")
    own.post("/_local/keep/here", {})
    before = everything(own)
    for _ in range(2):
        stack.delete()
        own.client("ec2").create_vpc(CidrBlock="10.99.0.0/16")
        own.client("s3").delete_object(Bucket="kept", Key="a")
        own.client("s3").create_bucket(Bucket="new")
        TemplateStack(own, "other").create({"Resources": network()})
        assert everything(own) != before
        own.post("/_local/put-back/here", {})

        assert before == everything(own)
    assert own.client("s3").get_object(Bucket="kept", Key="a")["Body"].read() == b"text"
    assert stack.delete() == "DELETE_COMPLETE"


def test_a_state_that_was_not_kept_cannot_be_put_back(own: LocalAws) -> None:
    with pytest.raises(urllib.error.HTTPError) as raised:
        own.post("/_local/put-back/nowhere", {})

    assert json.load(raised.value)["error"].startswith("got nowhere, want one of ")


def test_nothing_is_kept_on_disk_by_one_that_forgets(own: LocalAws) -> None:
    TemplateStack(own, "forgotten").create({"Resources": network()})

    assert sorted(path.name for path in own.directory.iterdir()) == ["localaws.json", "localaws.log", "server.txt"]
