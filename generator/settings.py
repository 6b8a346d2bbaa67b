"""The kinds of values a config setting can have: what each accepts, says it wants, and looks like in JSON Schema."""

from __future__ import annotations

import re
from dataclasses import MISSING, field
from typing import Any, NamedTuple


class Choice(NamedTuple):
    """One of a few values."""

    options: tuple[str | int, ...]

    @property
    def want(self) -> str:
        return "one of " + ", ".join(show(option) for option in self.options)

    def accepts(self, value: object) -> bool:
        return any(value == option and type(value) is type(option) for option in self.options)

    def hint(self, value: object) -> str:
        return did_you_mean(str(value), tuple(str(option) for option in self.options))

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.options)}


class Whole(NamedTuple):
    """A whole number in a range, with its unit."""

    least: int
    most: int
    unit: str = ""

    @property
    def want(self) -> str:
        return f"a whole number from {self.least} to {self.most}" + (f" ({self.unit})" if self.unit else "")

    def accepts(self, value: object) -> bool:
        return type(value) is int and self.least <= value <= self.most

    def hint(self, value: object) -> str:
        return "write the number without quotes" if isinstance(value, str) and value.strip().isdigit() else ""

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


class Flag(NamedTuple):
    """Yes or no."""

    want: str = "true or false"

    def accepts(self, value: object) -> bool:
        return type(value) is bool

    def hint(self, value: object) -> str:
        return "write true or false without quotes" if value in ("true", "false") else ""

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


class Text(NamedTuple):
    """Text of one shape; `want` says in words what `pattern` (matched whole) allows."""

    pattern: str
    want: str

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and re.fullmatch(self.pattern, value, re.ASCII) is not None

    def hint(self, value: object) -> str:
        return "" if isinstance(value, str) else "put it in quotes"

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^(?:{self.pattern})$"}


class ListOf(NamedTuple):
    """A list of values of one kind, each at most once."""

    kind: Choice | Whole | Text

    @property
    def want(self) -> str:
        return f"a list, each item {self.kind.want}, none twice"

    def accepts(self, value: object) -> bool:
        if not isinstance(value, list) or not all(self.kind.accepts(item) for item in value):
            return False
        return len(set(value)) == len(value)

    def hint(self, value: object) -> str:
        if not isinstance(value, list):
            return "write it in square brackets"
        return next((hint for item in value if not self.kind.accepts(item) and (hint := self.kind.hint(item))), "")

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.kind.schema(), "uniqueItems": True}


Kind = Choice | Whole | Flag | Text | ListOf


class Setting(NamedTuple):
    """What people are told about one setting."""

    kind: Kind
    description: str
    effect: str
    """What changing it does to a running environment or machine."""


def setting(kind: Kind, description: str, *, effect: str, default: Any = MISSING) -> Any:
    """A dataclass field that is a config setting; without `default` it must be given."""
    return field(default=default, metadata={"setting": Setting(kind, description, effect)})


def did_you_mean(text: str, known: tuple[str, ...]) -> str:
    """A hint that names the known word nearest to `text`, or nothing."""
    from difflib import get_close_matches  # late: a good config needs no hint

    close = get_close_matches(text, known, n=1)
    return f'did you mean "{close[0]}"?' if close else ""


def show(value: object) -> str:
    """A value as the user wrote it, shortened."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    text = text if len(text) <= 60 else text[:57] + "..."
    return f'"{printable(text)}"' if isinstance(value, str) else printable(text)


def printable(text: str) -> str:
    """`text` on one line, with nothing in it that a terminal would obey."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
