"""EC2's way to say no."""

from __future__ import annotations

from typing import NoReturn

from moto.ec2.exceptions import EC2ClientError


def refuse(code: str, message: str) -> NoReturn:
    """Raise the EC2 error of that code."""
    raise EC2ClientError(code, message)
