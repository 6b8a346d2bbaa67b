"""Builds the networks of a template, one after the other, from the same cables and hosts."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from types import TracebackType

from analysis.network.model import Interface, Network
from analysis.network.probe import INTERNET
from netlab.gateways import (
    INTERNET_ADDRESSES,
    endpoint_routing,
    every_address_is_own,
    every_port_listens,
    gateway_routing,
    internet_gateway,
    internet_routing,
    internet_rules,
    marked_ways,
    nat_gateway,
)
from netlab.namespace import Namespace
from netlab.packets import FAR, NEAR
from netlab.router import GATEWAY, OWN, filtering, routing
from netlab.wiring import Wiring, wiring_of

EVERYWHERE = {4: "0.0.0.0/0", 6: "::/0"}

SETTINGS = {
    "ipv4/conf/all/rp_filter": "0",
    "ipv4/conf/default/rp_filter": "0",
    "ipv4/tcp_synack_retries": "0",
    "ipv6/conf/default/addr_gen_mode": "1",  # no link-local address: the laboratory gives every address itself
    "ipv6/conf/default/accept_dad": "0",
}
FORWARDS = {"ipv4/ip_forward": "1", "ipv6/conf/all/forwarding": "1"}
OWNS_ALL = {"ipv4/conf/all/accept_local": "1", "ipv4/conf/default/accept_local": "1"}


class Laboratory:
    """Namespaces and cables for a network in several builds; `load` puts one build's rules in place of the last's."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self.wiring: Wiring = wiring_of(networks)
        self.versions = (4, 6) if self.wiring.has_ipv6 else (4,)
        self.namespaces: list[Namespace] = []
        self.loads = 0
        interfaces = {item.name: item for network in networks for item in network.interfaces}
        self.nats = {name: item for name, item in interfaces.items() if item.kind == "nat-gateway"}
        try:
            self._build(interfaces)
        except BaseException:
            self.close()
            raise

    def _build(self, interfaces: Mapping[str, Interface]) -> None:
        wiring = self.wiring
        self.routers = {name: self._namespace(f"router of {name}", FORWARDS) for name in wiring.routers}
        self.boxes = {name: self._namespace(name, FORWARDS if name in self.nats else {}) for name in interfaces}
        self.gateways = {name: self._namespace(name, FORWARDS) for name in wiring.gateways}
        self.endpoints = {pair: self._namespace(pair[1], OWNS_ALL) for pair in wiring.endpoints}
        self.internet = self._namespace(INTERNET, FORWARDS | OWNS_ALL)
        self._lay_cables()
        for name, item in interfaces.items():
            self._start_box(self.boxes[name], item)
        for gateway in self.gateways.values():
            self._ready(gateway, ("vpc", "out"), ())
        for endpoint in self.endpoints.values():
            self._ready(endpoint, ("eth0",), INTERNET_ADDRESSES)
            self._owns_everything(endpoint)
        self._owns_everything(self.internet)
        if wiring.has_ipv6:
            self.internet.ip(marked_ways(wiring), version=6)

    def _namespace(self, name: str, more: Mapping[str, str]) -> Namespace:
        ipv6 = {} if self.wiring.has_ipv6 else {"ipv6/conf/default/disable_ipv6": "1"}
        wanted = {**SETTINGS, **ipv6, **more}
        if not self.wiring.has_ipv6 and not os.path.isdir("/proc/sys/net/ipv6"):  # a kernel without IPv6
            wanted = {setting: value for setting, value in wanted.items() if not setting.startswith("ipv6/")}
        namespace = Namespace(name, settings=wanted)
        self.namespaces.append(namespace)
        return namespace

    def _lay_cables(self) -> None:
        ends = {
            **{number: (self.boxes[name], "eth0") for name, number in self.wiring.interfaces.items()},
            **{number: (self.gateways[name], "vpc") for name, number in self.wiring.gateways.items()},
            **{number: (self.endpoints[pair], "eth0") for pair, number in self.wiring.endpoints.items()},
        }
        for vpc, router in self.routers.items():
            mine = [number for number, owner in self.wiring.router_of.items() if owner == vpc]
            self._plug(router, [(f"l{number}", *ends[number]) for number in mine])
        self._plug(self.internet, [(f"g{n}", self.gateways[name], "out") for name, n in self.wiring.gateways.items()])
        devices = tuple(f"g{number}" for number in self.wiring.gateways.values())
        lines = [f"addr add {INTERNET_ADDRESSES[0]} dev {device}" for device in devices]
        if self.wiring.has_ipv6:
            lines += [f"addr add {INTERNET_ADDRESSES[1]} dev {device} nodad" for device in devices]
        self.internet.ip(tuple(lines))

    def _plug(self, near: Namespace, cables: Sequence[tuple[str, Namespace, str]]) -> None:
        """Cables from one namespace to others: (near device, far namespace, far device)."""
        lines = ["link set lo up"]  # without any local address the kernel takes every next hop for a broadcast
        for device, far, far_device in cables:
            peer = f"peer name {far_device} address {FAR} netns {far.path}"
            lines.append(f"link add name {device} address {NEAR} type veth {peer}")
            lines.append(f"link set {device} up")
            lines += [f"neigh add {GATEWAY[n]} lladdr {FAR} dev {device} nud permanent" for n in self.versions]
        near.ip(tuple(lines))

    def _ready(
        self, far: Namespace, devices: Sequence[str], addresses: Sequence[str], ways: Sequence[str] = ()
    ) -> None:
        """Switch on the far ends, and tell them where the near end is."""
        lines = ["link set lo up"]
        lines += [f"addr add {address} dev {devices[0]}" for address in addresses if ":" not in address]
        for device in (name for name in devices if name != "lo"):
            lines.append(f"link set {device} up")
            lines += [f"neigh add {OWN[n]} lladdr {NEAR} dev {device} nud permanent" for n in self.versions]
        if self.wiring.has_ipv6:
            lines += [f"addr add {address} dev {devices[0]} nodad" for address in addresses if ":" in address]
        far.ip((*lines, *ways))

    def _start_box(self, box: Namespace, item: Interface) -> None:
        addresses = tuple(f"{address}/{address.max_prefixlen}" for address in item.addresses)
        ways = tuple(f"route add {EVERYWHERE[version]} via {OWN[version]} dev eth0 onlink" for version in self.versions)
        self._ready(box, ("eth0",), addresses, ways)
        if item.kind != "nat-gateway":
            box.nft(every_port_listens())

    def _owns_everything(self, namespace: Namespace) -> None:
        for version in self.versions:
            namespace.ip(every_address_is_own(version=version), version=version)
        namespace.nft(every_port_listens())

    def load(self, network: Network) -> None:
        """Routes, checks, ACLs, groups and addresses of this build."""
        self.loads += 1
        for vpc, router in self.routers.items():
            for version in self.versions:
                router.ip(routing(network, self.wiring, vpc, build=self.loads, version=version), version=version)
            router.nft(filtering(network, self.wiring, vpc, build=self.loads))
        for gateway in network.gateways:
            if gateway.vpc:
                self.gateways[gateway.name].nft(internet_gateway(network, gateway, build=self.loads))
        vpc_of = {subnet.name: subnet.vpc for subnet in network.subnets}
        for item in network.interfaces:
            if item.kind == "nat-gateway":
                self.boxes[item.name].nft(nat_gateway(network, item, vpc_of[item.subnet], build=self.loads))
        self._load_routes(network)

    def _load_routes(self, network: Network) -> None:
        for version in self.versions:
            for gateway in network.gateways:
                if gateway.vpc:
                    lines = gateway_routing(network, gateway.vpc, version=version)
                    self.gateways[gateway.name].ip(lines, version=version)
            if self.loads == 1:
                for (vpc, _), endpoint in self.endpoints.items():
                    endpoint.ip(endpoint_routing(network, vpc, version=version), version=version)
            self.internet.ip(internet_routing(network, self.wiring, version=version), version=version)
        self.internet.nft(internet_rules(network, self.wiring))

    def close(self) -> None:
        """Let go of every namespace; the kernel takes them down with their cables."""
        for namespace in self.namespaces:
            namespace.close()
        self.namespaces.clear()

    def __enter__(self) -> Laboratory:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()
