"""Template to YAML text, in the order of the data: short, stable, and with the short form of the intrinsics.

Our own emitter, since the library's sorts keys, puts Parameters after Outputs and takes 100 times as long
(docs/decisions/own-yaml-emitter.md); a test reads every template back with another YAML library and compares.
"""

from __future__ import annotations

import json
import re
from typing import Any

INDENT = "  "

PLAIN = re.compile(r"[A-Za-z/_$][A-Za-z0-9 _./:@+=,()${}\[\];'-]*")
"""Text that may stand without quotes, unless it means something else (see `_needs_quotes`)."""

BLOCK = re.compile(r"[!-~][ -~]*(\n+[ -~]*[!-~])*\n[ -~]*[!-~]\n?")
"""Text of several lines that a literal block keeps as it is: no indent at the start, no blank at the end of a line."""

AMBIGUOUS = frozenset(["y", "yes", "n", "no", "true", "false", "on", "off", "null", "none", "nan", "inf"])
"""Words that some YAML reader takes for a truth value, nothing or a number."""


def render(template: dict[str, Any], header: str) -> str:
    """The YAML text of `template` under the comment `header`."""
    sections = "\n".join("\n".join(_mapping({key: value}, 0)) + "\n" for key, value in template.items())
    comment = "".join(f"# {line}\n" for line in header.splitlines())
    return f"{comment}\n{sections}"


def _mapping(data: dict[str, Any], depth: int) -> list[str]:
    lines = []
    for key, value in data.items():
        lines += _entry(f"{INDENT * depth}{_scalar(key)}:", value, depth)
        if depth == 1 and _is_resource(value):
            lines.append("")
    return lines[:-1] if lines and not lines[-1] else lines


def _is_resource(value: object) -> bool:
    return isinstance(value, dict) and "Type" in value


def _entry(start: str, value: Any, depth: int) -> list[str]:
    """`start` (a key or a dash) and its value: on the same line if it is short, else below and one level deeper."""
    tag, value = _tag(value)
    start = f"{start} {tag}" if tag else start
    if isinstance(value, dict) and value:
        return [start, *_mapping(value, depth + 1)]
    if isinstance(value, list) and value:
        return [start, *_sequence(value, depth + 1)]
    if isinstance(value, str) and BLOCK.fullmatch(value):
        block = [f"{INDENT * (depth + 1)}{line}" if line else "" for line in value.removesuffix("\n").split("\n")]
        return [f"{start} {'|' if value.endswith(chr(10)) else '|-'}", *block]
    return [f"{start} {_scalar(value)}"]


def _sequence(items: list[Any], depth: int) -> list[str]:
    lines = []
    for item in items:
        tag, value = _tag(item)
        if not tag and isinstance(value, dict) and value:
            first, *rest = _mapping(value, depth + 1)
            lines += [f"{INDENT * depth}- {first.lstrip()}", *rest]
        else:
            lines += _entry(f"{INDENT * depth}-", item, depth)
    return lines


def _tag(value: Any) -> tuple[str, Any]:
    """The short form of an intrinsic function and its argument; no tag where YAML has no place for one."""
    if not isinstance(value, dict) or len(value) != 1:
        return "", value
    name, argument = next(iter(value.items()))
    if name == "Ref":
        return "!Ref", argument
    if name == "Fn::GetAtt":
        return "!GetAtt", ".".join(argument)
    if name.startswith("Fn::") and isinstance(argument, str | list | dict) and argument and not _tag(argument)[0]:
        return "!" + name.removeprefix("Fn::"), argument
    return "", value


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if _needs_quotes(value) else value
    return json.dumps(value)


def _needs_quotes(text: str) -> bool:
    if not PLAIN.fullmatch(text) or text.lower() in AMBIGUOUS:
        return True
    return ": " in text or text.endswith((":", " ")) or text.startswith("_.")
