"""Elastic IP addresses and NAT gateways."""

from __future__ import annotations

from localaws.handlers.base import Handler, HandlerError, Job, Made, Old, ignore, retag_ec2_resource, tags_only
from localaws.moto_objects import ec2_backend

ZONES = "AvailabilityZoneAddresses"
NAT_PROPERTIES = (
    "AllocationId",
    "AvailabilityMode",
    ZONES,
    "ConnectivityType",
    "PrivateIpAddress",
    "SubnetId",
    "VpcId",
)


def create_address(job: Job) -> Made:
    ec2 = job.client("ec2")
    answer = ec2.allocate_address(
        Domain=job.get("Domain", "vpc"), TagSpecifications=job.tag_specifications("elastic-ip")
    )
    return Made(answer["PublicIp"], {"AllocationId": answer["AllocationId"], "PublicIp": answer["PublicIp"]})


def update_address(job: Job, old: Old) -> Made:
    retag_ec2_resource(job, old, old.made.attributes["AllocationId"])
    return old.made


def delete_address(job: Job, public_ip: str) -> None:
    ec2 = job.client("ec2")
    found = ec2.describe_addresses(Filters=[{"Name": "public-ip", "Values": [public_ip]}])["Addresses"]
    for address in found:
        ec2.release_address(AllocationId=address["AllocationId"])


def create_nat_gateway(job: Job) -> Made:
    ec2 = job.client("ec2")
    arguments = job.only(*NAT_PROPERTIES)
    answer = ec2.create_nat_gateway(**arguments, TagSpecifications=job.tag_specifications("natgateway"))
    gateway_id = answer["NatGateway"]["NatGatewayId"]
    regional = job.get("AvailabilityMode") == "regional"
    simulated = "moto has no regional NAT gateways; localaws answers for it" if regional else ""
    return Made(gateway_id, {"NatGatewayId": gateway_id}, simulated=simulated)


def update_nat_gateway(job: Job, old: Old) -> Made:
    """More or fewer zones; from addresses of one's own to AWS's there is no way but a new gateway."""
    gateway, wanted = ec2_backend(job.region).nat_gateways[old.physical_id], job.get(ZONES)
    if job.get("AvailabilityMode") == "regional":
        if gateway.is_automatic == bool(wanted):
            raise HandlerError("A regional NAT gateway cannot change between automatic and manual addresses")
        if wanted and wanted != old.properties.get(ZONES):
            gateway.use(wanted)
    return tags_only(job, old)


def delete_nat_gateway(job: Job, gateway_id: str) -> None:
    ignore(["NatGatewayNotFound"], lambda: job.client("ec2").delete_nat_gateway(NatGatewayId=gateway_id))


HANDLERS = {
    "AWS::EC2::EIP": Handler(
        create=create_address,
        update=update_address,
        delete=delete_address,
        properties=("Domain", "Tags"),
        attributes=("AllocationId", "PublicIp"),
    ),
    "AWS::EC2::NatGateway": Handler(
        create=create_nat_gateway,
        update=update_nat_gateway,
        delete=delete_nat_gateway,
        properties=(*NAT_PROPERTIES, "Tags"),
        attributes=("NatGatewayId",),
    ),
}
