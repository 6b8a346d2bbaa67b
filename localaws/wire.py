"""Requests and answers as AWS writes them: which call a request is, and an error in its service's protocol."""

from __future__ import annotations

import functools
import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

SCOPE = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/")
CLOUDFORMATION_KEY = "cloudformation"
"""The access key with which our CloudFormation calls the services; everybody else is somebody outside."""
S3_BUCKET = {"GET": "ListObjectsV2", "PUT": "CreateBucket", "HEAD": "HeadBucket", "DELETE": "DeleteBucket"}
S3_OBJECT = {
    ("GET", ""): "GetObject",
    ("PUT", ""): "PutObject",
    ("HEAD", ""): "HeadObject",
    ("DELETE", ""): "DeleteObject",
    ("POST", "uploads"): "CreateMultipartUpload",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
}
"""Method and first word of the query."""


@dataclass(frozen=True)
class Error:
    """What a service refuses a call with."""

    code: str
    message: str = ""
    status: int = 400


def signed(environ: dict[str, Any]) -> tuple[str, str, str]:
    """Access key, region and service (its endpoint prefix, such as `ec2`) of a request; empty without a signature."""
    scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    return (scope[1], scope[2], scope[3]) if scope else ("", "", "")


def called(environ: dict[str, Any]) -> tuple[str, str]:
    """Service and operation of a request."""
    _, _, service = signed(environ)
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        return service, target.rsplit(".", 1)[-1]
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        action = parse_qs(body(environ).decode()).get("Action", [""])[0]
        return service, action
    return service, _s3_operation(environ) if service == "s3" else ""


def from_cloudformation(environ: dict[str, Any]) -> bool:
    """Whether a resource of a stack is behind the call."""
    return signed(environ)[0] == CLOUDFORMATION_KEY


def answer(service: str, error: Error, start_response: Any) -> Iterable[bytes]:
    """The error in the wire protocol of `service`."""
    kind, text = _error(_protocol(service), error)
    headers = [("Content-Type", kind), ("x-amzn-errortype", error.code), ("x-amzn-requestid", "local-fault")]
    start_response(f"{error.status} Error", [*headers, ("Content-Length", str(len(text)))])
    return [text]


def body(environ: dict[str, Any]) -> bytes:
    """The request's body, put back for the next reader."""
    text = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(text)
    return text


def as_json(start_response: Any, value: Any, status: str = "200 OK") -> Iterable[bytes]:
    """An answer of our own, outside AWS's protocols."""
    text = json.dumps(value).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
    return [text]


def _s3_operation(environ: dict[str, Any]) -> str:
    """S3 has no operation in the request; these are the ones that a deploy makes."""
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].strip("/")
    subresource = environ.get("QUERY_STRING", "").split("=")[0].split("&")[0]
    if "/" in path:
        return S3_OBJECT.get((method, subresource)) or S3_OBJECT.get((method, ""), "")
    if subresource and subresource not in ("list-type", "prefix"):
        return f"{method.capitalize()}Bucket{subresource.capitalize()}"
    return S3_BUCKET.get(method, "")


def _error(protocol: str, error: Error) -> tuple[str, bytes]:
    code, message = escape(error.code), escape(error.message or error.code)
    if protocol == "ec2":
        text = f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>local-fault</RequestID></Response>"  # noqa: E501
    elif protocol == "rest-xml":
        text = f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>local-fault</RequestId></Error>"
    elif protocol == "query":
        sender = "Sender" if error.status < 500 else "Receiver"
        text = f"<ErrorResponse><Error><Type>{sender}</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>local-fault</RequestId></ErrorResponse>"  # noqa: E501
    else:
        return "application/x-amz-json-1.1", json.dumps({"__type": error.code, "message": error.message}).encode()
    return "text/xml", text.encode()


@functools.cache
def _protocol(service: str) -> str:
    from botocore.exceptions import UnknownServiceError
    from botocore.session import get_session

    try:
        return get_session().get_service_model(service).metadata["protocol"]
    except UnknownServiceError:  # botocore names it otherwise; JSON is the common protocol
        return "json"
