"""A terminal for tests: what a program wrote to a pty, as the lines that a person sees in the end."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

TOKEN = re.compile(
    r"\x1b\[(?P<numbers>[\d;?]*)(?P<letter>[A-Za-z])|(?P<control>[\x00-\x1f\x7f])|(?P<text>[^\x00-\x1f\x7f]+)"
)


class GarbageError(AssertionError):
    """The program wrote what this terminal does not know."""


class Screen:
    """Endless lines of `columns` columns, a cursor, and whether it is shown."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.rows: list[str] = [""]
        self.row = self.column = 0
        self.cursor_shown = True
        self.colours: set[str] = set()
        self.longest_frame = 0
        """The most lines that the cursor went up at once."""
        self.live: list[str] = []
        """What was there when the cursor last went up: a frame, before the next."""
        self._climbed = 0

    @property
    def lines(self) -> list[str]:
        """What is on the screen, without blanks at the ends."""
        lines = [row.rstrip() for row in self.rows]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def write(self, text: str) -> None:
        """Take what the program wrote. Raises `GarbageError`."""
        end = 0
        for token in TOKEN.finditer(text):
            if token.start() != end:
                raise GarbageError(repr(text[end : token.start()]))
            end = token.end()
            if token["text"]:
                self._climbed = 0
                self._put(token["text"])
            elif token["control"]:
                self._control(token["control"])
            else:
                self._command(token["numbers"], token["letter"])
        if end != len(text):
            raise GarbageError(repr(text[end:]))

    def _put(self, text: str) -> None:
        for character in text:
            if self.column == self.columns:
                self._control("\r")
                self._control("\n")
            row = self.rows[self.row].ljust(self.column)
            self.rows[self.row] = f"{row[: self.column]}{character}{row[self.column + 1 :]}"
            self.column += 1

    def _control(self, character: str) -> None:
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.row += 1
            if self.row == len(self.rows):
                self.rows.append("")
        else:
            raise GarbageError(repr(character))

    def _command(self, numbers: str, letter: str) -> None:
        if letter == "A":
            up = int(numbers or 1)
            if not self._climbed:
                self.live = self.lines
            self._climbed += up
            self.longest_frame = max(self.longest_frame, self._climbed)
            self.row -= up
            if self.row < 0:
                raise GarbageError("the cursor left the screen")
        elif letter == "K" and numbers == "2":
            self.rows[self.row] = ""
        elif letter == "m":
            self.colours.add(numbers)
        elif letter in "hl" and numbers == "?25":
            self.cursor_shown = letter == "h"
        else:
            raise GarbageError(f"{numbers}{letter}")


def shown(
    command: Sequence[str | Path], *, columns: int, rows: int, environment: Mapping[str, str], cwd: Path
) -> tuple[int, Screen]:
    """Run a program on a terminal of its own; its exit status, and the screen afterwards. Raises `GarbageError`."""
    main, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    with subprocess.Popen(command, cwd=cwd, env=environment, stdin=other, stdout=other, stderr=other) as process:
        os.close(other)
        written = bytearray()
        while True:
            try:
                part = os.read(main, 65_536)
            except OSError:  # Linux says so when the last writer has gone
                break
            if not part:
                break
            written += part
    os.close(main)
    screen = Screen(columns)
    screen.write(written.decode("utf-8"))
    return process.returncode, screen
