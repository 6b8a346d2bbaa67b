"""Boxes, icons and their words; the lines are drawn between the boxes and the icons."""

from __future__ import annotations

from collections.abc import Callable

from analysis.picture_layout import (
    ENDPOINT_LINES,
    MOST_CARDS,
    Box,
    Layout,
    ZonePlace,
    endpoint_characters,
    wrapped,
)
from analysis.picture_pen import (
    GREEN,
    LINE,
    MUTED,
    PURPLE,
    PURPLE_WORDS,
    RED,
    RED_WORDS,
    TEAL,
    TEAL_WORDS,
    WHITE,
    Pen,
    fitted,
)
from analysis.picture_scene import Scene, Subnet, Workstation

SERVICES = {
    "systems-manager": ("AWS Systems Manager", "Session Manager"),
    "logs": ("Amazon CloudWatch", "VPC flow log"),
    "key": ("AWS KMS", "key of your own"),
    "role": ("AWS IAM", "role of the workstations"),
    "s3": ("Amazon S3", "packages and data"),
}
"""Service to its name and what it is for."""


def draw_groups(pen: Pen, scene: Scene, layout: Layout, *, lines: Callable[[], None]) -> None:
    """Everything but the lines, which `lines` draws above the boxes and below the icons."""
    pen.box(layout.region, stroke=TEAL, dashes="3 4", width=2)
    pen.words("AWS Region", layout.region.x + 14, layout.region.y + 26, size=15, colour=TEAL_WORDS, bold=True)
    pen.box(layout.vpc, stroke=PURPLE, fill="#FCFAFF", width=2)
    for place in layout.zones:
        _boxes(pen, place)
    lines()
    pen.icon("vpc", layout.vpc.x + 20, layout.vpc.y + 20, 40)
    pen.words("VPC", layout.vpc.x + 50, layout.vpc.y + 18, size=14, colour=PURPLE_WORDS, bold=True)
    pen.words(scene.cidr, layout.vpc.x + 50, layout.vpc.y + 35, colour=MUTED)
    for place in layout.zones:
        _zone(pen, scene, place)
    _edges(pen, scene, layout)
    for name, y in layout.services:
        _labelled(pen, name, layout.service_x, y, *SERVICES[name])


def _boxes(pen: Pen, place: ZonePlace) -> None:
    pen.box(place.box, stroke=TEAL, fill=WHITE, dashes="7 5")
    if place.zone.public:
        pen.box(place.public, stroke=GREEN, fill="#F3F8E9")
    if place.zone.private:
        pen.box(place.private, stroke=TEAL, fill="#EAF6F7")


def _zone(pen: Pen, scene: Scene, place: ZonePlace) -> None:
    name = f"Availability Zone {place.zone.name}"
    pen.words(name, place.public.x, place.box.y + 28, size=14, colour=TEAL_WORDS, bold=True)
    if place.zone.public:
        _subnet(pen, place.public, place.zone.public, "public-subnet", "Public subnet", "internet gateway")
        _nat(pen, place)
    if place.zone.private:
        way_out = _nat_name(place.zone.private.way_out)
        _subnet(pen, place.private, place.zone.private, "private-subnet", "Private subnet", way_out)
        _group(pen, scene, place)
    if place.zone.endpoints:
        _endpoints(pen, scene, place)


def _subnet(pen: Pen, box: Box, subnet: Subnet, icon: str, name: str, way_out: str) -> None:
    """The subnet's corner: icon, name, block, and where its default route leads."""
    pen.icon(icon, box.x + 18, box.y + 18, 36)
    pen.words(name, box.x + 46, box.y + 17, size=14, bold=True)
    pen.words(subnet.cidr, box.x + 46, box.y + 34, colour=MUTED)
    if not subnet.way_out:
        pen.words("no default route", box.x + 46, box.y + 51, size=12, colour=MUTED, italic=True)
    elif name == "Private subnet":
        pen.words(f"default route: {way_out}", box.x + 46, box.y + 51, size=12, colour=MUTED)


def _nat_name(logical_id: str) -> str:
    """`NAT gateway A` for `NatGatewayA`, `NAT gateway` for `RegionalNatGateway`."""
    return logical_id.removeprefix("Regional").removeprefix("Automatic").replace("NatGateway", "NAT gateway ").strip()


def _nat(pen: Pen, place: ZonePlace) -> None:
    middle = place.public.y + 88
    if not place.zone.nat:
        other = place.zone.private.way_out if place.zone.private else ""
        if other:
            first, second = f"zone {place.zone.name} goes out", f"through {_nat_name(other)}"
            pen.words(first, place.public.middle, middle - 2, colour=MUTED, italic=True, anchor="middle")
            pen.words(second, place.public.middle, middle + 16, colour=MUTED, italic=True, anchor="middle")
        return
    pen.icon("nat-gateway", place.nat_x, middle, 56, plate=True)
    pen.words("NAT gateway", place.nat_x + 36, middle - 2, bold=True)
    pen.words("Elastic IP", place.nat_x + 36, middle + 15, size=12, colour=MUTED)


