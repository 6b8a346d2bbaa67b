"""A network, ready for questions: who has which address, which table and ACL a subnet has, which way is longest."""

from __future__ import annotations

from analysis.network.model import Acl, Address, Interface, Network, Route, SecurityGroup, Subnet


class Index:
    """Look-ups over one network. Addresses are unique, so each has one owner at most."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.interfaces: dict[str, Interface] = {item.name: item for item in network.interfaces}
        self.subnets: dict[str, Subnet] = {item.name: item for item in network.subnets}
        self.acls: dict[str, Acl] = {item.name: item for item in network.acls}
        self.groups: dict[str, SecurityGroup] = {item.name: item for item in network.security_groups}
        self.private: dict[Address, Interface] = {
            address: item for item in network.interfaces for address in item.addresses
        }
        self.public: dict[Address, Interface] = {
            item.public_address: item for item in network.interfaces if item.public_address
        }
        self.members: dict[str, frozenset[Address]] = {
            name: frozenset(
                address for item in network.interfaces if name in item.security_groups for address in item.addresses
            )
            for name in self.groups
        }
        self.blocks = tuple(block for vpc in network.vpcs for block in vpc.blocks)
        self.has_internet = any(item.vpc is not None and not item.egress_only for item in network.gateways)
        self._routes = {
            table.name: sorted(
                ((block, route) for route in table.routes for block in route.destinations),
                key=lambda pair: -pair[0].prefixlen,
            )
            for table in network.route_tables
        }
        self._found: dict[tuple[str, Address], Route | None] = {}

    def subnet(self, interface: Interface) -> Subnet:
        return self.subnets[interface.subnet]

    def is_inside(self, address: Address) -> bool:
        """Whether the address belongs to the VPC's blocks."""
        return any(address in block for block in self.blocks)

    def route(self, table: str, destination: Address) -> Route | None:
        """The route with the longest prefix, or None."""
        key = (table, destination)
        if key not in self._found:
            self._found[key] = next((route for block, route in self._routes[table] if destination in block), None)
        return self._found[key]
