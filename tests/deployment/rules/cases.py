"""For each rule an account in which it finds nothing, and accounts in which it finds what it is for.

A case changes the account of `account.py` and says every line that the rule then finds.
"""

from __future__ import annotations

from tests.deployment.rules import account_cases, existing_cases, network_cases, quota_cases, stack_cases

CASES = (
    *account_cases.CASES,
    *stack_cases.CASES,
    *quota_cases.CASES,
    *network_cases.CASES,
    *existing_cases.CASES,
)
