"""The AWS icons that the `diagrams` package ships, embedded so that the picture is one file."""

from __future__ import annotations

import importlib.metadata
from typing import Any

ICONS = {
    "vpc": "network/vpc",
    "public-subnet": "network/public-subnet",
    "private-subnet": "network/private-subnet",
    "internet-gateway": "network/internet-gateway",
    "nat-gateway": "network/nat-gateway",
    "endpoint": "network/endpoint",
    "instance": "compute/ec2-instance",
    "volume": "storage/elastic-block-store-ebs-volume",
    "s3": "storage/simple-storage-service-s3",
    "systems-manager": "management/systems-manager",
    "logs": "management/cloudwatch",
    "role": "security/identity-and-access-management-iam",
    "key": "security/key-management-service",
    "laptop": "general/client",
    "internet": "general/internet-alt2",
}
"""Our name to the package's file."""

PIXELS = 200
"""Width and height of the package's pictures."""


def symbol(name: str) -> Any:
    """The icon as an SVG `<symbol>`, to be used at any size.

    Raises PackageNotFoundError where the `diagrams` package is missing.
    """
    import drawsvg

    class Symbol(drawsvg.DrawingParentElement):
        TAG_NAME = "symbol"

    file = importlib.metadata.distribution("diagrams").locate_file(f"resources/aws/{ICONS[name]}.png")
    with open(str(file), "rb") as picture:
        image = drawsvg.Image(0, 0, PIXELS, PIXELS, data=picture.read(), mime_type="image/png")
    return Symbol(children=[image], id=symbol_id(name), viewBox=f"0 0 {PIXELS} {PIXELS}")


def symbol_id(name: str) -> str:
    return f"icon-{name}"
