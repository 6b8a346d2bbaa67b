"""What a resource handler gets and gives."""

from __future__ import annotations

import functools
import random
import string
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from localaws.wire import CLOUDFORMATION_KEY

Properties = dict[str, Any]


class HandlerError(Exception):
    """A resource cannot be made, changed or removed; the text is the event's reason."""


@dataclass(frozen=True)
class Made:
    """A resource that exists: its physical id (`Ref`), its attributes (`Fn::GetAtt`), and what is only simulated."""

    physical_id: str
    attributes: dict[str, Any] = field(default_factory=dict)
    simulated: str = ""


@dataclass(frozen=True)
class Job:
    """One resource to make, change or remove, with its final properties."""

    endpoint: str
    region: str
    account: str
    stack_name: str
    stack_id: str
    logical_id: str
    properties: Properties
    stack_tags: dict[str, str]
    identify: Callable[[str], None] = lambda _physical_id: None
    """Called with the physical id as soon as there is one, so that a half-made resource can be removed."""

    def client(self, service: str) -> Any:
        """The boto3 client that talks to the local AWS."""
        return _client(self.endpoint, service, self.region)

    def get(self, name: str, default: Any = None) -> Any:
        return self.properties.get(name, default)

    def only(self, *names: str) -> Properties:
        """The properties of these names that are set, as arguments of a call."""
        return {name: self.properties[name] for name in names if name in self.properties}

    def all_tags(self) -> dict[str, str]:
        """Stack tags, the resource's own, and CloudFormation's."""
        own = {tag["Key"]: tag["Value"] for tag in self.get("Tags", ())}
        system = {
            "aws:cloudformation:logical-id": self.logical_id,
            "aws:cloudformation:stack-id": self.stack_id,
            "aws:cloudformation:stack-name": self.stack_name,
        }
        return {**self.stack_tags, **own, **system}

    def tag_list(self) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in self.all_tags().items()]

    def tag_specifications(self, kind: str) -> list[dict[str, Any]]:
        return [{"ResourceType": kind, "Tags": self.tag_list()}]

    def generated_name(self, length: int = 128) -> str:
        """`stack-LogicalId-XXXXXXXXXXXX`, cut to `length` characters as CloudFormation does."""
        letters = string.ascii_uppercase + string.digits
        suffix = "".join(random.SystemRandom().choices(letters, k=12))
        return f"{self.stack_name}-{self.logical_id}"[: length - 13] + f"-{suffix}"


@dataclass(frozen=True)
class Old:
    """The resource as it was before an update."""

    made: Made
    properties: Properties
    stack_tags: dict[str, str]

    @property
    def physical_id(self) -> str:
        return self.made.physical_id


@dataclass(frozen=True)
class Handler:
    """How one resource type is made, changed in place and removed.

    `properties` are those that it carries out; a template that sets another one is refused.
    """

    create: Callable[[Job], Made]
    delete: Callable[[Job, str], None]
    properties: tuple[str, ...]
    attributes: tuple[str, ...] = ()
    update: Callable[[Job, Old], Made] | None = None
    name_property: str = ""
    replaces: Callable[[Properties, Properties], bool] = lambda _old, _new: False
    """Whether a change of `conditionalCreateOnlyProperties` makes a new resource."""
    refuses: Callable[[Properties, Properties], str] = lambda _old, _new: ""
    """Why AWS refuses this change altogether; empty when it does not."""
    snapshot: Callable[[Job, str], None] | None = None


@functools.cache
def _client(endpoint: str, service: str, region: str) -> Any:
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=CLOUDFORMATION_KEY,
        aws_secret_access_key="local",  # noqa: S106 - the local AWS takes any
        config=Config(retries={"mode": "standard", "max_attempts": 3}, proxies={}),
    )


def retag_ec2(job: Job, old: Old) -> None:
    """Make the tags of an EC2 resource what the template says."""
    retag_ec2_resource(job, old, old.physical_id)


def retag_ec2_resource(job: Job, old: Old, resource_id: str) -> None:
    before = {**old.stack_tags, **{tag["Key"]: tag["Value"] for tag in old.properties.get("Tags", ())}}
    gone = sorted(set(before) - set(job.all_tags()))
    ec2 = job.client("ec2")
    if gone:
        ec2.delete_tags(Resources=[resource_id], Tags=[{"Key": key} for key in gone])
    ec2.create_tags(Resources=[resource_id], Tags=job.tag_list())


def ignore(codes: Iterable[str], work: Callable[[], Any]) -> None:
    """Do `work`; an error with one of `codes` says that there is nothing to do."""
    try:
        work()
    except ClientError as error:
        if error.response["Error"]["Code"] not in codes:
            raise


def tags_only(job: Job, old: Old) -> Made:
    """The update of an EC2 type whose only changeable property is its tags."""
    retag_ec2(job, old)
    return old.made