def _regional_nat(pen: Pen, layout: Layout) -> None:
    """In no zone: on the middle line of the VPC, between the zones and the internet gateway."""
    pen.icon("nat-gateway", layout.gateway_x, layout.nat_y, 56, plate=True)
    pen.words("NAT gateway", layout.gateway_x + 42, layout.nat_y - 2, bold=True)
    pen.words("regional: in every zone", layout.gateway_x + 42, layout.nat_y + 15, size=12, colour=MUTED)


def _group(pen: Pen, scene: Scene, place: ZonePlace) -> None:
    if not place.cards:
        middle = (place.private.y + 58 + (place.endpoints.y if place.zone.endpoints else place.private.bottom)) // 2
        pen.words("room for workstations", place.private.middle, middle, colour=MUTED, italic=True, anchor="middle")
        return
    pen.box(place.group, stroke=RED, fill=WHITE, dashes="6 4", corner=4)
    rules = fitted(f"Security group: {scene.inbound}, {scene.outbound}", place.group.width - 24, size=12)
    pen.words(rules, place.group.x + 12, place.group.y + 20, size=12, colour=RED_WORDS, bold=True)
    more = len(place.zone.workstations) - MOST_CARDS
    for index, box in enumerate(place.cards):
        if more > 0 and index == len(place.cards) - 1:
            _more(pen, box, more + 1)
        else:
            _card(pen, box, place.zone.workstations[index])


def _card(pen: Pen, box: Box, workstation: Workstation) -> None:
    """One workstation: its machine, and its home volume beside it."""
    pen.box(box, stroke=LINE, fill=WHITE, corner=6)
    name = fitted(workstation.name, box.width - 24, size=15)
    pen.words(name, box.middle, box.y + 24, size=15, bold=True, anchor="middle")
    machine_x, home_x, middle = box.x + 62, box.right - 58, box.y + 62
    pen.join(machine_x + 30, home_x - 28, middle)
    pen.icon("instance", machine_x, middle, 52)
    pen.words(fitted(workstation.instance_type, 116, size=13), machine_x, box.y + 106, anchor="middle")
    pen.words("EC2 instance", machine_x, box.y + 121, size=11, colour=MUTED, anchor="middle")
    if workstation.home_gib:
        pen.icon("volume", home_x, middle, 50)
        pen.words(f"{workstation.home_gib} GiB", home_x, box.y + 106, anchor="middle")
        pen.words("home volume", home_x, box.y + 121, size=11, colour=MUTED, anchor="middle")


def _more(pen: Pen, box: Box, count: int) -> None:
    pen.box(box, stroke=LINE, fill=WHITE, corner=6, dashes="4 4")
    pen.words(f"and {count} more", box.middle, box.y + box.height // 2 + 5, size=15, bold=True, anchor="middle")


def _endpoints(pen: Pen, scene: Scene, place: ZonePlace) -> None:
    box = place.endpoints
    pen.box(box, stroke=PURPLE, fill=WHITE, dashes="6 4", corner=4)
    pen.words(f"Interface endpoints, {scene.endpoint_inbound}", box.x + 62, box.y + 21, size=12, bold=True)
    pen.icon("endpoint", box.x + 32, box.y + box.height // 2, 42)
    lines = wrapped(place.zone.endpoints, endpoint_characters(place.private.width))
    for index, line in enumerate(lines):
        pen.words(line, box.x + 62, box.y + 40 + index * ENDPOINT_LINES, size=12, colour=MUTED)


def _edges(pen: Pen, scene: Scene, layout: Layout) -> None:
    """What stands on the VPC's edge or in no zone, and outside of AWS."""
    if scene.regional_nat:
        _regional_nat(pen, layout)
    if scene.internet_gateway:
        pen.icon("internet-gateway", layout.gateway_x, layout.vpc.y, 58, plate=True)
        pen.words("Internet gateway", layout.gateway_x - 40, layout.vpc.y - 10, bold=True, anchor="end", halo=True)
        pen.icon("internet", layout.gateway_x, layout.region.y - 62, 64)
        pen.words("Internet", layout.gateway_x - 42, layout.region.y - 56, size=14, bold=True, anchor="end")
    if any(zone.reaches_s3 for zone in scene.zones):
        pen.icon("endpoint", layout.vpc.right, layout.s3_y, 50, plate=True)
        pen.words("S3 gateway endpoint", layout.vpc.right - 34, layout.s3_y + 30, size=12, bold=True, anchor="end")
    y = layout.service_y("systems-manager")
    _labelled(pen, "laptop", layout.laptop_x, y, "Your laptop", "ssh, VS Code, Jupyter")


def _labelled(pen: Pen, icon: str, x: int, y: int, name: str, purpose: str) -> None:
    pen.icon(icon, x, y, 56)
    pen.words(name, x, y + 46, size=13, bold=True, anchor="middle")
    pen.words(purpose, x, y + 62, size=12, colour=MUTED, anchor="middle")
