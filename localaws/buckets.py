"""A bucket's policy as it meets the local AWS.

moto obeys a statement whatever its `Condition` says (a TODO in moto/iam/access_control.py).
The local AWS speaks HTTP, but stands for endpoints that speak HTTPS: what denies anything else does not deny it.
"""

from __future__ import annotations

import json
from typing import Any

ONLY_HTTPS = {"Bool": {"aws:SecureTransport": "false"}}


def install() -> None:
    """Let moto leave out the statements that are about plain HTTP."""
    from moto.iam.access_control import IAMPolicy, PermissionResult
    from moto.s3.models import FakeBucket

    def get_permission(self: Any, action: str, resource: str) -> Any:
        statements = _statements(self.policy)
        if not statements:
            return PermissionResult.NEUTRAL
        return IAMPolicy(json.dumps({"Statement": statements})).is_action_permitted(action, resource)

    FakeBucket.get_permission = get_permission


def _statements(policy: bytes | None) -> list[dict[str, Any]]:
    found = json.loads(policy)["Statement"] if policy else []
    statements = found if isinstance(found, list) else [found]
    return [one for one in statements if one.get("Condition") != ONLY_HTTPS]
