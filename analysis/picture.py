"""The architecture as an SVG picture, drawn from the committed templates.

    python -m analysis picture [--check]

The same templates give the same bytes on every machine: no clock, no hash order, no font of the system.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.picture_groups import draw_groups
from analysis.picture_layout import LEGEND_LINE, MARGIN, Box, Layout, lay_out
from analysis.picture_lines import draw_lines
from analysis.picture_pen import INK, LINE, MUTED, PRIVATE, RED, ROUTE, SESSION, WHITE, Pen, Stroke
from analysis.picture_scene import ITS_OWN_ROUTES, NOTHING_IN, Scene, read_scene

TITLE = "A development environment for data scientists on AWS"
GENERATED = "<!-- Generated from the templates by python -m analysis picture. Do not edit. -->"


def draw(stacks: Mapping[str, Any], templates: Mapping[str, Mapping[str, Any]]) -> str:
    """The SVG text; `templates` holds each template by its file name.

    Raises TemplateError when a template or a parameter in `stacks` is wrong.
    """
    scene = read_scene(stacks, templates)
    legend = _legend(scene)
    layout = lay_out(scene, legend_lines=len(legend))
    pen = Pen(layout.width, layout.height, title=TITLE, description=describe(scene))
    pen.box(Box(1, 1, layout.width - 2, layout.height - 2), stroke=LINE, fill=WHITE, width=2, corner=16)
    pen.words(TITLE, MARGIN, 62, size=28, bold=True)
    pen.words(subtitle(scene), MARGIN, 92, size=16, colour=MUTED)
    draw_groups(pen, scene, layout, lines=lambda: draw_lines(pen, scene, layout))
    _draw_legend(pen, layout, legend)
    head, separator, rest = pen.text().partition("\n")
    return f"{head}{separator}{GENERATED}\n{rest}"


def describe(scene: Scene) -> str:
    """What the picture shows, for those who cannot see it."""
    sentences = [f"A VPC, {scene.cidr}, over {_count(len(scene.zones), 'Availability Zone')}."]
    for zone in scene.zones:
        if zone.public:
            nat = ", with a NAT gateway" if zone.nat else ""
            sentences.append(f"Zone {zone.name}: public subnet {zone.public.cidr}{nat}.")
        if zone.private:
            names = ", ".join(item.name for item in zone.workstations) or "none yet"
            sentences.append(f"Zone {zone.name}: private subnet {zone.private.cidr}; workstations: {names}.")
        if zone.endpoints:
            sentences.append(f"Zone {zone.name}: interface endpoints {', '.join(zone.endpoints)}.")
    if scene.regional_nat:
        sentences.append("One NAT gateway for the whole VPC, in every zone.")
    ours = ITS_OWN_ROUTES if scene.is_existing else "the NAT and internet gateways"
    way = "interface endpoints" if scene.session_by_endpoint else ours
    sentences.append(f"Workstations' security group: {scene.inbound}, {scene.outbound}.")
    sentences.append(f"Sessions are opened by the workstation through {way} and meet the laptop at Systems Manager.")
    return " ".join(sentences)


def subtitle(scene: Scene) -> str:
    """The architecture in a sentence, without its period."""
    machines = _count(sum(len(zone.workstations) for zone in scene.zones), "workstation")
    zones = _count(len(scene.zones), "Availability Zone")
    way_in = "no way in from outside" if scene.inbound == NOTHING_IN else f"inbound rules ({scene.inbound})"
    return f"{machines.capitalize()} in private subnets, {zones}: {way_in}, {_way_out(scene)}"


def _way_out(scene: Scene) -> str:
    nats = sum(bool(zone.nat) for zone in scene.zones)
    if nats:
        return f"downloads through {_count(nats, 'NAT gateway')}"
    if scene.regional_nat:
        return "downloads through one regional NAT gateway"
    if scene.is_existing and scene.reaches_anywhere:
        return f"downloads through {ITS_OWN_ROUTES}"
    return "no way to the internet"


def _count(number: int, thing: str) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six")
    return f"{words[number] if number < len(words) else number} {thing}{'' if number == 1 else 's'}"


def _legend(scene: Scene) -> tuple[tuple[Stroke, str], ...]:
    """What each kind of line means, for those that are in the picture."""
    lines = []
    if scene.internet_gateway:
        lines.append((ROUTE, "Default route: private subnet, NAT gateway, internet gateway, internet"))
    way = "an interface endpoint" if scene.session_by_endpoint else "the same way out"
    session = f"Session (TCP 443): the workstation opens it through {way}, the laptop joins it at Systems Manager"
    lines.append((SESSION, session))
    if any(zone.reaches_s3 for zone in scene.zones):
        past = ", past the NAT gateway" if scene.internet_gateway else ""
        lines.append((PRIVATE, f"Amazon S3 through the gateway endpoint: free of charge{past}"))
    inbound = "no inbound rule" if scene.inbound == NOTHING_IN else scene.inbound
    lines.append((Stroke(RED, "6 4", 1.5), f"Security group of the workstations: {inbound}"))
    return tuple(lines)


def _draw_legend(pen: Pen, layout: Layout, legend: tuple[tuple[Stroke, str], ...]) -> None:
    for index, (stroke, meaning) in enumerate(legend):
        y = layout.legend_y + index * LEGEND_LINE
        left = layout.region.x
        if stroke.colour == RED:
            pen.box(Box(left, y - 9, 48, 18), stroke=RED, dashes=stroke.dashes, corner=3)
        else:
            pen.line(((left, y), (left + 48, y)), stroke)
        pen.words(meaning, left + 64, y + 5, size=14, colour=INK)
