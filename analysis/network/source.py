"""The template as the readers see it: resources by type, names instead of references, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_network
from typing import Any, TypeVar

from analysis.network.known import EC2, KNOWN, SKIPPED, UNSET
from analysis.network.model import Block
from analysis.resolve import FunctionError, Reference, Resolved, Resource, finish, is_known, references

Made = TypeVar("Made")

DEFAULTS = {"DefaultSecurityGroup": "SecurityGroup", "DefaultNetworkAcl": "NetworkAcl"}
"""Attribute of a VPC to the type of what AWS makes with it."""

ID_ATTRIBUTES = {
    "EIP": "AllocationId",
    "EgressOnlyInternetGateway": "Id",
    "Instance": "InstanceId",
    "InternetGateway": "InternetGatewayId",
    "NatGateway": "NatGatewayId",
    "NetworkAcl": "Id",
    "NetworkInterface": "Id",
    "RouteTable": "RouteTableId",
    "SecurityGroup": "GroupId",
    "Subnet": "SubnetId",
    "VPC": "VpcId",
}
"""Type to the attribute that is its id, as `Ref` is for all but an EIP."""


class RefusedError(ValueError):
    """A resource cannot be modelled; the message says which value, and why.

    It is empty where the resource only refers to another that was refused, and so says nothing new.
    """


class Source:
    """Resources of one resolved template. Findings are collected, so that all are told at once."""

    def __init__(self, resolved: Resolved) -> None:
        self.resources = resolved.resources
        self.parameters = resolved.parameters
        self.findings: list[str] = []
        self.refused: set[str] = set()
        """Logical ids that findings are about, and those that refer to them."""
        self.known: dict[Reference, Any] = {}
        """Attributes that are values of the network: `${Vpc.CidrBlock}`."""

    def check_types(self) -> None:
        """Note every type and property that is not modelled."""
        for item in self.resources.values():
            if item.type in SKIPPED:
                continue
            if item.type not in KNOWN:
                self.findings.append(f"{item.logical_id}: {item.type} is not modelled")
                continue
            unknown = [
                name
                for name, value in item.properties.items()
                if name not in KNOWN[item.type] and value not in UNSET.get(name, ())
            ]
            self.findings += [f"{item.logical_id} ({item.type}): {name}: not modelled" for name in unknown]
            self.refused |= {item.logical_id} if unknown else set()

    def each(self, short_type: str, make: Callable[[Resource], Made]) -> tuple[Made, ...]:
        """What `make` gives for each resource of a type, by name; a refused one becomes a finding."""
        return tuple(made for item in self.of(short_type) for made in self.attempt(item, make))

    def attempt(self, item: Resource, make: Callable[[Resource], Made]) -> Iterable[Made]:
        """What `make` gives, as a tuple of one; an empty one when it refuses, which is noted."""
        if item.logical_id in self.refused:
            return ()
        try:
            return (make(item),)
        except RefusedError as error:
            if str(error):
                self.findings.append(f"{item.logical_id} ({item.type}): {error}")
            self.refused.add(item.logical_id)
            return ()

    def of(self, short_type: str) -> Iterator[Resource]:
        """Resources of `AWS::EC2::SHORT_TYPE`, by name."""
        for name in sorted(self.resources):
            if self.resources[name].type == EC2 + short_type:
                yield self.resources[name]

    def name(self, item: Resource | dict[str, Any], key: str, short_type: str) -> str:
        """The logical id behind a reference that must be there, or `default:VPC` for what comes with a VPC."""
        properties = item.properties if isinstance(item, Resource) else item
        if key not in properties:
            raise RefusedError(f"{key}: missing; wanted a reference to an {EC2}{short_type} of this template")
        return self.named(properties[key], key, short_type)

    def named(self, value: Any, key: str, short_type: str) -> str:
        if isinstance(value, Reference):
            if value.logical_id in self.refused:
                raise RefusedError
            if DEFAULTS.get(value.attribute) == short_type and self._is(value.logical_id, "VPC"):
                return f"default:{value.logical_id}"
            if self._is(value.logical_id, short_type) and self._is_id(value.attribute, short_type):
                return value.logical_id
        raise RefusedError(f"{key}: {value}: wanted a reference to an {EC2}{short_type} of this template")

    def value(self, value: Any, key: str) -> Any:
        """The value with known attributes filled in; refused while something in it is not known."""
        try:
            finished = finish(value, lambda reference: self.known.get(reference, reference))
        except FunctionError as error:
            raise RefusedError(f"{key}: {value}: cannot be worked out ({error})") from error
        if not is_known(finished):
            if any(reference.logical_id in self.refused for reference in references(finished)):
                raise RefusedError
            raise RefusedError(f"{key}: {value}: known only after a deploy")
        return finished

    def block(self, value: Any, key: str) -> Block:
        """A CIDR block; host bits are cleared, as AWS does."""
        text = str(self.value(value, key))
        try:
            return ip_network(text, strict=False)
        except ValueError as error:
            raise RefusedError(f"{key}: {text}: wanted an IPv4 or IPv6 block") from error

    def flag(self, value: Any, key: str) -> bool:
        text = str(self.value(value, key)).lower()
        if text not in ("true", "false"):
            raise RefusedError(f"{key}: {text}: wanted true or false")
        return text == "true"

    def _is(self, name: str, short_type: str) -> bool:
        return name in self.resources and self.resources[name].type == EC2 + short_type

    def _is_id(self, attribute: str, short_type: str) -> bool:
        return attribute == ID_ATTRIBUTES.get(short_type) or (not attribute and short_type != "EIP")


def number(value: Any, key: str, *, low: int, high: int) -> int:
    """A whole number from text or number. Raises RefusedError outside `low` to `high`."""
    text = str(value)
    if not text.lstrip("-").isdigit() or not low <= int(text) <= high:
        raise RefusedError(f"{key}: {text}: wanted a number from {low} to {high}")
    return int(text)


def listed(value: Any, key: str) -> tuple[Any, ...]:
    """A list's items. Raises RefusedError for anything else."""
    if not isinstance(value, list | tuple):
        raise RefusedError(f"{key}: {value}: wanted a list")
    return tuple(value)


def mapped(value: Any, key: str) -> dict[str, Any]:
    """A mapping. Raises RefusedError for anything else."""
    if not isinstance(value, dict):
        raise RefusedError(f"{key}: {value}: wanted a mapping")
    return value
