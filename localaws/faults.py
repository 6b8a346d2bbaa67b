"""Faults on request: `POST /_local/faults` with rules, and the calls they name fail, wait or break off.

    [{"service": "ec2", "operation": "AllocateAddress", "skip": 1, "times": 1,
      "status": 400, "code": "AddressLimitExceeded", "message": "...", "delay": 0, "probability": 1}]

`skip` calls pass first, then `times` (0: all) are hit. `probability` rolls dice seeded with `seed`.
`drop` closes the connection without an answer. The error body is in the service's own wire protocol.
A new list replaces the old one; `GET` shows the rules with what they have hit; an empty list ends them.
"""

from __future__ import annotations

import functools
import io
import json
import random
import re
import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

SCOPE = re.compile(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/")


class Dropped(ConnectionError):  # noqa: N818 - the connection, not an error of ours
    """Ends a request without an answer."""


@dataclass
class Rule:
    service: str = "*"
    operation: str = "*"
    skip: int = 0
    times: int = 1
    status: int = 400
    code: str = ""
    message: str = ""
    delay: float = 0
    probability: float = 1
    seed: int = 0
    drop: bool = False
    seen: int = 0
    hits: int = 0
    dice: random.Random = field(default_factory=random.Random, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - repeatable on purpose

    def hit(self, service: str, operation: str) -> bool:
        """Count the call if the rule names it, and say whether it is hit."""
        if self.service not in ("*", service) or self.operation not in ("*", operation):
            return False
        self.seen += 1
        if self.seen <= self.skip or (self.times and self.hits >= self.times):
            return False
        if self.dice.random() >= self.probability:
            return False
        self.hits += 1
        return True


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
        with self.lock:
            hit = [rule for rule in self.rules if rule.hit(service, operation)]
        for rule in hit:
            time.sleep(rule.delay)
            if rule.drop:
                raise Dropped(f"{service}:{operation} dropped by a fault rule")
            if rule.code:
                return answer(service, rule, start_response)
        return self.application(environ, start_response)

    def configure(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            try:
                rules = [Rule(**item) for item in json.loads(_body(environ) or b"[]")]
            except (TypeError, ValueError) as error:
                return _json(start_response, {"error": f"rules were wanted, got: {error}"}, "400 Bad Request")
            with self.lock:
                self.rules = rules
        return _json(start_response, [{k: v for k, v in asdict(rule).items() if k != "dice"} for rule in self.rules])


def called(environ: dict[str, Any]) -> tuple[str, str]:
    """Service (its endpoint prefix, such as `ec2`) and operation of a request."""
    scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    service = scope[2] if scope else ""
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        return service, target.rsplit(".", 1)[-1]
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        action = parse_qs(_body(environ).decode()).get("Action", [""])[0]
        return service, action
    return service, _s3_operation(environ) if service == "s3" else ""


def _s3_operation(environ: dict[str, Any]) -> str:
    """S3 has no operation in the request; these are the ones that a deploy makes."""
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].strip("/")
    if "/" in path:
        return {"GET": "GetObject", "PUT": "PutObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}.get(method, "")
    subresource = environ.get("QUERY_STRING", "").split("=")[0].split("&")[0]
    if subresource and subresource not in ("list-type", "prefix"):
        return f"{method.capitalize()}Bucket{subresource.capitalize()}"
    return {"GET": "ListObjectsV2", "PUT": "CreateBucket", "HEAD": "HeadBucket", "DELETE": "DeleteBucket"}.get(
        method, ""
    )


def answer(service: str, rule: Rule, start_response: Any) -> Iterable[bytes]:
    """The rule's error in the wire protocol of `service`."""
    kind, body = _error(_protocol(service), rule)
    reason = "Error"
    headers = [("Content-Type", kind), ("x-amzn-errortype", rule.code), ("x-amzn-requestid", "local-fault")]
    start_response(f"{rule.status} {reason}", [*headers, ("Content-Length", str(len(body)))])
    return [body]


def _error(protocol: str, rule: Rule) -> tuple[str, bytes]:
    code, message = escape(rule.code), escape(rule.message or rule.code)
    if protocol == "ec2":
        text = f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>local-fault</RequestID></Response>"  # noqa: E501
    elif protocol == "rest-xml":
        text = f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>local-fault</RequestId></Error>"
    elif protocol == "query":
        sender = "Sender" if rule.status < 500 else "Receiver"
        text = f"<ErrorResponse><Error><Type>{sender}</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>local-fault</RequestId></ErrorResponse>"  # noqa: E501
    else:
        return "application/x-amz-json-1.1", json.dumps({"__type": rule.code, "message": rule.message}).encode()
    return "text/xml", text.encode()


@functools.cache
def _protocol(service: str) -> str:
    from botocore.session import get_session

    session = get_session()
    names = {"logs": "logs", "s3": "s3"}
    try:
        return session.get_service_model(names.get(service, service)).metadata["protocol"]
    except Exception:  # a service botocore names otherwise; JSON is the common protocol
        return "json"


def _body(environ: dict[str, Any]) -> bytes:
    """The request's body, put back for the next reader."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _json(start_response: Any, value: Any, status: str = "200 OK") -> Iterable[bytes]:
    body = json.dumps(value).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
