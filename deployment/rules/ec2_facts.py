"""What the rules ask EC2 and Service Quotas."""

from __future__ import annotations

from typing import Any

from cloud.errors import CloudError
from cloud.session import Cloud
from deployment import zones
from deployment.rules import wanted
from deployment.rules.asked import Memory, fact
from deployment.vcpu import family
from generator.contract import EnvironmentParameter, WorkstationParameter

QUOTAS = {
    "AWS::EC2::EIP": ("ec2", "L-0263D0A3"),
    "AWS::EC2::InternetGateway": ("vpc", "L-A4707A72"),
    "AWS::EC2::NatGateway": ("vpc", "L-FE5A380F"),
    "AWS::EC2::VPC": ("vpc", "L-F678F1CE"),
}
"""Type to the service and the code of its quota (`aws service-quotas list-service-quotas`)."""


class EC2Facts(Memory):
    """Answers about a region, its machines and its networks."""

    @fact("ec2:DescribeRegions")
    def regions(self) -> dict[str, str]:
        """Region to its opt-in status in this account."""
        found = self.cloud.call("ec2", "DescribeRegions", AllRegions=True)["Regions"]
        return {region["RegionName"]: region["OptInStatus"] for region in found}

    @fact("ec2:DescribeAvailabilityZones")
    def zones(self) -> tuple[str, ...]:
        """The region's zones; none where the zones are those of subnets that are there."""
        return zones.available(self.cloud) if wanted.is_vpc_ours(self.asked.stacks.template) else ()

    @fact("ec2:DescribeInstanceTypeOfferings")
    def offered(self) -> dict[str, frozenset[str]]:
        """Zone id to those types that it has, of the wanted ones and of those to fall back on."""
        return zones.offered(self.cloud, self.instance_types() | self.fallback_types())

    @fact("ec2:DescribeInstanceTypes")
    def types(self) -> dict[str, dict[str, Any]]:
        """Instance type to what EC2 says about it; those that the region does not know are left out."""
        filters = [{"Name": "instance-type", "Values": sorted(self.instance_types())}]
        found = self.cloud.pages("ec2", "DescribeInstanceTypes", "InstanceTypes", Filters=filters)
        return {answer["InstanceType"]: answer for answer in found} if self.instance_types() else {}

    @fact("ec2:DescribeKeyPairs")
    def key_pairs(self) -> frozenset[str]:
        """Those of the wanted key pairs that are there."""
        filters = [{"Name": "key-name", "Values": sorted(self.wanted_keys())}]
        found = self.cloud.call("ec2", "DescribeKeyPairs", Filters=filters)["KeyPairs"] if self.wanted_keys() else ()
        return frozenset(key["KeyName"] for key in found)

    @fact("ec2:DescribeInstances")
    def running(self) -> tuple[dict[str, Any], ...]:
        filters = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
        found = self.cloud.pages("ec2", "DescribeInstances", "Reservations", Filters=filters)
        return tuple(instance for reservation in found for instance in reservation["Instances"])

    @fact("ec2:DescribeAddresses")
    def addresses(self) -> tuple[dict[str, Any], ...]:
        return tuple(self.cloud.call("ec2", "DescribeAddresses")["Addresses"]) if self._makes("AWS::EC2::EIP") else ()

    @fact("ec2:DescribeVpcs")
    def vpcs(self) -> tuple[dict[str, Any], ...]:
        return tuple(self.cloud.pages("ec2", "DescribeVpcs", "Vpcs"))

    @fact("ec2:DescribeInternetGateways")
    def internet_gateways(self) -> tuple[dict[str, Any], ...]:
        if not self._makes("AWS::EC2::InternetGateway"):
            return ()
        return tuple(self.cloud.pages("ec2", "DescribeInternetGateways", "InternetGateways"))

    @fact("ec2:DescribeNatGateways")
    def nat_gateways(self) -> tuple[dict[str, Any], ...]:
        if not self._makes("AWS::EC2::NatGateway"):
            return ()
        filters = [{"Name": "state", "Values": ["pending", "available", "deleting"]}]
        return tuple(self.cloud.pages("ec2", "DescribeNatGateways", "NatGateways", Filter=filters))

    @fact("ec2:DescribeSubnets")
    def zone_of_subnet(self) -> dict[str, str]:
        """Subnet to the id of its zone; none where no zonal NAT gateway is wanted."""
        zonal = wanted.nat_gateways(self.asked.stacks.template)
        found = self.cloud.pages("ec2", "DescribeSubnets", "Subnets") if zonal else ()
        return {subnet["SubnetId"]: subnet["AvailabilityZoneId"] for subnet in found}

    @fact("ec2:DescribeRouteTables")
    def route_tables(self) -> tuple[dict[str, Any], ...]:
        """None for a VPC from a pool, whose block nobody chooses."""
        if wanted.block(self.asked.stacks.template) is None and wanted.is_vpc_ours(self.asked.stacks.template):
            return ()
        return tuple(self.cloud.pages("ec2", "DescribeRouteTables", "RouteTables"))

    @fact("ec2:DescribeVpcPeeringConnections")
    def peerings(self) -> tuple[dict[str, Any], ...]:
        """None where nobody chooses a block."""
        if wanted.block(self.asked.stacks.template) is None:
            return ()
        filters = [{"Name": "status-code", "Values": ["active", "pending-acceptance", "provisioning"]}]
        pages = self.cloud.pages("ec2", "DescribeVpcPeeringConnections", "VpcPeeringConnections", Filters=filters)
        return tuple(pages)

    @fact("ec2:DescribeVpcEndpointServices")
    def endpoint_services(self) -> dict[str, frozenset[str]]:
        """Each wanted endpoint service that the region has, and the ids of its zones."""
        names = sorted(wanted.endpoint_services(self.asked.stacks.template, self.cloud.region))
        filters = [{"Name": "service-name", "Values": names}]
        found = (
            self.cloud.call("ec2", "DescribeVpcEndpointServices", Filters=filters)["ServiceDetails"] if names else ()
        )
        return {service["ServiceName"]: frozenset(service.get("AvailabilityZoneIds", ())) for service in found}

    @fact("ec2:DescribeManagedPrefixLists")
    def s3_prefix_list(self) -> str | None:
        """The addresses of S3 in this region, as the security groups name them; None where they are not wanted."""
        if EnvironmentParameter.S3_PREFIX_LIST_ID not in self.asked.stacks.template.parameters:
            return None
        filters = [{"Name": "prefix-list-name", "Values": [f"com.amazonaws.{self.cloud.region}.s3"]}]
        found = self.cloud.call("ec2", "DescribeManagedPrefixLists", Filters=filters)["PrefixLists"]
        return found[0]["PrefixListId"] if found else None

    def quotas_ahead(self) -> tuple[tuple[str, str], ...]:
        """Service and code of each quota that a first deploy counts against; they are asked for at once."""
        made = (one for kind, one in QUOTAS.items() if self._makes(kind))
        families = (family(name) for name in self.instance_types())
        return tuple(dict.fromkeys((*made, *(("ec2", one.quota) for one in families if one))))

    def quota(self, service: str, code: str) -> float:
        """The quota as it is for this account; AWS's default where it never was changed."""
        return self.once(f"quota {service} {code}", lambda: _quota(self.cloud, service, code))

    def instance_types(self) -> frozenset[str]:
        """The types of the workstations that are wanted."""
        key = WorkstationParameter.INSTANCE_TYPE
        return frozenset(entry.parameters[key] for entry in self.asked.stacks.workstations)

    def fallback_types(self) -> frozenset[str]:
        """The types that are offered where AWS has no machine of the wanted one."""
        return frozenset(name for entry in self.asked.stacks.workstations for name in entry.fallback_instance_types)

    def wanted_keys(self) -> frozenset[str]:
        """The key pairs that the workstations name; usually none."""
        key = WorkstationParameter.KEY_NAME
        return frozenset(filter(None, (entry.parameters.get(key) for entry in self.asked.stacks.workstations)))

    def _makes(self, kind: str) -> bool:
        """Whether the environment's template makes a resource of that type."""
        return bool(wanted.resources(self.asked.stacks.template, kind))


def _quota(cloud: Cloud, service: str, code: str) -> float:
    try:
        answer = cloud.call("service-quotas", "GetServiceQuota", ServiceCode=service, QuotaCode=code)
    except CloudError as error:
        if error.code != "NoSuchResourceException":
            raise
        answer = cloud.call("service-quotas", "GetAWSDefaultServiceQuota", ServiceCode=service, QuotaCode=code)
    return float(answer["Quota"]["Value"])
