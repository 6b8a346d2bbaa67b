"""Reads what the generator committed: `stacks.json` and the templates it names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from analysis.resolve import TemplateTextError, load
from generator.contract import STACKS_FILE

HINT = "run: python -m generator"


class CommittedFileError(ValueError):
    """A file that is missing or unreadable; the message names it and what to do."""


@dataclass(frozen=True)
class Committed:
    """`stacks.json`, and each template it names by file name."""

    stacks: Mapping[str, Any]
    templates: Mapping[str, Mapping[str, Any]]
    digests: Mapping[str, str]
    """SHA-256 of each file, by name."""


def read_committed(directory: Path, *, hint: str = HINT) -> Committed:
    """Raises CommittedFileError when a file is missing or is not what the generator writes; `hint` is its end."""
    stacks_file = directory / STACKS_FILE
    texts = {STACKS_FILE: _text(stacks_file, hint)}
    try:
        stacks = json.loads(texts[STACKS_FILE])
        names = (stacks["environment"]["template"], *(item["template"] for item in stacks["workstations"]))
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise CommittedFileError(f"{stacks_file}: not as the generator writes it ({error}); {hint}") from error
    templates = {}
    for name in dict.fromkeys(names):
        texts[name] = _text(directory / name, hint)
        templates[name] = _template(directory / name, texts[name], hint)
    return Committed(stacks, templates, {name: sha256(text.encode()).hexdigest() for name, text in texts.items()})


def read_every_committed(directory: Path) -> dict[str, Committed]:
    """Config to what was generated from it, `default` first. Raises CommittedFileError."""
    others = sorted(path.parent.name for path in directory.glob(f"*/{STACKS_FILE}"))
    return {"default": read_committed(directory)} | {name: read_committed(directory / name) for name in others}


def read_template(file: Path) -> Mapping[str, Any]:
    """One template. Raises CommittedFileError when it is missing or is no template."""
    return _template(file, _text(file, HINT), HINT)


def _text(file: Path, hint: str) -> str:
    try:
        return file.read_text("utf-8")
    except FileNotFoundError as error:
        raise CommittedFileError(f"{file}: no such file; {hint}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CommittedFileError(f"{file}: cannot be read ({error}); {hint}") from error


def _template(file: Path, text: str, hint: str) -> Mapping[str, Any]:
    try:
        return load(text)
    except TemplateTextError as error:
        raise CommittedFileError(f"{file}: {error}; {hint}") from error
