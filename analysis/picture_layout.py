"""Where everything is: whole pixels, worked out from counts alone, so that the picture is the same everywhere."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.picture_scene import Scene, Zone

CARD_WIDTH, CARD_HEIGHT = 224, 130
"""One workstation: its machine and its home volume."""
GAP = 16
MOST_CARDS = 6
"""Cards in one zone; the last one says how many more there are."""
GROUP_HEADER = 32
SUBNET_HEADER = 58
SUBNET_WIDTH = 384
"""The least: a header, a NAT gateway and its label stand side by side."""
PUBLIC_HEIGHT = 148
GUTTER = 62
"""Between the public and the private subnet: room for two lines."""
ENDPOINT_LINES = 18
MARGIN = 36
LEFT = MARGIN + 24
REGION_TOP = 208
VPC_BELOW_REGION = 92
REGION_TOP_ALONE = 124
"""Where the region and its VPC begin when there is no internet above them."""
VPC_BELOW_REGION_ALONE = 46
REGIONAL_NAT = 196
"""Between the top of the VPC and its zones, where a NAT gateway stands between them and the internet gateway."""
SERVICE_STEP = 128
SERVICE_WIDTH = 232
LEGEND_LINE = 30


@dataclass(frozen=True)
class Box:
    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


@dataclass(frozen=True)
class ZonePlace:
    """The boxes of one zone; `side` is -1 left of the internet gateway, 1 right of it."""

    zone: Zone
    side: int
    box: Box
    public: Box
    private: Box
    group: Box
    cards: tuple[Box, ...]
    endpoints: Box
    nat_x: int

    @property
    def route_x(self) -> int:
        return self.nat_x - 8 * self.side

    @property
    def session_x(self) -> int:
        return self.nat_x + 8 * self.side


@dataclass(frozen=True)
class Layout:
    width: int
    height: int
    region: Box
    vpc: Box
    zones: tuple[ZonePlace, ...]
    gateway_x: int
    nat_y: int
    """The middle of a regional NAT gateway."""
    service_x: int
    services: tuple[tuple[str, int], ...]
    """Service to the middle of its icon, from the top."""
    laptop_x: int
    s3_y: int
    """The line that the gateway endpoint stands on."""
    session_y: int
    """The line that sessions take from the interface endpoints."""
    legend_y: int

    def service_y(self, name: str) -> int:
        return dict(self.services)[name]


def lay_out(scene: Scene, *, legend_lines: int) -> Layout:
    """Boxes in boxes: zones side by side, public above private, services in a column at the right."""
    online = scene.internet_gateway
    region_top = REGION_TOP if online else REGION_TOP_ALONE
    vpc_top = region_top + (VPC_BELOW_REGION if online else VPC_BELOW_REGION_ALONE)
    columns = max(1, min(2, max((len(zone.workstations) for zone in scene.zones), default=1)))
    rows = max(_rows(zone, columns) for zone in scene.zones)
    subnet_width = max(SUBNET_WIDTH, columns * CARD_WIDTH + (columns - 1) * GAP + 2 * GAP + 40)
    services_lines = max(_service_lines(zone, subnet_width) for zone in scene.zones)
    endpoint_height = 54 + ENDPOINT_LINES * services_lines if services_lines else 0
    private_height = SUBNET_HEADER + _group_height(rows) + 20 + (endpoint_height + 30 if endpoint_height else 0)
    has_public = any(zone.public for zone in scene.zones)
    zone_height = 44 + (PUBLIC_HEIGHT + GUTTER if has_public else 0) + private_height + 20
    zone_top = vpc_top + (REGIONAL_NAT if scene.regional_nat else 98 if has_public else 60)
    zone_width = subnet_width + 40
    vpc_left = LEFT + 28
    vpc_width = 28 + len(scene.zones) * (zone_width + 28)
    names = _services(scene)
    lanes = 104 if scene.session_by_endpoint else 70
    vpc_height = max(zone_top - vpc_top + zone_height + lanes, SERVICE_STEP * len(names) + 40)
    vpc = Box(vpc_left, vpc_top, vpc_width, vpc_height)
    gateway_x = vpc.middle
    zones = tuple(
        _place(
            zone,
            Box(vpc_left + 28 + index * (zone_width + 28), zone_top, zone_width, vpc.bottom - lanes - zone_top),
            gateway_x,
            columns,
            _group_height(_rows(zone, columns)) if zone.workstations else 0,
            endpoint_height,
            has_public=has_public,
        )
        for index, zone in enumerate(scene.zones)
    )
    region = Box(LEFT, region_top, 28 + vpc_width + SERVICE_WIDTH, vpc_top - region_top + vpc_height + 28)
    legend_y = region.bottom + 40
    return Layout(
        width=region.right + 210 + MARGIN,
        height=legend_y + legend_lines * LEGEND_LINE + MARGIN,
        region=region,
        vpc=vpc,
        zones=zones,
        gateway_x=gateway_x,
        nat_y=vpc_top + 98,
        service_x=vpc.right + SERVICE_WIDTH // 2 + 14,
        services=_service_places(names, vpc, lanes, scene),
        laptop_x=region.right + 118,
        s3_y=vpc.bottom - 46,
        session_y=vpc.bottom - 46 - 36,
        legend_y=legend_y,
    )


def shown_cards(zone: Zone) -> int:
    return min(len(zone.workstations), MOST_CARDS)


def wrapped(words: tuple[str, ...], width: int) -> tuple[str, ...]:
    """`words` with commas, in lines of at most `width` characters where a word allows it."""
    lines: list[str] = []
    for index, word in enumerate(words):
        text = word if index == len(words) - 1 else f"{word},"
        if lines and len(lines[-1]) + 1 + len(text) <= width:
            lines[-1] += f" {text}"
        else:
            lines.append(text)
    return tuple(lines)


def endpoint_characters(width: int) -> int:
    """How many characters of a list of services fit beside the icon, in a subnet of this width."""
    return (width - 130) // 7


def _rows(zone: Zone, columns: int) -> int:
    return max(1, math.ceil(shown_cards(zone) / columns))


def _group_height(rows: int) -> int:
    return GROUP_HEADER + rows * (CARD_HEIGHT + GAP)


def _service_lines(zone: Zone, width: int) -> int:
    return len(wrapped(zone.endpoints, endpoint_characters(width)))


def _services(scene: Scene) -> tuple[str, ...]:
    """The services in the column at the right, from top to bottom; S3 is last, on the line of its endpoint."""
    optional = (("logs", scene.has_flow_log), ("key", scene.has_key), ("role", scene.has_role))
    middle = tuple(name for name, there in optional if there)
    last = ("s3",) if any(zone.reaches_s3 for zone in scene.zones) else ()
    manager = ("systems-manager",)
    return (*middle, *manager, *last) if scene.session_by_endpoint else (*manager, *middle, *last)


def _service_places(names: tuple[str, ...], vpc: Box, lanes: int, scene: Scene) -> tuple[tuple[str, int], ...]:
    """From the top, but for those that a line from below ends at."""
    bottom = vpc.bottom - 46
    places = {name: vpc.y + 56 + index * SERVICE_STEP for index, name in enumerate(names)}
    if "s3" in places:
        places["s3"] = bottom
    if scene.session_by_endpoint:
        places["systems-manager"] = bottom - lanes - 30
    return tuple(places.items())


def _place(
    zone: Zone, box: Box, gateway_x: int, columns: int, group_height: int, endpoint_height: int, *, has_public: bool
) -> ZonePlace:
    width = box.width - 40
    public = Box(box.x + 20, box.y + 44, width, PUBLIC_HEIGHT if has_public else 0)
    private_top = public.bottom + (GUTTER if has_public else 0)
    private = Box(box.x + 20, private_top, width, box.bottom - 20 - private_top)
    group = Box(private.x + 20, private.y + SUBNET_HEADER, width - 40, group_height)
    endpoints = Box(private.x + 20, private.bottom - 20 - endpoint_height, width - 40, endpoint_height)
    cards = tuple(_card(group, index, shown_cards(zone), columns) for index in range(shown_cards(zone)))
    side = -1 if box.middle <= gateway_x else 1
    return ZonePlace(zone, side, box, public, private, group, cards, endpoints, private.right - 144)


def _card(group: Box, index: int, count: int, columns: int) -> Box:
    """Rows of cards, each row in the middle."""
    row, column = divmod(index, columns)
    in_row = min(columns, count - row * columns)
    row_width = in_row * CARD_WIDTH + (in_row - 1) * GAP
    x = group.x + (group.width - row_width) // 2 + column * (CARD_WIDTH + GAP)
    return Box(x, group.y + GROUP_HEADER + row * (CARD_HEIGHT + GAP), CARD_WIDTH, CARD_HEIGHT)
