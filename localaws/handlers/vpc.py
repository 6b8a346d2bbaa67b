"""VPC, internet gateway, subnet, and what blocks public access."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from localaws.handlers.base import Handler, Job, Made, Old, ignore, retag_ec2, tags_only
from localaws.simulated import block_public_access

# -- VPC -------------------------------------------------------------------------------------------------------


def create_vpc(job: Job) -> Made:
    arguments = job.only("CidrBlock", "InstanceTenancy", "Ipv4IpamPoolId", "Ipv4NetmaskLength")
    vpc = job.client("ec2").create_vpc(**arguments, TagSpecifications=job.tag_specifications("vpc"))["Vpc"]
    job.identify(vpc["VpcId"])
    _set_dns(job, vpc["VpcId"])
    from_pool = "moto has no IPAM; localaws gives the block" if job.get("Ipv4IpamPoolId") else ""
    return Made(vpc["VpcId"], _vpc_attributes(job, vpc), simulated=from_pool)


def update_vpc(job: Job, old: Old) -> Made:
    _set_dns(job, old.physical_id)
    retag_ec2(job, old)
    return old.made


def _set_dns(job: Job, vpc_id: str) -> None:
    """One attribute a call, as AWS wants it; support is on and host names are off unless set."""
    ec2 = job.client("ec2")
    ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsSupport={"Value": job.get("EnableDnsSupport", True)})
    ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": job.get("EnableDnsHostnames", False)})


def _vpc_attributes(job: Job, vpc: dict[str, Any]) -> dict[str, Any]:
    ec2 = job.client("ec2")
    of_vpc = {"Name": "vpc-id", "Values": [vpc["VpcId"]]}
    groups = ec2.describe_security_groups(Filters=[of_vpc, {"Name": "group-name", "Values": ["default"]}])
    acls = ec2.describe_network_acls(Filters=[of_vpc, {"Name": "default", "Values": ["true"]}])
    return {
        "VpcId": vpc["VpcId"],
        "CidrBlock": vpc["CidrBlock"],
        "CidrBlockAssociations": [item["AssociationId"] for item in vpc.get("CidrBlockAssociationSet", ())],
        "DefaultNetworkAcl": acls["NetworkAcls"][0]["NetworkAclId"],
        "DefaultSecurityGroup": groups["SecurityGroups"][0]["GroupId"],
        "Ipv6CidrBlocks": [],
    }


def delete_vpc(job: Job, vpc_id: str) -> None:
    ignore(["InvalidVpcID.NotFound"], lambda: job.client("ec2").delete_vpc(VpcId=vpc_id))


# -- Internet gateway ------------------------------------------------------------------------------------------


def create_internet_gateway(job: Job) -> Made:
    answer = job.client("ec2").create_internet_gateway(TagSpecifications=job.tag_specifications("internet-gateway"))
    gateway_id = answer["InternetGateway"]["InternetGatewayId"]
    return Made(gateway_id, {"InternetGatewayId": gateway_id})


def delete_internet_gateway(job: Job, gateway_id: str) -> None:
    ec2 = job.client("ec2")
    ignore(["InvalidInternetGatewayID.NotFound"], lambda: ec2.delete_internet_gateway(InternetGatewayId=gateway_id))


def create_attachment(job: Job) -> Made:
    job.client("ec2").attach_internet_gateway(**job.only("InternetGatewayId", "VpcId"))
    return Made(f"IGW|{job.get('VpcId')}", {"AttachmentType": "IGW"})


def update_attachment(job: Job, old: Old) -> Made:
    """Another gateway on the same VPC: the old one goes first."""
    delete_attachment(replace(job, properties=old.properties), old.physical_id)
    return create_attachment(job)


def delete_attachment(job: Job, _physical_id: str) -> None:
    ec2 = job.client("ec2")
    arguments = job.only("InternetGatewayId", "VpcId")
    ignore(
        ["Gateway.NotAttached", "InvalidInternetGatewayID.NotFound"],
        lambda: ec2.detach_internet_gateway(**arguments),
    )


# -- Subnet ----------------------------------------------------------------------------------------------------


def create_subnet(job: Job) -> Made:
    ec2 = job.client("ec2")
    arguments = job.only("VpcId", "CidrBlock", "AvailabilityZone", "AvailabilityZoneId")
    subnet = ec2.create_subnet(**arguments, TagSpecifications=job.tag_specifications("subnet"))["Subnet"]
    job.identify(subnet["SubnetId"])
    _set_public_addresses(job, subnet["SubnetId"])
    acls = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [subnet["SubnetId"]]}])
    associations = [item for acl in acls["NetworkAcls"] for item in acl["Associations"]]
    return Made(
        subnet["SubnetId"],
        {
            "SubnetId": subnet["SubnetId"],
            "VpcId": subnet["VpcId"],
            "CidrBlock": subnet["CidrBlock"],
            "AvailabilityZone": subnet["AvailabilityZone"],
            "AvailabilityZoneId": subnet["AvailabilityZoneId"],
            "Ipv6CidrBlocks": [],
            "NetworkAclAssociationId": next(
                item["NetworkAclAssociationId"] for item in associations if item["SubnetId"] == subnet["SubnetId"]
            ),
        },
    )


def update_subnet(job: Job, old: Old) -> Made:
    _set_public_addresses(job, old.physical_id)
    retag_ec2(job, old)
    return old.made


def _set_public_addresses(job: Job, subnet_id: str) -> None:
    wanted = {"Value": job.get("MapPublicIpOnLaunch", False)}
    job.client("ec2").modify_subnet_attribute(SubnetId=subnet_id, MapPublicIpOnLaunch=wanted)


def delete_subnet(job: Job, subnet_id: str) -> None:
    ignore(["InvalidSubnetID.NotFound"], lambda: job.client("ec2").delete_subnet(SubnetId=subnet_id))


# -- Block public access ---------------------------------------------------------------------------------------


def set_block_public_access(job: Job) -> Made:
    block_public_access.set_mode(job.region, job.get("InternetGatewayBlockMode"))
    attributes = {"AccountId": job.account, "ExclusionsAllowed": "allowed"}
    return Made(job.account, attributes, simulated="moto has no VPC block public access; localaws answers for it")


def unset_block_public_access(job: Job, _physical_id: str) -> None:
    block_public_access.set_mode(job.region, "off")


HANDLERS = {
    "AWS::EC2::VPC": Handler(
        create=create_vpc,
        update=update_vpc,
        delete=delete_vpc,
        properties=(
            "CidrBlock",
            "EnableDnsHostnames",
            "EnableDnsSupport",
            "InstanceTenancy",
            "Ipv4IpamPoolId",
            "Ipv4NetmaskLength",
            "Tags",
        ),
        attributes=(
            "CidrBlock",
            "CidrBlockAssociations",
            "DefaultNetworkAcl",
            "DefaultSecurityGroup",
            "Ipv6CidrBlocks",
            "VpcId",
        ),
        replaces=lambda old, new: "default" != new.get("InstanceTenancy", "default") != old.get("InstanceTenancy"),
    ),
    "AWS::EC2::InternetGateway": Handler(
        create=create_internet_gateway,
        update=tags_only,
        delete=delete_internet_gateway,
        properties=("Tags",),
        attributes=("InternetGatewayId",),
    ),
    "AWS::EC2::VPCGatewayAttachment": Handler(
        create=create_attachment,
        update=update_attachment,
        delete=delete_attachment,
        properties=("InternetGatewayId", "VpcId"),
        attributes=("AttachmentType",),
    ),
    "AWS::EC2::Subnet": Handler(
        create=create_subnet,
        update=update_subnet,
        delete=delete_subnet,
        properties=("AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "MapPublicIpOnLaunch", "Tags", "VpcId"),
        attributes=(
            "AvailabilityZone",
            "AvailabilityZoneId",
            "CidrBlock",
            "Ipv6CidrBlocks",
            "NetworkAclAssociationId",
            "SubnetId",
            "VpcId",
        ),
    ),
    "AWS::EC2::VPCBlockPublicAccessOptions": Handler(
        create=set_block_public_access,
        update=lambda job, _old: set_block_public_access(job),
        delete=unset_block_public_access,
        properties=("InternetGatewayBlockMode",),
        attributes=("AccountId", "ExclusionsAllowed"),
    ),
}
