"""Networks broken mechanically: one change each, by rule, drawn with a seed from the intents they are to test.

Nobody chose them with an intent in mind, and a changed intent draws new ones.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from analysis.reach.intents import INTENTS_FILE
from tests.netlab.scenes import ENDPOINTS, Scene, scene

MODES = ("per-zone", "single", "none")
PROTOCOLS = ("tcp", "udp", "-1")
BLOCKS = ("0.0.0.0/0", "10.0.0.0/8", "10.38.8.0/23", "127.0.0.1/32", "192.0.2.0/24", "198.51.100.0/24")
"""Everybody; wider than the VPC; a private subnet; nobody; S3; some of the internet."""

BLOCK_KEYS = ("CidrIp", "DestinationCidrBlock", "CidrBlock")
FLAGS = ("AssociatePublicIpAddress", "MapPublicIpOnLaunch")
ACTIONS = {"allow": "deny", "deny": "allow"}

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Mutant:
    """One change to one of the bases."""

    base: str
    title: str
    scene: Scene


def seed() -> str:
    """Of the draw: it changes whenever the intents do."""
    return hashlib.sha256(INTENTS_FILE.read_bytes()).hexdigest()


def bases() -> dict[str, Scene]:
    """What is broken: three modes, with endpoints of their own."""
    return {mode: scene(mode, endpoints=ENDPOINTS) for mode in MODES}


def mutants() -> Iterator[Mutant]:
    """All of them."""
    for name, base in bases().items():
        draw = random.Random(f"{seed()} {name}")  # noqa: S311 - a draw that anybody can repeat
        for title, change in _changes(base, draw):
            broken = base.copy()
            change(broken)
            yield Mutant(name, title, broken)


Changes = Iterator[tuple[str, Callable[[Scene], None]]]


def _changes(base: Scene, draw: random.Random) -> Changes:
    for file, template in base.templates.items():
        for name in template["Resources"]:
            yield f"delete {name}", _deletes(file, name)
        for path, value in _walk(template):
            where = ".".join(str(step) for step in path[1:] if step not in ("Properties", "Value"))
            for new in _others(template, path, value, draw):
                yield f"{where}: {_short(value)} becomes {_short(new)}", _sets(file, path, new)


def _deletes(file: str, name: str) -> Callable[[Scene], None]:
    """Takes a resource away, and with it what only waits for it; what refers to it is left to dangle."""

    def change(scene: Scene) -> None:
        resources = scene.templates[file]["Resources"]
        del resources[name]
        for other in resources.values():
            if other.get("DependsOn") == name:
                del other["DependsOn"]

    return change


def _sets(file: str, path: Path, new: Any) -> Callable[[Scene], None]:
    def change(scene: Scene) -> None:
        place: Any = scene.templates[file]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = new

    return change


def _walk(template: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Every value in the network's resources, and in the outputs that are handed to the workstations."""
    for name, resource in template["Resources"].items():
        if resource["Type"].startswith("AWS::EC2::"):
            yield from _values(("Resources", name, "Properties"), resource.get("Properties", {}))
    for name, output in template["Outputs"].items():
        yield from _values(("Outputs", name, "Value"), output["Value"])


def _values(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if key not in ("Tags", "UserData"):
            yield from _values((*path, key), item)


def _others(template: dict[str, Any], path: Path, value: Any, draw: random.Random) -> Iterator[Any]:
    """What a value becomes: another of its kind, drawn; nothing for what is neither reference nor setting."""
    key = path[-1]
    if isinstance(value, dict) and len(value) == 1:
        yield from _references(template, value, draw)
    elif key == "IpProtocol":
        yield draw.choice([other for other in PROTOCOLS if other != value])
    elif key == "RuleAction":
        yield ACTIONS[value]
    elif key in FLAGS:
        yield not value
    elif key in BLOCK_KEYS and isinstance(value, str):
        yield from draw.sample([other for other in BLOCKS if other != value], 3)


def _references(template: dict[str, Any], value: dict[str, Any], draw: random.Random) -> Iterator[Any]:
    """The same reference to another part of the network, or another zone: three where there are more."""
    ((function, argument),) = value.items()
    name = argument if function == "Ref" else argument[0] if function == "Fn::GetAtt" else None
    kinds = {other: item["Type"] for other, item in template["Resources"].items() if "::EC2::" in item["Type"]}
    kinds |= {other: "zone" for other in template["Parameters"] if other.startswith("AvailabilityZoneId")}
    if name not in kinds:
        return
    alike = [other for other, kind in kinds.items() if kind == kinds[name] and other != name]
    for other in draw.sample(alike, min(3, len(alike))):
        yield {function: other if function == "Ref" else [other, *argument[1:]]}


def _short(value: Any) -> str:
    if isinstance(value, dict):
        ((_, argument),) = value.items()
        return argument if isinstance(argument, str) else argument[0]
    return str(value)
