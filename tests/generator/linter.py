"""cfn-lint in process, its rules loaded once, informational rules on."""

from __future__ import annotations

from functools import cache

from cfnlint.api import lint
from cfnlint.config import ManualArgs
from cfnlint.core import get_rules
from cfnlint.rules import RulesCollection


@cache
def _rules() -> RulesCollection:
    return get_rules([], [], ["I"])


def findings(text: str, region: str = "us-east-1") -> list[str]:
    """What cfn-lint says of a template; nothing is what we want."""
    config = ManualArgs(include_checks=["I"], regions=[region])
    return [f"{match.rule.id} {match.message}" for match in lint(text, _rules(), [region], config)]
