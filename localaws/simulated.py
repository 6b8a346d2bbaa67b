"""What moto has no API for, answered here, and always told as simulated.

`ssm:DescribeInstanceInformation`: a running instance with an instance profile counts as one whose SSM agent answers.
VPC block public access: the mode is kept and described; no traffic exists that it could block.
Regional NAT gateways and IPAM pools have rooms of their own: `regional_nat.py`, `ipam.py`.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow

from localaws import ipam, regional_nat
from localaws.moto_objects import backend, ec2_backend
from localaws.stacks import ACCOUNT

AGENT_VERSION = "simulated"


class BlockPublicAccess:
    """The mode of each region."""

    def __init__(self) -> None:
        self.modes: dict[str, str] = {}

    def set_mode(self, region: str, mode: str) -> None:
        self.modes[region] = mode

    def options(self, region: str) -> dict[str, Any]:
        return {
            "AwsAccountId": ACCOUNT,
            "AwsRegion": region,
            "ExclusionsAllowed": "allowed",
            "InternetGatewayBlockMode": self.modes.get(region, "off"),
            "ManagedBy": "account",
            "State": "update-complete" if region in self.modes else "default-state",
        }


block_public_access = BlockPublicAccess()


def install() -> None:
    """Add these operations to moto's response classes."""
    from moto.ec2.responses import EC2Response
    from moto.ssm.responses import SimpleSystemManagerResponse

    EC2Response.describe_vpc_block_public_access_options = _describe_options
    EC2Response.modify_vpc_block_public_access_options = _modify_options
    SimpleSystemManagerResponse.describe_instance_information = _describe_instance_information
    regional_nat.install()
    ipam.install()


def _describe_options(response: Any) -> ActionResult:
    return ActionResult({"VpcBlockPublicAccessOptions": block_public_access.options(response.region)})


def _modify_options(response: Any) -> ActionResult:
    block_public_access.set_mode(response.region, response._get_param("InternetGatewayBlockMode"))
    return _describe_options(response)


def _describe_instance_information(response: Any) -> ActionResult:
    wanted = _wanted_ids(response)
    found = [
        _information(instance, response.region)
        for reservation in ec2_backend(response.region).describe_instances()
        for instance in reservation.instances
        if instance.state == "running" and _has_profile(response.region, instance.id)
    ]
    chosen = [item for item in found if wanted is None or item["InstanceId"] in wanted]
    return ActionResult({"InstanceInformationList": chosen})


def _wanted_ids(response: Any) -> set[str] | None:
    """The instance ids that the filters name; None when there is no such filter."""
    filters = response._get_param("Filters") or []
    for item in filters:
        if item.get("Key") == "InstanceIds":
            return set(item.get("Values", ()))
    for item in response._get_param("InstanceInformationFilterList") or []:
        if item.get("key") == "InstanceIds":
            return set(item.get("valueSet", ()))
    return None


def _has_profile(region: str, instance_id: str) -> bool:
    """The agent reaches SSM only with the instance's role."""
    associations = ec2_backend(region).iam_instance_profile_associations.values()
    return any(item.instance.id == instance_id for item in associations)


def _information(instance: Any, region: str) -> dict[str, Any]:
    image = backend("ec2", region).amis.get(instance.image_id)
    name = "Ubuntu" if image and "ubuntu" in image.name.lower() else "Amazon Linux"
    return {
        "InstanceId": instance.id,
        "PingStatus": "Online",
        "LastPingDateTime": utcnow(),
        "AgentVersion": AGENT_VERSION,
        "IsLatestVersion": True,
        "PlatformType": "Linux",
        "PlatformName": f"{name} (simulated)",
        "PlatformVersion": "simulated",
        "ResourceType": "EC2Instance",
        "IPAddress": instance.private_ip,
        "ComputerName": instance.private_dns_name,
    }
