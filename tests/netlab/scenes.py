"""Networks to build: configs of each kind through the real generator, and broken copies of what it wrote."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from analysis.network import Network, join, read, with_probes
from analysis.reach.cases import Build, build_all
from analysis.reach.intents import Mode
from analysis.reach.promise import Promise, promised
from analysis.resolve import load
from generator.files import ConfigError, planned_files
from netlab.subject import Subject

TWO_WORKSTATIONS = """
[[workstation]]
name = "ada"
instance_type = "m7i.xlarge"
home_volume_gib = 100

[[workstation]]
name = "grace"
zone = "b"
instance_type = "m7i.xlarge"
home_volume_gib = 100
"""

ENDPOINTS = ("ec2", "ssm", "ssmmessages")


@dataclass(frozen=True)
class Scene:
    """What the generator wrote for one config, to be broken at will."""

    stacks: Mapping[str, Any]
    templates: Mapping[str, dict[str, Any]]

    @property
    def environment(self) -> dict[str, Any]:
        """Resources of the environment's template."""
        return self.templates["environment.yaml"]["Resources"]

    @property
    def workstation(self) -> dict[str, Any]:
        return self.templates["workstation.yaml"]["Resources"]

    def copy(self) -> Scene:
        return copy.deepcopy(self)

    def network(self) -> Network:
        return with_probes(read(join(self.stacks, self.templates)))

    def promise(self) -> Promise:
        resolved = join(self.stacks, self.templates)
        return promised(resolved, read(resolved))

    def subject(self, title: str) -> Subject:
        return Subject(title, self.network(), self.promise())

    def builds(self, promise: Promise | None = None) -> tuple[Build, ...]:
        """Its builds, held to another's promise where this one is a broken copy."""
        return build_all(self.network(), promise or self.promise())


def scene(nat: str, *, endpoints: tuple[str, ...] = (), zones: int = 2) -> Scene:
    """Two workstations in two zones, in one NAT mode."""
    network = f'[network]\ncidr = "10.38.0.0/20"\nzones = {zones}\nnat = "{nat}"\nendpoints = {json.dumps(endpoints)}\n'
    files = planned_files({"default.toml": network + TWO_WORKSTATIONS}, everything=False)
    texts = {path.rpartition("/")[2]: text for path, text in files.items()}
    stacks = json.loads(texts.pop("stacks.json"))
    return Scene(stacks, {name: load(text) for name, text in texts.items()})


def modes() -> tuple[str, ...]:
    """The NAT modes that this generator knows."""

    def is_known(mode: str) -> bool:
        try:
            return bool(scene(mode))
        except ConfigError:
            return False

    return tuple(mode for mode in get_args(Mode) if is_known(mode))


def write(broken: Scene, directory: Path) -> Path:
    """The scene's files, as `python -m netlab DIRECTORY` reads them."""
    (directory / "stacks.json").write_text(json.dumps(broken.stacks))
    for name, template in broken.templates.items():
        (directory / name).write_text(json.dumps(template))
    return directory


def open_to_everybody(whole: Scene, *, port: int = 22) -> Scene:
    """The workstations' group lets the whole internet in on one port."""
    broken = whole.copy()
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": "0.0.0.0/0"}
    broken.environment["WorkstationSecurityGroup"]["Properties"]["SecurityGroupIngress"] = [rule]
    return broken
