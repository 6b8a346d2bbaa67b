"""Rules of AWS that moto does not hold and that our templates can break: checked before moto's own methods.

Each check names the AWS error that it raises; without these, a deploy that AWS refuses would pass here.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult

from localaws.ipam import release
from localaws.refuse import refuse
from localaws.regional_nat import RegionalNatGateway
from localaws.stacks import ACCOUNT
from localaws.stricter_networks import (
    check_delete_security_group,
    check_delete_subnet,
    check_delete_vpc,
    check_detach_internet_gateway,
    check_endpoint,
    check_nat_gateway,
)
from localaws.stricter_volumes import check_attach_volume, check_modify_volume, check_volume


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
    afterwards = {
        "delete_nat_gateway": remove_nat_interface,
        "delete_vpc": release,
        "terminate_instances": remove_interfaces,
    }
    for name, after in afterwards.items():
        if not hasattr(getattr(EC2Backend, name), "followed"):
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

    followed.followed = True
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
    gateway = ec2.nat_gateways[nat_gateway_id]
    if isinstance(gateway, RegionalNatGateway):
        gateway.release()
        return
    eni = gateway._eni
    for address in ec2.addresses:
        if address.eni is eni:
            address.eni = address.instance = None
            address.association_id = None
    _remove_interface(ec2, eni)


def _remove_interface(ec2: Any, eni: Any) -> None:
    if ec2.enis.pop(eni.id, None) and eni.subnet:
        eni.subnet.del_subnet_ip(eni.private_ip_address)
