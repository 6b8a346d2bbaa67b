"""Values that are known only once a resource exists: references, and functions that wait for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reference:
    """A resource's physical id (`attribute` empty) or one of its attributes; prints as `${Vpc}`, `${Vpc.CidrBlock}`."""

    logical_id: str
    attribute: str = ""

    def __str__(self) -> str:
        return f"${{{self.logical_id}.{self.attribute}}}" if self.attribute else f"${{{self.logical_id}}}"


@dataclass(frozen=True)
class Pending:
    """A function whose arguments hold references; `finish` calls it when they are known."""

    function: str
    arguments: tuple[Any, ...]

    def __str__(self) -> str:
        if self.function == "Fn::Join":
            separator, parts = self.arguments
            if isinstance(parts, list | tuple):
                return str(separator).join(str(part) for part in parts)
        return f"{self.function}({', '.join(str(argument) for argument in self.arguments)})"


class _NoValue:
    """`AWS::NoValue`: the property or list item that holds it is left out."""

    def __repr__(self) -> str:
        return "AWS::NoValue"


NO_VALUE = _NoValue()


def references(value: Any) -> Iterator[Reference]:
    """Each reference inside `value`, in order, with repeats."""
    if isinstance(value, Reference):
        yield value
    elif isinstance(value, Pending):
        yield from references(value.arguments)
    elif isinstance(value, dict):
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from references(item)


def is_known(value: Any) -> bool:
    """True when no reference is inside."""
    return next(references(value), None) is None


def replace_references(value: Any, look_up: Callable[[Reference], Any], call: Callable[[str, tuple], Any]) -> Any:
    """`value` with each reference looked up, and each pending function called with what that gave."""
    if isinstance(value, Reference):
        return look_up(value)
    if isinstance(value, Pending):
        return call(value.function, replace_references(value.arguments, look_up, call))
    if isinstance(value, dict):
        return {key: replace_references(item, look_up, call) for key, item in value.items()}
    if isinstance(value, list):
        return [replace_references(item, look_up, call) for item in value]
    if isinstance(value, tuple):
        return tuple(replace_references(item, look_up, call) for item in value)
    return value
