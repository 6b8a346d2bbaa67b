"""Our marked blocks inside an SSH config. Pure: bytes in, bytes out, and not a byte changed outside a block.

    # >>> datascience-workstations KEY >>>
    …
    # <<< datascience-workstations KEY <<<

A new block goes to the top of the file: OpenSSH takes the first value that it finds, so below a `Host *` ours would
lose. A block that is there already stays where it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from workstation.errors import WorkstationError
from workstation.text import quoted

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
OURS = re.compile(rb"# ?(?:>>>|<<<) ?datascience-workstations")
"""Any line that begins like one of our markers; what is none in full is damage."""
MARKER = re.compile(
    rb"# (?P<sign>>>>|<<<) datascience-workstations (?P<key>[A-Za-z0-9-]+ [a-z0-9-]+ [0-9]{12}) (?P=sign)"
)


@dataclass(frozen=True)
class Block:
    """One block and where it stands: the bytes from `start` up to `end`, markers and last line break included."""

    key: str
    start: int
    end: int


@dataclass(frozen=True)
class _Marker:
    line: int
    opens: bool
    key: str
    start: int
    end: int


class DamagedMarkersError(WorkstationError):
    """Markers that do not pair up: nothing may be changed, since nobody knows what is ours."""


def blocks(content: bytes) -> tuple[Block, ...]:
    """Our blocks, in the file's order. Raises `DamagedMarkersError` with every finding and its line number."""
    if content.startswith(UTF_16):
        raise DamagedMarkersError("the file is UTF-16, which ssh cannot read; save it as UTF-8, then try again")
    markers, findings = _markers(content)
    found: list[Block] = []
    opened: _Marker | None = None
    for marker in markers:
        if marker.opens:
            if opened:
                findings.append(_finding(opened, "a block starts here and another starts before it ends"))
            opened = marker
        elif opened is None or opened.key != marker.key:
            findings.append(_finding(marker, "a block ends here that does not start"))
        else:
            if any(block.key == marker.key for block in found):
                findings.append(_finding(opened, "the same block starts here a second time"))
            found.append(Block(marker.key, opened.start, marker.end))
            opened = None
    if opened:
        findings.append(_finding(opened, "a block starts here and does not end"))
    if findings:
        raise DamagedMarkersError(*(text for _, text in sorted(findings)))
    return tuple(found)


def with_block(content: bytes, key: str, lines: tuple[str, ...]) -> bytes:
    """The content with the block of this key replaced in place, or added at the top; line breaks as the file has them.

    Raises `DamagedMarkersError`.
    """
    line_break = _line_break(content)
    text = (f"# >>> datascience-workstations {key} >>>", *lines, f"# <<< datascience-workstations {key} <<<")
    new = "".join(f"{line}{line_break}" for line in text).encode()
    for block in blocks(content):
        if block.key == key:
            return content[: block.start] + new + content[block.end :]
    top = len(BYTE_ORDER_MARK) if content.startswith(BYTE_ORDER_MARK) else 0
    return content[:top] + new + content[top:]


def without_block(content: bytes, key: str) -> bytes:
    """The content without the block of this key, unchanged when there is none. Raises `DamagedMarkersError`."""
    for block in blocks(content):
        if block.key == key:
            return content[: block.start] + content[block.end :]
    return content


def outside(content: bytes) -> bytes:
    """What is not ours. Raises `DamagedMarkersError`."""
    for block in reversed(blocks(content)):
        content = content[: block.start] + content[block.end :]
    return content


def host_names(content: bytes) -> frozenset[str]:
    """The names after `Host`, in lower case, without patterns."""
    names: set[str] = set()
    for line in content.decode("utf-8", "replace").splitlines():
        found = re.match(r'\s*"?host"?(?:\s*=\s*|\s+)(.*)', line, re.IGNORECASE)
        names |= set(found[1].replace('"', " ").lower().split()) if found else set()
    return frozenset(name for name in names if not set(name) & set("*?!"))


def _markers(content: bytes) -> tuple[list[_Marker], list[tuple[int, str]]]:
    markers: list[_Marker] = []
    findings: list[tuple[int, str]] = []
    start = len(BYTE_ORDER_MARK) if content.startswith(BYTE_ORDER_MARK) else 0
    for number, line in enumerate(content[start:].split(b"\n"), start=1):
        end = min(start + len(line) + 1, len(content))
        text = line.strip()
        if OURS.match(text):
            whole = MARKER.fullmatch(text)
            if whole:
                key = whole["key"].decode()
                markers.append(_Marker(number, whole["sign"] == b">>>", key, start, end))
            else:
                got = quoted(text.decode("utf-8", "replace"))
                findings.append((number, f"line {number}: {got} looks like a marker of ours and is none"))
        start = end
    return markers, findings


def _finding(marker: _Marker, what: str) -> tuple[int, str]:
    return marker.line, f"line {marker.line}: {what} ({marker.key})"


def _line_break(content: bytes) -> str:
    """That of the first line outside our blocks, or of the first line; `\\n` for an empty file."""
    first = (outside(content) or content).partition(b"\n")
    return "\r\n" if first[1] and first[0].endswith(b"\r") else "\n"
