"""Rules of AWS that moto does not hold and that our templates can break: checked before moto's own methods.

Each check names the AWS error that it raises; without these, a deploy that AWS refuses would pass here.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult

from localaws.refuse import refuse
from localaws.stacks import ACCOUNT
from localaws.stricter_volumes import check_attach_volume, check_modify_volume, check_volume

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


def install() -> None:
    """Put the checks in front of moto's methods."""
    from moto.ec2.responses import EC2Response

    EC2Response.describe_snapshots = _describe_snapshots
    from moto.ec2.models import EC2Backend

    checks = {
        "attach_volume": check_attach_volume,
        "create_nat_gateway": check_nat_gateway,
        "create_volume": check_volume,
        "create_vpc_endpoint": check_endpoint,
        "delete_security_group": check_delete_security_group,
        "delete_subnet": check_delete_subnet,
        "delete_vpc": check_delete_vpc,
        "detach_internet_gateway": check_detach_internet_gateway,
        "modify_volume": check_modify_volume,
        "run_instances": check_run_instances,
    }
    for name, check in checks.items():
        if not hasattr(getattr(EC2Backend, name), "checked"):
            setattr(EC2Backend, name, _checked(getattr(EC2Backend, name), check))
    afterwards = {"delete_nat_gateway": remove_nat_interface, "terminate_instances": remove_interfaces}
    for name, after in afterwards.items():
        if not hasattr(getattr(EC2Backend, name), "checked"):
            setattr(EC2Backend, name, _then(getattr(EC2Backend, name), after))


def _describe_snapshots(response: Any) -> ActionResult:
    """moto ignores `OwnerIds`, and would show the snapshots of all public images as the account's own."""
    found = response.ec2_backend.describe_snapshots(
        snapshot_ids=response._get_param("SnapshotIds", []), filters=response._filters_from_querystring()
    )
    owners = {ACCOUNT if owner == "self" else owner for owner in response._get_param("OwnerIds", [])}
    shown = [item for item in found if not owners or item.owner_id in owners]
    return ActionResult({"Snapshots": shown})


def _checked(method: Callable[..., Any], check: Callable[..., None]) -> Callable[..., Any]:
    """`method` with `check` in front, which gets those arguments that it names."""
    signature, wanted = inspect.signature(method), tuple(inspect.signature(check).parameters)[1:]

    @functools.wraps(method)
    def checked(ec2: Any, *args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(ec2, *args, **kwargs)
        bound.apply_defaults()
        given = {**bound.arguments, **bound.arguments.get("kwargs", {})}
        check(ec2, **{name: given.get(name) for name in wanted})
        return method(ec2, *args, **kwargs)

    checked.checked = True
    return checked


def _then(method: Callable[..., Any], after: Callable[[Any, Any], None]) -> Callable[..., Any]:
    @functools.wraps(method)
    def followed(ec2: Any, *args: Any, **kwargs: Any) -> Any:
        result = method(ec2, *args, **kwargs)
        after(ec2, *args, **kwargs)
        return result

    followed.checked = True
    return followed


# -- instances -------------------------------------------------------------------------------------------------


def check_run_instances(ec2: Any, image_id: str, instance_type: str, key_name: str) -> None:
    if key_name and key_name not in ec2.key_pairs:
        refuse("InvalidKeyPair.NotFound", f"The key pair '{key_name}' does not exist")
    image, offered = ec2.amis.get(image_id), _architectures(instance_type)
    if image and offered and image.architecture not in offered:
        refuse(
            "InvalidParameterValue",
            f"The architecture '{offered[0]}' of the specified instance type does not match the architecture "
            f"'{image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching "
            "architectures",
        )


def _architectures(instance_type: str) -> tuple[str, ...]:
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    info = INSTANCE_TYPES.get(instance_type, {})
    return tuple(info.get("ProcessorInfo", {}).get("SupportedArchitectures", ()))


def remove_interfaces(ec2: Any, instance_ids: list[str]) -> None:
    """A terminated instance's own interfaces go with it."""
    for instance_id in instance_ids:
        for eni in [item for item in ec2.enis.values() if getattr(item.instance, "id", None) == instance_id]:
            _remove_interface(ec2, eni)


def remove_nat_interface(ec2: Any, nat_gateway_id: str) -> None:
    """A deleted NAT gateway's interface goes with it, and so does its hold on the address."""
    eni = ec2.nat_gateways[nat_gateway_id]._eni
    for address in ec2.addresses:
        if address.eni is eni:
            address.eni = address.instance = None
            address.association_id = None
    _remove_interface(ec2, eni)


def _remove_interface(ec2: Any, eni: Any) -> None:
    if ec2.enis.pop(eni.id, None) and eni.subnet:
        eni.subnet.del_subnet_ip(eni.private_ip_address)


# -- networks --------------------------------------------------------------------------------------------------


def check_nat_gateway(ec2: Any, subnet_id: str, connectivity_type: str) -> None:
    vpc_id = ec2.get_subnet(subnet_id).vpc_id
    if connectivity_type != "private" and not _internet_gateways(ec2, vpc_id):
        refuse("Gateway.NotAttached", f"Network {vpc_id} has no Internet gateway attached")


def check_endpoint(ec2: Any, vpc_id: str, service_name: str, private_dns_enabled: bool) -> None:  # noqa: FBT001
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


def check_delete_subnet(ec2: Any, subnet_id: str) -> None:
    if [item for item in ec2.enis.values() if item.subnet and item.subnet.id == subnet_id] or [
        item for item in ec2.nat_gateways.values() if item.subnet_id == subnet_id and item.state != "deleted"
    ]:
        refuse("DependencyViolation", f"The subnet '{subnet_id}' has dependencies and cannot be deleted.")


def check_delete_vpc(ec2: Any, vpc_id: str) -> None:
    subnets = [item for zone in ec2.subnets.values() for item in zone.values() if item.vpc_id == vpc_id]
    groups = [item for item in ec2.groups.get(vpc_id, {}).values() if item.name != "default"]
    endpoints = [item for item in ec2.vpc_end_points.values() if item.vpc_id == vpc_id and item.state != "deleted"]
    if subnets or groups or endpoints or _internet_gateways(ec2, vpc_id):
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
