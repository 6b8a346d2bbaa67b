"""Faults on request: `POST /_local/faults` with rules, and the calls they name fail, wait or break off.

    [{"service": "ec2", "operation": "AllocateAddress", "skip": 1, "times": 1,
      "status": 400, "code": "AddressLimitExceeded", "message": "...", "delay": 0, "probability": 1}]

`caller` is `outside` (whoever deploys), `cloudformation` (the resources of stacks) or `*`.
`skip` calls pass first, then `times` (0: all) are hit. `probability` rolls dice seeded with `seed`.
A hit waits `delay` seconds; then it is answered with `code` in the service's own wire protocol, or
`drop` closes the connection without an answer, or `reply` sends something else:
`empty` a 200 without a body, `html` the login page of a network, `truncated` half of the true answer.
With `after` the call is carried out first, and only its answer is lost.
A new list replaces the old one; `GET` shows the rules with what they have hit; an empty list ends them.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from localaws.wire import Error, answer, as_json, body, called, from_cloudformation

LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body>Sign in to use this network</body></html>"
REPLIES = ("", "empty", "html", "truncated")
CALLERS = ("*", "outside", "cloudformation")


class Dropped(ConnectionError):  # noqa: N818 - the connection, not an error of ours
    """Ends a request without an answer."""


@dataclass
class Rule:
    service: str = "*"
    operation: str = "*"
    caller: str = "*"
    skip: int = 0
    times: int = 1
    status: int = 400
    code: str = ""
    message: str = ""
    delay: float = 0
    probability: float = 1
    seed: int = 0
    drop: bool = False
    reply: str = ""
    after: bool = False
    seen: int = 0
    hits: int = 0
    dice: random.Random = field(default_factory=random.Random, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - repeatable on purpose
        if self.reply not in REPLIES or self.caller not in CALLERS:
            raise ValueError(f"reply {self.reply!r} of {REPLIES}, caller {self.caller!r} of {CALLERS}")

    def hit(self, service: str, operation: str, caller: str = "outside") -> bool:
        """Count the call if the rule names it, and say whether it is hit."""
        if self.service not in ("*", service) or self.operation not in ("*", operation):
            return False
        if self.caller not in ("*", caller):
            return False
        self.seen += 1
        if self.seen <= self.skip or (self.times and self.hits >= self.times):
            return False
        if self.dice.random() >= self.probability:
            return False
        self.hits += 1
        return True


class _Broken:
    """A body that ends before its time, with the connection."""

    def __init__(self, text: bytes) -> None:
        self.text = text

    def __iter__(self) -> Iterator[bytes]:
        yield self.text
        raise Dropped("broken off by a fault rule")


class Faults:
    """WSGI middleware that holds the rules."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.rules: list[Rule] = []
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/_local/faults":
            return self.configure(environ, start_response)
        if not self.rules:
            return self.application(environ, start_response)
        service, operation = called(environ)
        caller = "cloudformation" if from_cloudformation(environ) else "outside"
        with self.lock:
            hit = [rule for rule in self.rules if rule.hit(service, operation, caller)]
        for rule in hit:
            time.sleep(rule.delay)
            if rule.drop or rule.reply or rule.code:
                return self.spoiled(rule, environ, start_response)
        return self.application(environ, start_response)

    def spoiled(self, rule: Rule, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The answer that the rule makes of a call. Raises Dropped where the connection breaks."""
        service, operation = called(environ)
        if rule.reply == "truncated":
            status, headers, text = self.carried_out(environ)
            start_response(status, [*headers, ("Content-Length", str(len(text)))])
            return _Broken(text[: len(text) // 2])
        if rule.after:
            self.carried_out(environ)
        if rule.code:
            return answer(service, Error(rule.code, rule.message, rule.status), start_response)
        if rule.reply:
            page = LOGIN_PAGE if rule.reply == "html" else b""
            start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(page)))])
            return [page]
        raise Dropped(f"{service}:{operation} dropped by a fault rule")

    def carried_out(self, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        """The true answer: status, headers without the length, and body."""
        head: list[tuple[str, list[tuple[str, str]]]] = []
        text = b"".join(self.application(environ, lambda status, headers, *_: head.append((status, headers))))
        status, headers = head[-1]
        return status, [(name, value) for name, value in headers if name.lower() != "content-length"], text

    def configure(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            try:
                rules = [Rule(**item) for item in json.loads(body(environ) or b"[]")]
            except (TypeError, ValueError) as error:
                return as_json(start_response, {"error": f"rules were wanted, got: {error}"}, "400 Bad Request")
            with self.lock:
                self.rules = rules
        return as_json(start_response, [{k: v for k, v in asdict(rule).items() if k != "dice"} for rule in self.rules])
