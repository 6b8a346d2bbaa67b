"""Parameter values: defaults, types and constraints, in CloudFormation's own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

ID_SHAPES = {
    "AWS::EC2::Image::Id": "ami",
    "AWS::EC2::Instance::Id": "i",
    "AWS::EC2::SecurityGroup::Id": "sg",
    "AWS::EC2::Subnet::Id": "subnet",
    "AWS::EC2::Volume::Id": "vol",
    "AWS::EC2::VPC::Id": "vpc",
}
"""Parameter type to the prefix of its ids, which are 8 or 17 hexadecimal digits long.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
"""

NAME_TYPES = (
    "AWS::EC2::AvailabilityZone::Name",
    "AWS::EC2::KeyPair::KeyName",
    "AWS::EC2::SecurityGroup::GroupName",
    "AWS::Route53::HostedZone::Id",
    "AWS::SSM::Parameter::Name",
)

Value = str | tuple[str, ...]


def parameter_values(declared: Mapping[str, Any], given: Mapping[str, str]) -> tuple[dict[str, Value], tuple[str, ...]]:
    """Each parameter's value (a tuple for list types), and what is wrong with them (empty when nothing is)."""
    values: dict[str, Value] = {}
    findings: list[str] = []
    unknown = sorted(set(given) - set(declared))
    if unknown:
        findings.append(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    missing = [name for name, declaration in declared.items() if name not in given and "Default" not in declaration]
    if missing:
        findings.append(f"Parameters: [{', '.join(missing)}] must have values")
    for name, declaration in declared.items():
        if name in missing:
            continue
        text = given[name] if name in given else _text(declaration["Default"])
        kind = declaration.get("Type", "String")
        item_type = _item_type(kind)
        if item_type is None:
            values[name] = text
            findings += _findings(name, text, kind, declaration)
        else:
            items = tuple(item.strip() for item in text.split(",")) if text else ()
            values[name] = items
            findings += [finding for item in items for finding in _findings(name, item, item_type, declaration)]
    return values, tuple(findings)


def _item_type(kind: str) -> str | None:
    """The type of a list's items; None when the type is no list."""
    if kind == "CommaDelimitedList":
        return "String"
    match = re.fullmatch(r"List<(.+)>", kind)
    return match[1] if match else None


def _text(default: Any) -> str:
    return str(default).lower() if isinstance(default, bool) else str(default)


def _findings(name: str, text: str, kind: str, declaration: Mapping[str, Any]) -> list[str]:
    finding = _type_finding(name, text, kind) or _constraint_finding(name, text, kind, declaration)
    return [finding] if finding else []


def _type_finding(name: str, text: str, kind: str) -> str | None:
    if kind == "Number":
        try:
            float(text)
        except ValueError:
            return f"Parameter '{name}' must be a number."
        return None
    if kind in ID_SHAPES:
        prefix = ID_SHAPES[kind]
        if not re.fullmatch(rf"{prefix}-([0-9a-f]{{8}}|[0-9a-f]{{17}})", text):
            return f"Parameter '{name}': {text!r} is no {kind}; wanted {prefix}-… with 8 or 17 hexadecimal digits"
        return None
    if kind == "String" or kind in NAME_TYPES or kind.startswith("AWS::SSM::Parameter::Value<"):
        return None
    return f"Template format error: Unrecognized parameter type: {kind}"


def _constraint_finding(name: str, text: str, kind: str, declaration: Mapping[str, Any]) -> str | None:
    problem = _problem(text, kind, declaration)
    if problem is None:
        return None
    described = declaration.get("ConstraintDescription")
    return (
        f"Parameter '{name}' failed to satisfy constraint: {described}"
        if described
        else f"Parameter '{name}' {problem}"
    )


def _problem(text: str, kind: str, declaration: Mapping[str, Any]) -> str | None:
    allowed = declaration.get("AllowedValues")
    if allowed is not None and text not in {_text(value) for value in allowed}:
        return "must be one of AllowedValues"
    if kind == "Number":
        low, high = declaration.get("MinValue"), declaration.get("MaxValue")
        if low is not None and float(text) < float(low):
            return f"must be a number not less than {low}"
        if high is not None and float(text) > float(high):
            return f"must be a number not greater than {high}"
        return None
    shortest, longest = declaration.get("MinLength"), declaration.get("MaxLength")
    if shortest is not None and len(text) < int(shortest):
        return f"must contain at least {shortest} characters"
    if longest is not None and len(text) > int(longest):
        return f"must contain at most {longest} characters"
    pattern = declaration.get("AllowedPattern")
    if pattern is not None and not re.fullmatch(pattern, text):
        return f"must match pattern {pattern}"
    return None
