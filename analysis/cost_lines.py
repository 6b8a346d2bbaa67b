"""The lines of the bill that each resource type makes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from analysis.prices import Prices
from analysis.resolve import Resource

ZERO = Decimal(0)
AWS_SERVICE = re.compile(r"^(cn\.)?com\.amazonaws\.[^.]+\.")
"""What stands before the name of a service in that of its endpoint: `com.amazonaws.eu-west-1.`."""


@dataclass(frozen=True)
class Line:
    """One thing that is paid for, in US dollars a month; None where the price is unknown.

    `group` is `network`, `compute`, `storage` or `other`.
    `idle_stop` is with the machine on for 8 hours a working day; `removed` is what stays after the stack is deleted.
    """

    logical_id: str
    group: str
    what: str
    running: Decimal | None
    idle_stop: Decimal | None
    stopped: Decimal | None
    removed: Decimal | None

    @property
    def is_known(self) -> bool:
        return None not in (self.running, self.idle_stop, self.stopped, self.removed)


def resource_lines(resource: Resource, prices: Prices, *, zones: int = 0) -> tuple[Line, ...]:
    """What the resource costs; no line for a type without a standing charge, an unknown line for a type not listed.

    `zones` are those with subnets, which a regional NAT gateway may grow into.
    """
    match resource.type:
        case "AWS::EC2::NatGateway":
            return _nat_gateway(resource, prices, zones)
        case "AWS::EC2::EIP":
            return (_standing(resource, "network", "public IPv4 address", _hours(prices, "public_ipv4_hour")),)
        case "AWS::EC2::VPCEndpoint":
            return (_endpoint(resource, prices),)
        case "AWS::EC2::Instance":
            return _instance(resource, prices)
        case "AWS::EC2::Volume":
            return (_volume(resource, prices),)
        case "AWS::KMS::Key":
            return (_standing(resource, "other", "KMS key", prices.unit["kms_key_month"]),)
        case "AWS::CloudWatch::Alarm":
            return (_standing(resource, "other", "alarm", prices.unit["alarm_month"]),)
        case "AWS::Logs::LogGroup" | "AWS::EC2::FlowLog":
            return ()  # paid by the gigabyte: see cost_notes.py
    if resource.type in prices.free_types:
        return ()
    return (_standing(resource, "other", resource.type, None),)


def _hours(prices: Prices, name: str) -> Decimal:
    return prices.unit[name] * prices.hours_per_month


def _standing(resource: Resource, group: str, what: str, price: Decimal | None) -> Line:
    """A line that costs the same whether machines run or not, and stays only when the resource is retained."""
    stays = resource.deletion_policy in ("Retain", "RetainExceptOnCreate")
    return Line(resource.logical_id, group, what, price, price, price, price if stays else ZERO)


def _nat_gateway(resource: Resource, prices: Prices, zones: int) -> tuple[Line, ...]:
    """A regional one is paid for each zone that it is in: those of its addresses, or at most every zone with subnets.

    AWS takes the addresses of the latter itself, so no other resource stands for them.
    https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
    """
    hour = _hours(prices, "nat_gateway_hour")
    if not is_regional(resource):
        return (_standing(resource, "network", "NAT gateway", hour),)
    if listed := len(resource.properties.get("AvailabilityZoneAddresses", ())):
        what = f"regional NAT gateway in {_count(listed)}"
        return (_standing(resource, "network", what, hour * listed),)
    if not zones:
        return (_standing(resource, "network", "regional NAT gateway", None),)
    address = _hours(prices, "public_ipv4_hour")
    return (
        _standing(resource, "network", f"regional NAT gateway in up to {_count(zones)}", hour * zones),
        _standing(resource, "network", f"its addresses in up to {_count(zones)}", address * zones),
    )


def _count(zones: int) -> str:
    return f"{zones} zone{'' if zones == 1 else 's'}"


def is_regional(resource: Resource) -> bool:
    return resource.properties.get("AvailabilityMode") == "regional"


def _endpoint(resource: Resource, prices: Prices) -> Line:
    service = AWS_SERVICE.sub("", str(resource.properties.get("ServiceName", "")))
    kind = resource.properties.get("VpcEndpointType", "Gateway")
    if kind == "Gateway":
        price = _hours(prices, "gateway_endpoint_hour")
        return _standing(resource, "network", f"gateway endpoint {service}", price)
    if kind != "Interface":
        return _standing(resource, "network", f"{kind} endpoint", None)
    zones = len(resource.properties.get("SubnetIds", ()))
    what = f"interface endpoint {service} in {_count(zones)}"
    return _standing(resource, "network", what, _hours(prices, "interface_endpoint_zone_hour") * zones)


def _instance(resource: Resource, prices: Prices) -> tuple[Line, ...]:
    kind = str(resource.properties.get("InstanceType", "an instance without a type"))
    hour = prices.instance_hour.get(kind)
    running = None if hour is None else hour * prices.hours_per_month
    idle_stop = None if hour is None else hour * prices.idle_stop_hours_per_month
    machine = Line(resource.logical_id, "compute", kind, running, idle_stop, ZERO, ZERO)
    return (machine, *_monitoring(resource, prices), *_public_address(resource, prices), *_disks(resource, prices))


def _monitoring(resource: Resource, prices: Prices) -> tuple[Line, ...]:
    """Detailed monitoring: metrics are paid by the hour in which the machine sends them."""
    if not _is_true(resource.properties.get("Monitoring")):
        return ()
    month = prices.unit["metric_month"] * prices.unit["detailed_monitoring_metrics"]
    idle_stop = month * prices.idle_stop_hours_per_month / prices.hours_per_month
    return (Line(resource.logical_id, "other", "detailed monitoring", month, idle_stop, ZERO, ZERO),)


def _public_address(resource: Resource, prices: Prices) -> tuple[Line, ...]:
    interfaces = resource.properties.get("NetworkInterfaces", ())
    if not any(_is_true(item.get("AssociatePublicIpAddress")) for item in interfaces):
        return ()
    hour = prices.unit["public_ipv4_hour"]
    running, idle_stop = hour * prices.hours_per_month, hour * prices.idle_stop_hours_per_month
    return (Line(resource.logical_id, "network", "public IPv4 address", running, idle_stop, ZERO, ZERO),)


def _disks(resource: Resource, prices: Prices) -> tuple[Line, ...]:
    """The disks that the instance makes itself; without a mapping, the root disk has the size of its image."""
    mappings = [item["Ebs"] for item in resource.properties.get("BlockDeviceMappings", ()) if "Ebs" in item]
    if not mappings:
        return (Line(resource.logical_id, "storage", "root volume of the image's size", None, None, None, ZERO),)
    return tuple(_disk(resource.logical_id, disk, prices) for disk in mappings)


def _disk(logical_id: str, disk: dict[str, Any], prices: Prices) -> Line:
    size = disk.get("VolumeSize")
    price = _volume_month(disk, size, prices)
    stays = "DeleteOnTermination" in disk and not _is_true(disk["DeleteOnTermination"])
    what = f"root volume, {_kind(disk)} {size} GiB"
    return Line(logical_id, "storage", what, price, price, price, price if stays else ZERO)


def _volume(resource: Resource, prices: Prices) -> Line:
    """A volume; when it is removed its snapshot may stay, at most as large as itself."""
    size = resource.properties.get("Size")
    price = _volume_month(resource.properties, size, prices)
    line = _standing(resource, "storage", f"volume, {_kind(resource.properties)} {size} GiB", price)
    if resource.deletion_policy != "Snapshot":
        return line
    gib = _number(size)
    snapshot = None if gib is None else gib * prices.unit["snapshot_gib_month"]
    return Line(line.logical_id, line.group, line.what, price, price, price, snapshot)


def _kind(disk: dict[str, Any]) -> str:
    return str(disk.get("VolumeType", "gp2"))  # what EC2 takes when a template says nothing


def _volume_month(disk: dict[str, Any], size: Any, prices: Prices) -> Decimal | None:
    """US dollars a month of a gp3 volume of `size` GiB; None for another type or an unknown size."""
    unit = prices.unit
    gib = _number(size)
    iops = _number(disk.get("Iops", unit["gp3_iops_free"]))
    throughput = _number(disk.get("Throughput", unit["gp3_throughput_free"]))
    if _kind(disk) != "gp3" or gib is None or iops is None or throughput is None:
        return None
    more_iops = max(ZERO, iops - unit["gp3_iops_free"])
    more_throughput = max(ZERO, throughput - unit["gp3_throughput_free"])
    return (
        gib * unit["gp3_gib_month"]
        + more_iops * unit["gp3_iops_month"]
        + more_throughput * unit["gp3_throughput_mibps_month"]
    )


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"
