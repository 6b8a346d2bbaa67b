"""What each function that the resolver reads itself must be given, whoever wrote the template."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Shape(NamedTuple):
    """What fits, and how it is said."""

    fits: Callable[[Any], bool]
    want: str


def misshapen(name: str, argument: Any) -> str:
    """What is wrong with the argument of a function, or nothing."""
    shape = SHAPES.get(name)
    if shape is None or shape.fits(argument):
        return ""
    return f"Template error: {name}: got {argument!r}, want {shape.want}"


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_list(value: Any, least: int, most: int) -> bool:
    return isinstance(value, list) and least <= len(value) <= most


def _is_attribute(value: Any) -> bool:
    if isinstance(value, str):
        return "." in value
    return _is_list(value, 2, 2) and isinstance(value[0], str)


def _is_substitution(value: Any) -> bool:
    if isinstance(value, str):
        return True
    return _is_list(value, 2, 2) and isinstance(value[0], str) and isinstance(value[1], dict)


# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
SHAPES = {
    "Condition": Shape(_is_text, "the name of a condition"),
    "Fn::And": Shape(lambda value: _is_list(value, 2, 10), "a list of two to ten conditions"),
    "Fn::Equals": Shape(lambda value: _is_list(value, 2, 2), "a list of two values"),
    "Fn::FindInMap": Shape(lambda value: _is_list(value, 3, 4), "a list: mapping, first key, second key"),
    "Fn::GetAtt": Shape(_is_attribute, "a resource and its attribute: [Resource, Attribute] or Resource.Attribute"),
    "Fn::If": Shape(
        lambda value: _is_list(value, 3, 3) and isinstance(value[0], str),
        "a list: the name of a condition, a value where it holds, a value where it does not",
    ),
    "Fn::Not": Shape(lambda value: _is_list(value, 1, 1), "a list of one condition"),
    "Fn::Or": Shape(lambda value: _is_list(value, 2, 10), "a list of two to ten conditions"),
    "Fn::Sub": Shape(_is_substitution, "a text, or a list: text, names with their values"),
    "Ref": Shape(_is_text, "the name of a parameter or resource"),
}
