"""Template text to a dictionary: YAML with CloudFormation's short tags, or JSON."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import yaml

_LongTagsOnly = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

LONG_NAMES = {"Ref": "Ref", "Condition": "Condition"}
"""Short tags whose long form has no `Fn::` in front."""


class TemplateTextError(ValueError):
    """The text is no template: not YAML, not a mapping, or a key written twice."""


class _Loader(_LongTagsOnly):
    """Reads `!Ref X` as `{"Ref": "X"}`, keeps dates as text, refuses a key that is written twice."""


# CloudFormation keeps `2010-09-09` and `22:22` as text; YAML 1.1 makes a date and the number 1342 of them.
_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
    ]
    for first, resolvers in _LongTagsOnly.yaml_implicit_resolvers.items()
}
_NUMBER_STARTS = tuple("-+0123456789.")


def _add_plain_numbers() -> None:
    import re

    integer, real = re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), re.compile(r"^[-+]?(?:0|[1-9][0-9]*)\.[0-9]+$")
    _Loader.add_implicit_resolver("tag:yaml.org,2002:int", integer, list(_NUMBER_STARTS))
    _Loader.add_implicit_resolver("tag:yaml.org,2002:float", real, list(_NUMBER_STARTS))


_add_plain_numbers()


def _short_tag(loader: yaml.Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = LONG_NAMES.get(suffix, f"Fn::{suffix}")
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = _mapping(loader, node)
    return {name: value}


def _mapping(loader: yaml.Loader, node: yaml.MappingNode) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, Hashable) or key in mapping:
            raise TemplateTextError(f"Template format error: key {key} is written twice (line {_line(key_node)})")
        mapping[key] = loader.construct_object(value_node, deep=True)
    return mapping


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1


_Loader.add_multi_constructor("!", _short_tag)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def load(text: str) -> dict[str, Any]:
    """The template as a dictionary, short tags written out (`!Sub x` is `{"Fn::Sub": "x"}`).

    Raises TemplateTextError with CloudFormation's words when the text is no template.
    """
    try:
        template = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader with our tags
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise TemplateTextError(f"Template format error: YAML not well-formed.{where}") from error
    except yaml.YAMLError as error:
        raise TemplateTextError("Template format error: YAML not well-formed.") from error
    if not isinstance(template, dict):
        raise TemplateTextError("Template format error: unsupported structure.")
    return template
