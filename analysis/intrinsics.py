"""CloudFormation's intrinsic functions, on values.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import base64
import ipaddress
import itertools
import json
from collections.abc import Callable
from typing import Any


class FunctionError(ValueError):
    """A function got arguments that it cannot work with."""


def as_text(value: Any) -> str:
    """A scalar as CloudFormation writes it into a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise FunctionError(f"Template error: a string was wanted, got {json.dumps(value, default=str)}")


def join(separator: Any, parts: Any) -> str:
    if not isinstance(parts, list | tuple):
        raise FunctionError("Template error: every Fn::Join object requires two parameters, a delimiter and a list")
    return as_text(separator).join(as_text(part) for part in parts)


def split(separator: Any, text: Any) -> tuple[str, ...]:
    return tuple(as_text(text).split(as_text(separator)))


def select(index: Any, items: Any) -> Any:
    if not isinstance(items, list | tuple):
        raise FunctionError("Template error: Fn::Select requires two elements: an integer index and a list")
    position = int(as_text(index))
    if not 0 <= position < len(items):
        raise FunctionError(f"Template error: Fn::Select cannot select nonexistent value at index {position}")
    return items[position]


def encode(text: Any) -> str:
    return base64.b64encode(as_text(text).encode()).decode()


def cidr(block: Any, count: Any, host_bits: Any = None) -> tuple[str, ...]:
    """The first `count` blocks of `2 ** host_bits` addresses inside `block`; IPv6 needs `host_bits`."""
    network = ipaddress.ip_network(as_text(block))
    bits = int(as_text(host_bits)) if host_bits is not None else 8
    prefix, wanted = network.max_prefixlen - bits, int(as_text(count))
    if not 1 <= wanted <= 256:
        raise FunctionError(f"Template error: Fn::Cidr count {wanted} is outside 1 to 256")
    if prefix < network.prefixlen or 2 ** (prefix - network.prefixlen) < wanted:
        raise FunctionError(f"Template error: Fn::Cidr cannot cut {wanted} blocks of /{prefix} out of {network}")
    return tuple(str(subnet) for subnet in itertools.islice(network.subnets(new_prefix=prefix), wanted))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "Fn::Base64": encode,
    "Fn::Cidr": cidr,
    "Fn::Join": join,
    "Fn::Select": select,
    "Fn::Split": split,
}
"""Functions of values alone; those that read the template are in `resolve.py`."""


def call(function: str, arguments: tuple[Any, ...]) -> Any:
    """The function's value. Raises FunctionError when the arguments do not fit it."""
    try:
        return FUNCTIONS[function](*arguments)
    except FunctionError:
        raise
    except (TypeError, ValueError) as error:
        raise FunctionError(f"Template error: {function}: {error}") from error
