"""Property values as the page shows them: text, links to other resources, lists, named parts."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from analysis.resolve import Pending, Reference
from analysis.rights import as_text


@dataclass(frozen=True)
class Shown:
    """`text` of a `word`, a `block` of several lines, or a `link`; else `parts`: (name, value), names empty in a list.

    A `policy` is told in words in another place: `text` is its JSON.
    """

    kind: Literal["word", "block", "link", "list", "pairs", "policy"]
    text: str = ""
    target: str = ""
    """Of a link: the logical id."""
    parts: tuple[tuple[str, Shown], ...] = ()

    @property
    def tag(self) -> str:
        """The HTML list for a list: numbered where its members have parts, as rules do, so that they can be named."""
        return "ol" if any(part.kind == "pairs" for _, part in self.parts) else "ul"


def shown(value: Any, name: str = "") -> Shown:
    """The value of the property `name`."""
    match value:
        case Reference():
            attribute = f" {value.attribute}" if value.attribute else ""
            return Shown("link", f"{value.logical_id}{attribute}", value.logical_id)
        case Pending():
            return Shown("word", str(value))
        case Mapping() if "Statement" in value:
            return Shown("policy", json.dumps(value, indent=2, default=str))
        case Mapping():
            return Shown("pairs", parts=tuple((str(key), shown(item, str(key))) for key, item in value.items()))
        case list() | tuple() if value and all(_is_tag(item) for item in value):
            return Shown("pairs", parts=tuple((as_text(item["Key"]), shown(item["Value"])) for item in value))
        case list() | tuple():
            return Shown("list", parts=tuple(("", shown(item)) for item in value))
    text = _decoded(value) if name == "UserData" else as_text(value)
    return Shown("block" if "\n" in text else "word", text or "(empty)")


def _is_tag(item: Any) -> bool:
    return isinstance(item, Mapping) and set(item) == {"Key", "Value"}


def _decoded(value: Any) -> str:
    """A machine's first script, as it will read it."""
    try:
        return base64.b64decode(str(value), validate=True).decode()
    except (binascii.Error, ValueError):
        return str(value)
