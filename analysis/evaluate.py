"""One template's functions worked out: references, conditions, mappings, and the pure functions of `intrinsics.py`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from analysis import intrinsics
from analysis.intrinsics import FunctionError
from analysis.parameters import Value
from analysis.resolved import Context
from analysis.shapes import misshapen
from analysis.values import NO_VALUE, Pending, Reference, is_known

VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")


class Evaluator:
    """Evaluates values of one template. Raises FunctionError where a function is unknown or misused."""

    def __init__(self, template: Mapping[str, Any], parameters: Mapping[str, Value], context: Context) -> None:
        self.template = template
        self.context = context
        self.names: dict[str, Any] = context.pseudo_parameters()
        self.names |= {name: list(value) if isinstance(value, tuple) else value for name, value in parameters.items()}
        self.conditions: dict[str, bool] = {}
        self.visiting: list[str] = []
        self.readers = {
            "Condition": self.condition,
            "Ref": self.ref,
            "Fn::And": self.and_,
            "Fn::Equals": self.equals,
            "Fn::FindInMap": self.find_in_map,
            "Fn::GetAZs": self.get_azs,
            "Fn::GetAtt": self.get_att,
            "Fn::If": self.if_,
            "Fn::Not": self.not_,
            "Fn::Or": self.or_,
            "Fn::Sub": self.sub,
        }

    def condition(self, name: Any) -> bool:
        _check("Condition", name)
        if name in self.conditions:
            return self.conditions[name]
        declared = self.template.get("Conditions", {})
        if name not in declared:
            raise FunctionError(f"Template error: condition {name} is not defined")
        if name in self.visiting:
            raise FunctionError(f"Template error: found a circular condition dependency: {name}")
        self.visiting.append(name)
        try:
            self.conditions[name] = boolean(self.value(declared[name]))
        finally:
            self.visiting.pop()
        return self.conditions[name]

    def value(self, item: Any) -> Any:
        """`item` with its functions worked out, as far as known."""
        if isinstance(item, list):
            return [self.value(member) for member in item]
        if not isinstance(item, dict):
            return item
        if len(item) == 1:
            (name, argument), *_ = item.items()
            if name in ("Ref", "Condition") or str(name).startswith("Fn::"):
                return self.call(name, argument)
        return {key: self.value(member) for key, member in item.items()}

    def call(self, name: str, argument: Any) -> Any:
        if name == "Condition" and not isinstance(argument, str):
            return {name: self.value(argument)}  # a policy statement's Condition block
        if name in self.readers:
            _check(name, argument)
            return self.readers[name](argument)
        if name == "Fn::ImportValue":
            raise FunctionError("Template error: Fn::ImportValue is refused: an export in use blocks updates")
        if name not in intrinsics.FUNCTIONS:
            raise FunctionError(f"Template error: {name} is no function that this resolver knows")
        return self.compute(name, self.value(argument))

    def compute(self, name: str, argument: Any) -> Any:
        arguments = tuple(argument) if name != "Fn::Base64" and isinstance(argument, list) else (argument,)
        arguments = tuple(without_no_value(item) for item in arguments)
        return intrinsics.call(name, arguments) if is_known(arguments) else Pending(name, arguments)

    def ref(self, name: Any) -> Any:
        if name in self.names:
            return self.names[name]
        if name in self.template["Resources"]:
            return Reference(name)
        raise FunctionError(unresolved(name))

    def get_att(self, argument: Any) -> Reference:
        name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        if name not in self.template["Resources"]:
            raise FunctionError(f"Template error: instance of Fn::GetAtt references undefined resource {name}")
        return Reference(name, intrinsics.as_text(self.value(attribute)))

    def sub(self, argument: Any) -> Any:
        text, local = (argument, {}) if isinstance(argument, str) else argument
        values = {name: self.value(item) for name, item in local.items()}
        parts: list[Any] = []
        end = 0
        for match in VARIABLE.finditer(text):
            parts.append(text[end : match.start()])
            end = match.end()
            literal, name = match[1], match[2].strip()
            parts.append(f"${{{name}}}" if literal else values[name] if name in values else self.sub_name(name))
        return self.compute("Fn::Join", ["", [*parts, text[end:]]])

    def sub_name(self, name: str) -> Any:
        return self.get_att(name) if "." in name else self.ref(name)

    def if_(self, argument: Any) -> Any:
        name, when_true, when_false = argument
        return self.value(when_true if self.condition(name) else when_false)

    def find_in_map(self, argument: Any) -> Any:
        keys = [intrinsics.as_text(self.value(key)) for key in argument[:3]]
        found: Any = self.template.get("Mappings", {})
        for key in keys:
            if not isinstance(found, dict) or key not in found:
                raise FunctionError(f"Template error: Unable to get mapping for {'::'.join(keys)}")
            found = found[key]
        return found

    def get_azs(self, argument: Any) -> list[str]:
        region = self.value(argument) or self.context.region
        if region != self.context.region or not self.context.zones:
            raise FunctionError(f"Template error: the zones of {region} are not known here")
        return list(self.context.zones)

    def equals(self, argument: Any) -> bool:
        left, right = (self.value(item) for item in argument)
        if not is_known((left, right)):
            raise FunctionError("Template error: conditions cannot depend on resources")
        return _comparable(left) == _comparable(right)

    def not_(self, argument: Any) -> bool:
        return not boolean(self.value(argument[0]))

    def and_(self, argument: Any) -> bool:
        return all(boolean(self.value(item)) for item in argument)

    def or_(self, argument: Any) -> bool:
        return any(boolean(self.value(item)) for item in argument)


def _check(name: str, argument: Any) -> None:
    finding = misshapen(name, argument)
    if finding:
        raise FunctionError(finding)


def unresolved(names: str) -> str:
    return f"Template format error: Unresolved resource dependencies [{names}] in the Resources block of the template"


def _comparable(value: Any) -> Any:
    return [_comparable(item) for item in value] if isinstance(value, list | tuple) else intrinsics.as_text(value)


def boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise FunctionError(f"Template error: a condition was wanted, got {value!r}")


def without_no_value(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_no_value(item) for key, item in value.items() if item is not NO_VALUE}
    if isinstance(value, list):
        return [without_no_value(item) for item in value if item is not NO_VALUE]
    return value
