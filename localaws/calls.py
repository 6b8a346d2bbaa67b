"""The record of calls from outside, and a gate that holds one of them.

`GET /_local/calls` lists what was called since the last `POST /_local/calls`.
`POST /_local/calls {"service": "s3", "operation": "PutObject", "occurrence": 2}` begins a new record, and holds the
second PutObject before it is carried out; an empty object holds nothing.
`GET /_local/held?seconds=30` waits until the call is held; `POST /_local/release` lets it go on.
CloudFormation's own calls for the resources of its stacks are neither recorded nor held.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from localaws.wire import as_json, body, called, from_cloudformation

LONGEST_HOLD_SECONDS = 120
"""Whoever asked for a call to be held may have died."""


@dataclass(frozen=True)
class Gate:
    """The call to hold."""

    service: str = ""
    operation: str = ""
    occurrence: int = 1


class Calls:
    """WSGI middleware that keeps the record."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.record: list[tuple[str, str]] = []
        self.gate = Gate()
        self.held, self.released = threading.Event(), threading.Event()
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path == "/_local/calls" and method == "POST":
            return self.begin(environ, start_response)
        if path == "/_local/calls":
            return as_json(start_response, self.record)
        if path == "/_local/held":
            seconds = float(parse_qs(environ.get("QUERY_STRING", "")).get("seconds", ["0"])[0])
            return as_json(start_response, {"held": self.held.wait(seconds)})
        if path == "/_local/release":
            self.released.set()
            return as_json(start_response, {"held": self.held.is_set()})
        if not path.startswith(("/_local/", "/moto-api")) and not from_cloudformation(environ):
            self.note(*called(environ))
        return self.application(environ, start_response)

    def begin(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """A new record, and a new gate."""
        try:
            gate = Gate(**json.loads(body(environ) or b"{}"))
        except (TypeError, ValueError) as error:
            return as_json(start_response, {"error": f"a call was wanted, got: {error}"}, "400 Bad Request")
        self.released.set()  # a call that is still held goes on
        with self.lock:
            self.record, self.gate = [], gate
            self.held, self.released = threading.Event(), threading.Event()
        return as_json(start_response, [])

    def note(self, service: str, operation: str) -> None:
        """Record the call; returns when it may go on."""
        with self.lock:
            self.record.append((service, operation))
            held, released = self.held, self.released
            wanted = (self.gate.service, self.gate.operation)
            here = (service, operation) == wanted and self.record.count(wanted) == self.gate.occurrence
        if here:
            held.set()
            released.wait(LONGEST_HOLD_SECONDS)
