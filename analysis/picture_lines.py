"""The lines: default routes, sessions, and the way to S3; no two of them lie on each other."""

from __future__ import annotations

from analysis.picture_layout import Layout, ZonePlace
from analysis.picture_pen import PRIVATE, ROUTE, SESSION, Pen
from analysis.picture_scene import Scene


def draw_lines(pen: Pen, scene: Scene, layout: Layout) -> None:
    """Every line of the picture, from the middle of the boxes outwards."""
    if any(zone.reaches_s3 for zone in scene.zones):
        _to_s3(pen, layout)
    if scene.session_by_endpoint:
        _sessions_by_endpoint(pen, layout)
    for place in layout.zones:
        _to_nat(pen, layout, place, with_session=not scene.session_by_endpoint)
    if scene.regional_nat:
        _by_regional_nat(pen, layout, with_session=not scene.session_by_endpoint)
    if scene.internet_gateway:
        _to_internet(pen, layout, with_session=not scene.session_by_endpoint)
    laptop_y = layout.service_y("systems-manager")
    pen.line(((layout.laptop_x - 40, laptop_y), (layout.service_x + 34, laptop_y)), SESSION)
    middle = (layout.region.right + layout.laptop_x - 40) // 2
    pen.words("443", middle - 2, laptop_y - 9, size=12, bold=True, anchor="middle", halo=True)


def _to_nat(pen: Pen, layout: Layout, place: ZonePlace, *, with_session: bool) -> None:
    """From a private subnet, and from its workstations, up to the NAT gateway of its own or of another zone."""
    way_out = place.zone.private.way_out if place.zone.private else ""
    there = next((other for other in layout.zones if other.zone.nat == way_out), None) if way_out else None
    if there is None:
        return
    nat_bottom = there.public.y + 88 + 30
    if there is place:
        pen.line(((place.route_x, place.private.y), (place.route_x, nat_bottom)), ROUTE)
        if with_session and place.cards:
            pen.line(((place.session_x, place.group.y), (place.session_x, nat_bottom)), SESSION)
        return
    lower, upper = place.private.y - 20, place.private.y - 38
    away = 1 if place.box.x > there.box.x else -1
    near_x = there.nat_x + 8 * away
    pen.line(((place.route_x, place.private.y), (place.route_x, lower), (near_x, lower)), ROUTE, arrow=False)
    if with_session and place.cards:
        far_x = there.nat_x + 22 * away
        start = (place.session_x, place.group.y)
        pen.line((start, (place.session_x, upper), (far_x, upper), (far_x, nat_bottom)), SESSION)


def _by_regional_nat(pen: Pen, layout: Layout, *, with_session: bool) -> None:
    """From every private subnet to the NAT gateway above the zones, and from there to the internet gateway."""
    gateway, bottom = layout.gateway_x, layout.nat_y + 30
    for place in layout.zones:
        lower, upper = place.box.y - 16, place.box.y - 32
        pen.line(((place.route_x, place.private.y), (place.route_x, lower), (gateway, lower), (gateway, bottom)), ROUTE)
        if with_session and place.cards:
            enter = gateway + 14 * place.side
            start = (place.session_x, place.group.y)
            pen.line((start, (place.session_x, upper), (enter, upper), (enter, bottom)), SESSION)
    pen.line(((gateway, layout.nat_y - 30), (gateway, layout.vpc.y + 32)), ROUTE)
    if with_session and any(place.cards for place in layout.zones):
        pen.line(((gateway + 14, layout.nat_y - 30), (gateway + 14, layout.vpc.y + 32)), SESSION)


def _to_internet(pen: Pen, layout: Layout, *, with_session: bool) -> None:
    """From each NAT gateway to the internet gateway, and from there out."""
    gateway, bottom = layout.gateway_x, layout.vpc.y + 32
    used = {place.zone.private.way_out for place in layout.zones if place.zone.private and place.cards}
    for place in layout.zones:
        if not place.zone.nat:
            continue
        nat_top = place.public.y + 88 - 30
        lower, upper = place.box.y - 16, place.box.y - 32
        route = ((place.route_x, nat_top), (place.route_x, lower), (gateway, lower), (gateway, bottom))
        pen.line(route, ROUTE)
        if with_session and place.zone.nat in used:
            enter = gateway + 14 * place.side
            session = ((place.session_x, nat_top), (place.session_x, upper), (enter, upper), (enter, bottom))
            pen.line(session, SESSION)
    pen.line(((gateway, layout.vpc.y - 30), (gateway, layout.region.y - 28)), ROUTE)
    if with_session and used:
        out, lane = gateway + 14, layout.vpc.y - 50
        end = layout.service_y("systems-manager") - 32
        pen.line(((out, layout.vpc.y - 26), (out, lane), (layout.service_x, lane), (layout.service_x, end)), SESSION)


def _to_s3(pen: Pen, layout: Layout) -> None:
    """One line under the zones, which every private subnet that has the route joins from above."""
    first, *others = [place for place in layout.zones if place.zone.reaches_s3]
    y, x = layout.s3_y, first.private.x + 40
    pen.line(((x, first.private.bottom), (x, y), (layout.vpc.right - 28, y)), PRIVATE)
    for place in others:
        x = place.private.x + 40
        pen.line(((x, place.private.bottom), (x, y)), PRIVATE, arrow=False)
    pen.line(((layout.vpc.right + 28, y), (layout.service_x - 34, y)), PRIVATE)


def _sessions_by_endpoint(pen: Pen, layout: Layout) -> None:
    """Workstation, endpoint of its zone, and one line from all endpoints to Systems Manager."""
    y, manager_y = layout.session_y, layout.service_y("systems-manager")
    first, *others = [place for place in layout.zones if "ssmmessages" in place.zone.endpoints]
    x, turn = first.private.right - 60, layout.vpc.right + 28
    start = (x, first.endpoints.bottom)
    pen.line((start, (x, y), (turn, y), (turn, manager_y), (layout.service_x - 34, manager_y)), SESSION)
    for place in others:
        x = place.private.right - 60
        pen.line(((x, place.endpoints.bottom), (x, y)), SESSION, arrow=False)
    for place in (first, *others):
        x = place.private.right - 60
        if place.cards:
            pen.line(((x, place.group.bottom), (x, place.endpoints.y)), SESSION)
