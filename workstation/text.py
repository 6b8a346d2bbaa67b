"""Text from AWS on a person's screen: anyone who may tag an instance writes there, so nothing is taken as it is."""

from __future__ import annotations

from datetime import UTC, datetime


def safe(text: str) -> str:
    """The text with every control, bidirectional or otherwise invisible character spelled out, such as `\\x1b`."""
    return "".join(character if character.isprintable() else _spelled(character) for character in text)


def quoted(text: str, *, limit: int = 64) -> str:
    """The text in quotes for a message, spelled out and cut at `limit` characters."""
    cut = f"{text[:limit]}…" if len(text) > limit else text
    return f"'{safe(cut)}'"


def minute(moment: datetime | None) -> str:
    """`2026-11-24 08:14 UTC`; empty for None."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if moment else ""


def _spelled(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")
