"""Elastic IP addresses and who has them."""

from __future__ import annotations

from ipaddress import IPv4Address

from analysis.network.addresses import PUBLIC_RANGE, RESERVED
from analysis.network.source import RefusedError, Source
from analysis.resolve import Reference, Resource


class Elastic:
    """Who has which Elastic IP address."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.addresses = _addresses(source)
        self.owners: dict[str, str] = {}
        """Name of an instance to its EIP."""
        self.used: set[str] = set()
        source.each("EIP", self._note_instance)
        source.each("EIPAssociation", self._note_association)

    def _note_instance(self, item: Resource) -> None:
        if "InstanceId" in item.properties:
            self._note(self.source.name(item, "InstanceId", "Instance"), item.logical_id)

    def _note_association(self, item: Resource) -> None:
        address = self.source.name(item, "AllocationId", "EIP")
        keys = [key for key in ("InstanceId", "NetworkInterfaceId") if key in item.properties]
        if len(keys) != 1:
            raise RefusedError("wanted one of InstanceId and NetworkInterfaceId")
        self._note(self.source.name(item, keys[0], keys[0].removesuffix("Id")), address)

    def _note(self, owner: str, address: str) -> None:
        if owner in self.owners:
            raise RefusedError(f"{owner} has the address {self.owners[owner]} already")
        self.owners[owner] = address
        self.use(address)

    def use(self, address: str) -> IPv4Address:
        if address in self.used:
            raise RefusedError(f"{address} has an owner already")
        self.used.add(address)
        return self.addresses[address]

    def of(self, *owners: str) -> IPv4Address | None:
        """The address of the instance or interface with one of these names."""
        found = [self.owners[owner] for owner in owners if owner in self.owners]
        return self.addresses[found[0]] if found else None


def _addresses(source: Source) -> dict[str, IPv4Address]:
    """Logical id of each EIP to its address."""
    addresses = {item.logical_id: PUBLIC_RANGE[RESERVED + at] for at, item in enumerate(source.of("EIP"))}
    for name, address in addresses.items():
        source.known[Reference(name)] = source.known[Reference(name, "PublicIp")] = str(address)
    return addresses
