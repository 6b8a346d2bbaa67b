"""What no single setting of the network shows: a block that does not fit, settings that exclude each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError

from generator.cidr import DOCKER_BRIDGE, LONGEST_PREFIX, PRIVATE_RANGES, SHORTEST_PREFIX
from generator.findings import Finding
from generator.network_config import OWN_WAYS_OUT, WAYS_OUT_THERE, NetworkConfig
from generator.settings import show

ONLY_WITH = {
    "cidr": ("vpc", "new"),
    "ipam_pool_id": ("vpc", "ipam"),
    "netmask_length": ("vpc", "ipam"),
    "vpc_id": ("vpc", "existing"),
    "subnet_ids": ("vpc", "existing"),
    "s3_endpoint": ("vpc", "existing"),
    "nat_addresses": ("nat", "regional"),
}
"""Settings that mean something only beside one value of another; elsewhere they would be ignored in silence."""

DOCKER_HINT = "containers on a workstation could not reach that part of the VPC: take another block of 172.16.0.0/12"


def network_findings(config: NetworkConfig, given: Collection[str]) -> Iterator[Finding]:
    """Findings about a network whose single settings are all right; `given` are those that are not left out."""
    if config.vpc == "new":
        yield from _cidr(config.cidr)
    yield from _out_of_place(config, given)
    yield from _ways_out(config)
    if config.subnet_ids and len(config.subnet_ids) != config.zones:
        hint = f"network.zones is {config.zones}"
        want = f"{config.zones}, one for each zone"
        yield Finding("network.subnet_ids", f"{len(config.subnet_ids)} of them", want, hint)


def _out_of_place(config: NetworkConfig, given: Collection[str]) -> Iterator[Finding]:
    for key, (other, wanted) in ONLY_WITH.items():
        actual = getattr(config, other)
        if key in given and actual != wanted:
            value = getattr(config, key)
            got = ", ".join(value) if isinstance(value, tuple) else show(value)
            hint = f"it is for network.{other} = {show(wanted)}, which is {show(actual)}"
            yield Finding(f"network.{key}", got, "it left out", hint)


def _ways_out(config: NetworkConfig) -> Iterator[Finding]:
    possible = OWN_WAYS_OUT if config.is_ours else WAYS_OUT_THERE
    if config.nat not in possible:
        hint = 'that is for a VPC that is there, network.vpc = "existing"'
        if not config.is_ours:
            hint = "nothing is added to the routes of a VPC that is there"
        yield Finding("network.nat", show(config.nat), "one of " + ", ".join(map(show, possible)), hint)


def _cidr(text: str) -> Iterator[Finding]:
    key, got = "network.cidr", show(text)
    try:
        block = IPv4Network(text, strict=False)
    except (AddressValueError, NetmaskValueError):
        yield Finding(key, got, "an IPv4 block", "four numbers up to 255, a slash, a prefix up to 32")
        return
    if block.with_prefixlen != text:
        want = "the block's first address" if text.count(".") == 3 else "an IPv4 block"
        yield Finding(key, got, want, f"the block that holds it is {block}")
    if not SHORTEST_PREFIX <= block.prefixlen <= LONGEST_PREFIX:
        want = f"a prefix from /{SHORTEST_PREFIX} to /{LONGEST_PREFIX}"
        yield Finding(
            key, got, want, f"a /{block.prefixlen} has {block.num_addresses:,} addresses; /20 is a good start"
        )
    if not any(block.subnet_of(private) for private in PRIVATE_RANGES):
        yield Finding(key, got, "a block in " + ", ".join(str(private) for private in PRIVATE_RANGES))
    elif block.overlaps(DOCKER_BRIDGE):
        yield Finding(key, got, f"a block outside Docker's {DOCKER_BRIDGE}", DOCKER_HINT)
