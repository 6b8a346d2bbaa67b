"""AWS's rules about networks that moto does not hold; see `stricter.py`."""

from __future__ import annotations

from typing import Any

from localaws.refuse import refuse

INTERFACE_SERVICES = (
    "ec2",
    "ec2messages",
    "ecr.api",
    "ecr.dkr",
    "kms",
    "logs",
    "monitoring",
    "s3",
    "sagemaker.api",
    "sagemaker.runtime",
    "secretsmanager",
    "ssm",
    "ssmmessages",
    "sts",
)
"""Endpoint services that exist in every region, as far as our templates know them."""


def check_nat_gateway(ec2: Any, subnet_id: str, connectivity_type: str) -> None:
    vpc_id = ec2.get_subnet(subnet_id).vpc_id
    if connectivity_type != "private" and not _internet_gateways(ec2, vpc_id):
        refuse("Gateway.NotAttached", f"Network {vpc_id} has no Internet gateway attached")


def check_endpoint(
    ec2: Any,
    vpc_id: str,
    service_name: str,
    endpoint_type: str,
    private_dns_enabled: bool,  # noqa: FBT001
    route_table_ids: list[str],
) -> None:
    prefix = f"com.amazonaws.{ec2.region_name}."
    service = service_name.removeprefix(prefix)
    if not service_name.startswith(prefix) or (service not in INTERFACE_SERVICES and service != "dynamodb"):
        refuse("InvalidServiceName", f"The Vpc Endpoint Service '{service_name}' does not exist")
    vpc = ec2.get_vpc(vpc_id)
    settings = [str(vpc.enable_dns_support).lower(), str(vpc.enable_dns_hostnames).lower()]
    if private_dns_enabled and settings != ["true", "true"]:
        refuse(
            "InvalidParameter",
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true "
            f"for {vpc_id}",
        )
    if endpoint_type == "Interface" and private_dns_enabled:
        _check_no_twin(ec2, vpc, service_name)
    _check_free_tables(ec2, vpc_id, service_name, route_table_ids)


def _check_no_twin(ec2: Any, vpc: Any, service_name: str) -> None:
    """One name in one VPC leads to one endpoint."""
    same = [item for item in _endpoints(ec2, vpc.id) if item.service_name == service_name and item.private_dns_enabled]
    if same:
        service = service_name.rpartition(f"{ec2.region_name}.")[2]
        refuse(
            "InvalidParameter",
            "private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
            f"{service}.{ec2.region_name}.amazonaws.com in the VPC {vpc.id}",
        )


def _check_free_tables(ec2: Any, vpc_id: str, service_name: str, route_table_ids: list[str]) -> None:
    """A route table leads to one gateway endpoint of a service; and it is one of the VPC's."""
    for table in route_table_ids or ():
        if ec2.get_route_table(table).vpc_id != vpc_id:
            refuse("InvalidParameter", f"Route table {table} does not belong to network {vpc_id}")
        for item in _endpoints(ec2, vpc_id):
            if item.service_name == service_name and table in (item.route_table_ids or ()):
                prefixes = item.destination_prefix_list_id
                refuse(
                    "RouteAlreadyExists",
                    f"route table {table} already has a route with destination-prefix-list-id {prefixes}",
                )


def _endpoints(ec2: Any, vpc_id: str) -> list[Any]:
    return [item for item in ec2.vpc_end_points.values() if item.vpc_id == vpc_id and item.state != "deleted"]


def check_delete_subnet(ec2: Any, subnet_id: str) -> None:
    if [item for item in ec2.enis.values() if item.subnet and item.subnet.id == subnet_id] or [
        item for item in ec2.nat_gateways.values() if item.subnet_id == subnet_id and item.state != "deleted"
    ]:
        refuse("DependencyViolation", f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")


def check_delete_vpc(ec2: Any, vpc_id: str) -> None:
    subnets = [item for zone in ec2.subnets.values() for item in zone.values() if item.vpc_id == vpc_id]
    groups = [item for item in ec2.groups.get(vpc_id, {}).values() if item.name != "default"]
    nat = [item for item in ec2.nat_gateways.values() if item.vpc_id == vpc_id and item.state != "deleted"]
    if subnets or groups or _endpoints(ec2, vpc_id) or nat or _internet_gateways(ec2, vpc_id):
        refuse("DependencyViolation", f"The vpc '{vpc_id}' has dependencies and cannot be deleted.")


def check_delete_security_group(ec2: Any, group_id: str) -> None:
    used = [item for item in ec2.enis.values() if group_id in [group.id for group in item.group_set]]
    used += [
        item for item in ec2.vpc_end_points.values() if group_id in item.security_group_ids and item.state != "deleted"
    ]
    if used:
        refuse("DependencyViolation", f"resource {group_id} has a dependent object")


def check_detach_internet_gateway(ec2: Any, vpc_id: str) -> None:
    gateways = [item for item in ec2.nat_gateways.values() if item.vpc_id == vpc_id and item.state != "deleted"]
    if any(item.connectivity_type != "private" for item in gateways):
        refuse(
            "DependencyViolation",
            f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) before "
            "detaching the gateway.",
        )


def _internet_gateways(ec2: Any, vpc_id: str) -> list[Any]:
    return [item for item in ec2.internet_gateways.values() if getattr(item.vpc, "id", None) == vpc_id]
