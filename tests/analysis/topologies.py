"""Networks by seed: wholly random ones, and ours broken in one or two places; and probes to send through them.

The program and the laboratory must agree about all of them, sensible or not.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from analysis.committed import read_committed
from analysis.network import Network, NotModelledError, join, read, with_probes
from analysis.network.addresses import REGIONAL_RANGE
from analysis.network.builds import open_rules
from analysis.network.probe import INTERNET, S3_ADDRESS, Probe
from analysis.reach.atoms import outside_addresses, port_ranges
from analysis.resolve import Context, TemplateError, resolve
from tests.analysis.random_templates import random_template
from tests.conftest import ROOT

OURS = ("", "minimal", "maximal")
EVERY = 4
"""One topology in so many is one of ours, broken; the one after it lets everything through but by routing."""


def topologies(count: int, *, first_seed: int = 0) -> Iterator[tuple[int, Network]]:
    """(seed, network with its probes); seeds whose template AWS would refuse are passed over."""
    seed = first_seed
    while count:
        network = topology(seed)
        if network is not None:
            count -= 1
            yield seed, network
        seed += 1


def topology(seed: int) -> Network | None:
    """The network of a seed, or None when its template is refused."""
    random = Random(seed)  # noqa: S311
    try:
        if seed % EVERY == 0:
            return with_probes(read(join(*_broken(random))))
        network = with_probes(read(resolve(random_template(random), {}, Context())))
        return open_rules(network) if seed % EVERY == 1 else network
    except (NotModelledError, TemplateError):
        return None


def _broken(random: Random) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """One of our environments with one or two resources deleted, or a reference swapped for another of its type."""
    directory = Path(ROOT, "templates", random.choice(OURS))
    committed = read_committed(directory)
    templates = copy.deepcopy(dict(committed.templates))
    environment = templates[committed.stacks["environment"]["template"]]
    for _ in range(random.randint(1, 2)):
        random.choice((_delete, _swap, _swap, _widen))(random, environment)
    return dict(committed.stacks), templates


def _delete(random: Random, template: dict[str, Any]) -> None:
    kinds = ("Route", "SubnetRouteTableAssociation", "VPCGatewayAttachment", "VPCEndpoint")
    names = [name for name, item in template["Resources"].items() if item["Type"].rpartition("::")[2] in kinds]
    if names:
        name = random.choice(names)
        del template["Resources"][name]
        for item in template["Resources"].values():
            if item.get("DependsOn") == name:
                del item["DependsOn"]


def _swap(random: Random, template: dict[str, Any]) -> None:
    resources = template["Resources"]
    kinds = ("Subnet", "RouteTable", "NatGateway", "SecurityGroup", "InternetGateway")
    places = [
        (properties, key, name)
        for item in resources.values()
        for properties, key, name in _references(item.get("Properties", {}))
        if name in resources and resources[name]["Type"].rpartition("::")[2] in kinds
    ]
    holder, key, name = random.choice(places)
    others = [other for other, item in resources.items() if item["Type"] == resources[name]["Type"] and other != name]
    if key == "NatGatewayId" and "InternetGateway" in resources and random.random() < 0.5:
        holder["GatewayId"] = {"Ref": "InternetGateway"}
        del holder["NatGatewayId"]
    elif others:
        holder[key] = {"Ref": random.choice(others)}


def _references(value: Any) -> Iterator[tuple[Any, Any, str]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if isinstance(item, dict) and set(item) == {"Ref"}:
            yield value, key, item["Ref"]
        else:
            yield from _references(item)


def _widen(random: Random, template: dict[str, Any]) -> None:
    groups = [item["Properties"] for item in template["Resources"].values() if item["Type"].endswith("SecurityGroup")]
    group = random.choice(groups)
    rule = random.choice(
        (
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"},
            {"IpProtocol": "-1", "CidrIp": "10.0.0.0/8"},
            {"IpProtocol": "udp", "FromPort": 8000, "ToPort": 9000, "CidrIp": "198.51.100.0/24"},
        )
    )
    key = random.choice(("SecurityGroupIngress", "SecurityGroupEgress"))
    group[key] = [*group.get(key, ()), rule]


def probes(network: Network, seed: int, count: int) -> tuple[Probe, ...]:
    """Different probes from everywhere to everywhere, truthful and lying; fewer where there are not as many."""
    sampler = _Sampler(network, Random(f"probes {seed}"))  # noqa: S311
    found: dict[Probe, None] = {}
    for _ in range(10 * count):
        if len(found) == count:
            break
        probe = sampler.probe()
        if probe is not None:
            found[probe] = None
    return tuple(found)


class _Sampler:
    def __init__(self, network: Network, random: Random) -> None:
        self.random = random
        self.machines = [item for item in network.interfaces if item.kind in ("instance", "probe")]
        self.outside = [address for address, _ in outside_addresses(network)]
        self.ports = [port for ends in port_ranges(network) for port in ends]
        inside = [address for item in network.interfaces for address in item.addresses]
        public = [item.public_address for item in network.interfaces if item.public_address]
        known = [address for address in (*inside, *public) if address not in REGIONAL_RANGE]
        self.everywhere = [*known, *public, *4 * self.outside, S3_ADDRESS, S3_ADDRESS]

    def probe(self) -> Probe | None:
        """One probe, or None where the dice show one that says nothing: to oneself, or from outside to outside."""
        sender = None if self.random.random() < 0.2 else self.random.choice(self.machines)
        own = self.outside if sender is None else [*sender.addresses, sender.public_address]
        destination = self.random.choice(self.everywhere)
        if destination in own or (sender is None and destination == S3_ADDRESS):
            return None
        sources = own if sender is None else sender.addresses
        claimed = self.random.choice(sources if self.random.random() < 0.9 else self.everywhere)
        if claimed.version != destination.version or claimed == destination:
            return None
        kind = self.random.choice(("syn", "syn", "ack", "datagram", "echo"))
        port = 0 if kind == "echo" else max(1, self.random.choice(self.ports))
        return Probe(sender.name if sender else INTERNET, claimed, destination, kind, port)
