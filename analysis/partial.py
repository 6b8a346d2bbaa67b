"""A template worked out before everything is known: a parameter without a value stands for itself.

The deploy step learns zone ids, image and subnet ids only on AWS; graph, cost and picture need none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.resolve import Context, Resolved, resolve


def resolve_partly(template: Mapping[str, Any], parameters: Mapping[str, str], context: Context) -> Resolved:
    """The template resolved, with `${Name}` as the value of each parameter that has none (or its first allowed value).

    Raises TemplateError as `resolve` does, but for missing parameters.
    """
    declared = template.get("Parameters", {})
    missing = {
        name: {
            "Type": "CommaDelimitedList" if _is_list(declaration) else "String",
            "Default": _stand_in(name, declaration),
        }
        for name, declaration in declared.items()
        if name not in parameters and "Default" not in declaration
    }
    return resolve({**template, "Parameters": {**declared, **missing}}, parameters, context)


def _is_list(declaration: Mapping[str, Any]) -> bool:
    kind = declaration.get("Type", "String")
    return kind == "CommaDelimitedList" or kind.startswith("List<")


def _stand_in(name: str, declaration: Mapping[str, Any]) -> str:
    """An allowed value where there is a list of them, since mappings are looked up by it."""
    return str(declaration.get("AllowedValues", (f"${{{name}}}",))[0])
