"""Legal configs, as hypothesis strategies and as TOML text."""

from __future__ import annotations

import json
from ipaddress import IPv4Network
from typing import Any

from hypothesis import strategies as st

from generator.checks import PARAVIRTUAL_FAMILIES
from generator.cidr import DOCKER_BRIDGE, PRIVATE_RANGES
from generator.config import architecture
from generator.network_config import ENDPOINT_SERVICES, LOG_RETENTION_DAYS, OWN_WAYS_OUT, WAYS_OUT_THERE

INSTANCE_TYPES = (
    "t3.medium",
    "t4g.large",
    "m7i.xlarge",
    "m7gd.2xlarge",
    "g6.2xlarge",
    "g5g.xlarge",
    "p6e-gb200.36xlarge",
)
NAMES = st.from_regex(r"[a-z]([a-z0-9-]{0,30}[a-z0-9])?", fullmatch=True)
OWNERS = st.from_regex(r"[A-Za-z0-9+=,.@_-]{1,64}", fullmatch=True)
IMAGES = st.one_of(
    st.sampled_from(("standard", "deep-learning")), st.from_regex(r"ami-([0-9a-f]{8}|[0-9a-f]{17})", fullmatch=True)
)


@st.composite
def blocks(draw: st.DrawFn) -> str:
    """A VPC's block, anywhere in the private ranges but on Docker's bridge."""
    prefix = draw(st.integers(16, 24))
    private = draw(st.sampled_from(PRIVATE_RANGES))
    position = draw(st.integers(0, 2 ** (prefix - private.prefixlen) - 1)) if prefix > private.prefixlen else 0
    block = IPv4Network((int(private.network_address) + position * 2 ** (32 - prefix), prefix))
    return "10.38.0.0/20" if block.overlaps(DOCKER_BRIDGE) else str(block)


def identifiers(kind: str) -> st.SearchStrategy[str]:
    return st.from_regex(rf"{kind}-([0-9a-f]{{8}}|[0-9a-f]{{17}})", fullmatch=True)


@st.composite
def places(draw: st.DrawFn, zones: int) -> dict[str, Any]:
    """Where the VPC comes from, and the ways out that such a VPC can have."""
    kind = draw(st.sampled_from(("new", "ipam", "existing")))
    nat = draw(st.sampled_from(WAYS_OUT_THERE if kind == "existing" else OWN_WAYS_OUT))
    subnets = st.lists(identifiers("subnet"), min_size=zones, max_size=zones, unique=True)
    settings = {
        "new": {"cidr": blocks()},
        "ipam": {"ipam_pool_id": identifiers("ipam-pool"), "netmask_length": st.integers(16, 24)},
        "existing": {"vpc_id": identifiers("vpc"), "subnet_ids": subnets, "s3_endpoint": st.booleans()},
    }[kind]
    if nat == "regional":
        settings["nat_addresses"] = st.sampled_from(("fixed", "automatic"))
    return {"vpc": kind, "nat": nat} | {key: draw(values) for key, values in settings.items() if draw(st.booleans())}


@st.composite
def configs(draw: st.DrawFn) -> dict[str, Any]:
    """A legal config as plain data; every setting may be there or left to its default."""
    zones = draw(st.integers(2, 4))
    iops = draw(st.sampled_from((3000, 4000, 16000)))
    names = draw(st.lists(NAMES, max_size=4, unique=True))
    ports = draw(st.lists(st.integers(1, 65535).filter(lambda port: port != 443), max_size=3, unique=True))
    config = {
        "network": {
            **draw(places(zones)),
            "zones": zones,
            "endpoints": draw(st.lists(st.sampled_from(ENDPOINT_SERVICES), unique=True)),
            "egress_tcp_ports": [443, *ports],
            "flow_log": draw(st.sampled_from(("all", "rejected", "off"))),
            "flow_log_retention_days": draw(st.sampled_from(LOG_RETENTION_DAYS)),
            "block_public_access": draw(st.booleans()),
        },
        "encryption": {"key": draw(st.sampled_from(("aws-managed", "customer")))},
        "home_volume": {
            "when_removed": draw(st.sampled_from(("snapshot", "keep"))),
            "iops": iops,
            "throughput_mibps": draw(st.integers(125, min(1000, iops // 4))),
        },
        "machine": {"detailed_monitoring": draw(st.booleans()), "containers": draw(st.booleans())},
        "workstation": [draw(workstations(name, zones, iops)) for name in names],
    }
    return {
        section: config[section] for section in config if draw(st.booleans()) or section in ("network", "workstation")
    }


@st.composite
def workstations(draw: st.DrawFn, name: str, zones: int, iops: int) -> dict[str, Any]:
    image = draw(IMAGES)
    kind = draw(st.sampled_from(INSTANCE_TYPES))
    assert kind.partition(".")[0] not in PARAVIRTUAL_FAMILIES
    alike = [name for name in INSTANCE_TYPES if name != kind and architecture(name) == architecture(kind)]
    return {
        "name": name,
        "owner": draw(OWNERS),
        "instance_type": kind,
        "fallback_instance_types": draw(st.lists(st.sampled_from(alike), max_size=2, unique=True)),
        "operating_system": draw(st.sampled_from(("amazon-linux-2023", "ubuntu-24.04"))),
        "image": image,
        "zone": draw(st.sampled_from("abcd"[:zones])),
        "key_name": draw(st.sampled_from(("", "laptop", "a key 'with' \"quotes\""))),
        "root_volume_gib": draw(st.integers(100 if image == "deep-learning" else 20, 16384)),
        "home_volume_gib": draw(st.integers(-(-iops // 500) if iops > 5000 else 10, 16384)),
    }


def toml(config: dict[str, Any]) -> str:
    """The config as TOML; JSON's strings, numbers, lists and truth values are TOML's too."""
    lines = []
    for section, value in config.items():
        for table in value if isinstance(value, list) else [value]:
            lines.append(f"[[{section}]]" if isinstance(value, list) else f"[{section}]")
            lines += [f"{key} = {json.dumps(item)}" for key, item in table.items()]
    return "\n".join(lines) + "\n"
