"""Tags that say whose a resource is."""

from __future__ import annotations

from typing import Any

from troposphere import Ref, Sub

from generator.contract import Tag


def name_tag(role: str = "") -> dict[str, Any]:
    """`Name` and `Environment` of a resource of the environment: the stack's name, and what the resource is for."""
    name = Sub(f"${{AWS::StackName}}-{role}") if role else Ref("AWS::StackName")
    return {Tag.NAME: name, Tag.ENVIRONMENT: Ref("AWS::StackName")}
