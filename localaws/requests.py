"""What a CloudFormation request asks for: the template's text, parameters and tags."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from localaws.errors import NotSupportedError, ValidationError
from localaws.moto_objects import backend
from localaws.prepare import parsed
from localaws.stacks import Desired, Stack

STACK_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")
BODY_BYTES = 51_200  # CloudFormation quota for TemplateBody; a larger template comes from a bucket
TEMPLATE_BYTES = 1_048_576  # and for a template in a bucket

Parameters = Mapping[str, Any]


def check_stack_name(name: str) -> None:
    if not STACK_NAME.fullmatch(name or ""):
        raise ValidationError(
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: "
            f"Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        )


def desired(request: Parameters, stack: Stack | None) -> Desired:
    """Everything that a create or update asks for; `stack` gives previous values."""
    refuse_unsupported(request)
    body = template_body(request, stack)
    previous = stack.desired if stack else None
    return Desired(
        template_body=body,
        parameters=_parameters(request.get("Parameters") or (), body, previous),
        tags=_tags(request.get("Tags"), previous),
        capabilities=tuple(request.get("Capabilities") or ()),
        role_arn=request.get("RoleARN") or (previous.role_arn if previous else ""),
        notification_arns=tuple(request.get("NotificationARNs") or ()),
    )


def _tags(given: Any, previous: Desired | None) -> dict[str, str]:
    """The tags given, or the stack's own where the request names none."""
    if given is None:
        return dict(previous.tags) if previous else {}
    return {tag["Key"]: tag["Value"] for tag in given}


UNSUPPORTED = ("ResourcesToImport", "IncludeNestedStacks", "ImportExistingResources", "ResourceTypes", "DeploymentMode")


def refuse_unsupported(request: Parameters) -> None:
    for name in UNSUPPORTED:
        if request.get(name):
            raise NotSupportedError(name)


def template_body(request: Parameters, stack: Stack | None) -> str:
    """The text from the request, its bucket, or the stack. Raises ValidationError."""
    body, url = request.get("TemplateBody"), request.get("TemplateURL")
    if request.get("UsePreviousTemplate"):
        if stack is None or not stack.desired.template_body:
            raise ValidationError("There is no previous template to use.")
        return stack.desired.template_body
    if bool(body) == bool(url):
        raise ValidationError("Either Template URL or Template Body must be specified.")
    if url:
        return _from_bucket(url)
    if len(body.encode()) > BODY_BYTES:
        raise ValidationError(
            f"1 validation error detected: Value '{body[:40]}…' at 'templateBody' failed to satisfy constraint: "
            f"Member must have length less than or equal to {BODY_BYTES}"
        )
    return body


def _from_bucket(url: str) -> str:
    parts = urlsplit(url)
    host, path = parts.netloc, unquote(parts.path).lstrip("/")
    virtual = re.fullmatch(r"(.+)\.s3[.-].*amazonaws\.com", host)
    bucket, _, key = (virtual[1], "", path) if virtual else path.partition("/")
    try:
        text = backend("s3", "aws").get_object(bucket, key)
    except Exception as error:
        raise ValidationError(f"S3 error: Access Denied ({bucket}/{key})") from error
    if text is None:
        raise ValidationError("S3 error: The specified key does not exist.")
    if len(text.value) > TEMPLATE_BYTES:
        raise ValidationError(f"Template may not exceed {TEMPLATE_BYTES} bytes in size.")
    return text.value.decode()


def _parameters(given: Any, body: str, previous: Desired | None) -> dict[str, str]:
    values = {}
    for item in given:
        key = item["ParameterKey"]
        if not item.get("UsePreviousValue"):
            values[key] = item.get("ParameterValue", "")
            continue
        before = previous.parameters if previous else {}
        default = parsed(body).get("Parameters", {}).get(key, {}).get("Default")
        if key in before:
            values[key] = before[key]
        elif previous is None or default is None:
            raise ValidationError(
                f"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true "
                "for a parameter key not in the previous template"
            )
    return values
