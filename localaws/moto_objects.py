"""moto's own objects, for the few values that no call of moto's API sets."""

from __future__ import annotations

from typing import Any

from localaws.stacks import ACCOUNT


def backend(service: str, region: str) -> Any:
    """The object that holds everything of `service` in `region`; global services have one region, `aws`."""
    from moto.backends import get_backend

    return get_backend(service)[ACCOUNT][region]


def ec2_backend(region: str) -> Any:
    return backend("ec2", region)
