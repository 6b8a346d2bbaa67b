"""What the rules ask about a VPC that is there, and about an IPAM pool; of other templates nothing is asked."""

from __future__ import annotations

from typing import Any

from cloud.errors import CloudError
from deployment.rules.ec2_facts import EC2Facts

NOT_THERE = ("InvalidIpamPoolId.NotFound", "InvalidIpamPoolId.Malformed")


class NetworkFacts(EC2Facts):
    """Answers about the network of others. Every method may raise `CloudError`, the same one each time."""

    def subnets(self, ids: tuple[str, ...]) -> dict[str, dict[str, Any]]:
        """Those of the subnets that are there, by id."""
        filters = [{"Name": "subnet-id", "Values": list(ids)}]
        return self.once(
            f"subnets {ids}",
            lambda: {
                one["SubnetId"]: one
                for one in (self.cloud.pages("ec2", "DescribeSubnets", "Subnets", Filters=filters) if ids else ())
            },
        )

    def dns_attribute(self, vpc_id: str, attribute: str) -> bool:
        """One of the two DNS attributes of a VPC, `enableDnsSupport` or `enableDnsHostnames`."""
        answer = self.cloud.call("ec2", "DescribeVpcAttribute", VpcId=vpc_id, Attribute=attribute)
        return bool(answer[f"{attribute[0].upper()}{attribute[1:]}"]["Value"])

    def endpoints_of(self, vpc_id: str) -> tuple[dict[str, Any], ...]:
        """The endpoints in a VPC that are there to stay."""
        filters = [{"Name": "vpc-id", "Values": [vpc_id]}]
        found = self.cloud.pages("ec2", "DescribeVpcEndpoints", "VpcEndpoints", Filters=filters)
        return tuple(one for one in found if one["State"].lower() not in ("deleting", "deleted", "failed"))

    def ipam_pool(self, pool_id: str) -> dict[str, Any] | None:
        """What AWS says about a pool; None when it is not there, or not shared with this account."""
        try:
            found = self.cloud.call("ec2", "DescribeIpamPools", IpamPoolIds=[pool_id])["IpamPools"]
        except CloudError as error:
            if error.code not in NOT_THERE:
                raise
            return None
        return found[0] if found else None
