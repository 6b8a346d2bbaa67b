"""What no single setting shows: blocks that overlap, names used twice, sizes that do not fit each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from generator.config import Config, WorkstationConfig, architecture
from generator.contract import ZONE_LETTERS
from generator.findings import Finding
from generator.network_checks import network_findings
from generator.settings import show

IOPS_PER_GIB = 500  # https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html#gp3-ebs-volume-type
IOPS_PER_MIBPS = 4  # the same page: at most 0.25 MiB/s of throughput for each IOPS
DEEP_LEARNING_ROOT_GIB = 100  # AWS's Deep Learning base images fill 75 GiB snapshots

PARAVIRTUAL_FAMILIES = ("c1", "m1", "m2", "m3", "t1", "c3", "hi1", "hs1")
"""https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/virtualization_types.html; no current image boots on them."""


def check(config: Config, given: Collection[str] = ()) -> Iterator[Finding]:
    """Findings about a config whose single settings are all right; `given` are the keys of [network] that it sets."""
    yield from network_findings(config.network, given)
    yield from _ports(config)
    yield from _volume_performance(config)
    yield from _names(config.workstations)
    for index, workstation in enumerate(config.workstations):
        yield from _workstation(config, workstation, f"workstation[{index}]")


def _ports(config: Config) -> Iterator[Finding]:
    if config.network.nat != "none" and 443 not in config.network.egress_tcp_ports:
        got = ", ".join(map(str, config.network.egress_tcp_ports)) or "an empty list"
        yield Finding("network.egress_tcp_ports", got, "443 among them", "Session Manager needs it")


def _volume_performance(config: Config) -> Iterator[Finding]:
    most = config.home_volume.iops // IOPS_PER_MIBPS
    if config.home_volume.throughput_mibps > most:
        hint = f"for this throughput set home_volume.iops to {config.home_volume.throughput_mibps * IOPS_PER_MIBPS}"
        yield Finding(
            "home_volume.throughput_mibps",
            str(config.home_volume.throughput_mibps),
            f"at most a quarter of home_volume.iops, {most}",
            hint,
        )


def _names(workstations: tuple[WorkstationConfig, ...]) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for index, workstation in enumerate(workstations):
        if workstation.name in first:
            hint = f"workstation[{first[workstation.name]}] has it already"
            yield Finding(f"workstation[{index}].name", show(workstation.name), "a name used once", hint)
        first.setdefault(workstation.name, index)


def _workstation(config: Config, workstation: WorkstationConfig, key: str) -> Iterator[Finding]:
    zones = ZONE_LETTERS[: config.network.zones]
    if workstation.zone.upper() not in zones:
        want = "one of " + ", ".join(show(zone.lower()) for zone in zones)
        yield Finding(f"{key}.zone", show(workstation.zone), want, f"network.zones is {config.network.zones}")
    yield from _type(workstation.instance_type, f"{key}.instance_type")
    for fallback in workstation.fallback_instance_types:
        yield from _fallback(workstation, fallback, f"{key}.fallback_instance_types")
    if workstation.image == "deep-learning" and workstation.root_volume_gib < DEEP_LEARNING_ROOT_GIB:
        want = f"at least {DEEP_LEARNING_ROOT_GIB} for a Deep Learning AMI"
        yield Finding(f"{key}.root_volume_gib", str(workstation.root_volume_gib), want)
    if config.home_volume.iops > IOPS_PER_GIB * workstation.home_volume_gib:
        least = -(-config.home_volume.iops // IOPS_PER_GIB)
        want = f"at least {least}, since gp3 gives {IOPS_PER_GIB} IOPS for each GiB"
        yield Finding(f"{key}.home_volume_gib", str(workstation.home_volume_gib), want)


def _type(name: str, key: str) -> Iterator[Finding]:
    if name.partition(".")[0] in PARAVIRTUAL_FAMILIES:
        yield Finding(key, show(name), "a current type", 'such as "m7i.xlarge"')
    if name.startswith("mac"):
        yield Finding(key, show(name), "a type that runs Linux")


def _fallback(workstation: WorkstationConfig, name: str, key: str) -> Iterator[Finding]:
    """Another architecture would need another image, and a machine does not change its image."""
    yield from _type(name, key)
    if name == workstation.instance_type:
        yield Finding(key, show(name), "other types than instance_type", "leave it out: it is tried first anyway")
    elif architecture(name) != workstation.architecture:
        want = f"types for {workstation.architecture}, as instance_type is"
        yield Finding(key, show(name), want, f"this one is for {architecture(name)}, where its image does not start")
