"""The part of the config that is about the network: where the VPC comes from, and its ways out."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

from generator.settings import Choice, Flag, ListOf, Text, Whole, setting

IDENTIFIER = "([0-9a-f]{8}|[0-9a-f]{17})"
"""What follows the kind in an id of EC2: eight digits in old accounts, seventeen in new ones
(https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html)."""

OWN_WAYS_OUT = ("per-zone", "single", "regional", "none")
"""Ways to the internet of a VPC that is made."""
WAYS_OUT_THERE = ("existing", "none")
"""Those of a VPC that is there: what it has, or none that our security group lets through."""

SESSION_MANAGER_ENDPOINTS = ("ssm", "ssmmessages")
"""What the SSM agent needs, from version 3.3.40.0 on without `ec2messages`.

https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
"""

ENDPOINT_SERVICES = (
    "ec2",
    "ecr.api",
    "ecr.dkr",
    "kms",
    "logs",
    "monitoring",
    "sagemaker.api",
    "sagemaker.runtime",
    "secretsmanager",
    "ssm",
    "ssmmessages",
    "sts",
)
"""Interface endpoints on offer (https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html)."""

LOG_RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922)
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""


@dataclass(frozen=True)
class NetworkConfig:
    """The VPC and its ways out."""

    vpc: Literal["new", "ipam", "existing"] = setting(
        Choice(("new", "ipam", "existing")),
        "Where the VPC comes from: a new one with the block `cidr`, a new one with a block from an IPAM pool, "
        "or one that is there, with its own subnets and routes",
        effect="replaces every machine: decide before the first deploy",
        default="new",
    )
    cidr: str = setting(
        Text(r"[0-9.]+/[0-9]+", 'an IPv4 block such as "10.38.0.0/20"'),
        'The VPC\'s address block, from /16 to /24, in a private range; only with vpc = "new"',
        effect="replaces the VPC and everything in it",
        default="10.38.0.0/20",
    )
    ipam_pool_id: str = setting(
        Text(f"ipam-pool-{IDENTIFIER}", 'the id of an IPAM pool such as "ipam-pool-0123456789abcdef0"'),
        'The IPAM pool that gives the block, only with vpc = "ipam"; left out, whoever deploys passes IpamPoolId',
        effect="replaces the VPC and everything in it",
        default="",
    )
    netmask_length: int = setting(
        Whole(16, 24),
        'How long the prefix of the pool\'s block is; only with vpc = "ipam"',
        effect="replaces the VPC and everything in it",
        default=20,
    )
    vpc_id: str = setting(
        Text(f"vpc-{IDENTIFIER}", 'the id of a VPC such as "vpc-0123456789abcdef0"'),
        'The VPC that is there, only with vpc = "existing"; left out, it is the VPC of the subnets',
        effect="replaces every machine",
        default="",
    )
    subnet_ids: tuple[str, ...] = setting(
        ListOf(Text(f"subnet-{IDENTIFIER}", 'the id of a subnet such as "subnet-0123456789abcdef0"')),
        "Its private subnets, one for each zone, in the order of the zones; left out, whoever deploys passes "
        "PrivateSubnetIdA and so on",
        effect="replaces the machines of that zone",
        default=(),
    )
    s3_endpoint: bool = setting(
        Flag(),
        'A gateway endpoint of ours for S3, at no cost; false only with vpc = "existing", where there may be one',
        effect="no machine restarts; transfers from S3 break off once",
        default=True,
    )
    zones: int = setting(
        Whole(2, 4),
        "How many Availability Zones have subnets",
        effect="more: adds subnets; fewer: removes the last zone's, which fails while a workstation is in them",
        default=2,
    )
    nat: Literal["per-zone", "single", "regional", "none", "existing"] = setting(
        Choice((*OWN_WAYS_OUT, "existing")),
        "Ways to the internet: a NAT gateway per zone, one for all zones, one regional gateway that is in every zone, "
        "no internet at all (endpoints only), or what an existing VPC has",
        effect="no machine restarts; downloads pause while routes move",
        default="single",
    )
    nat_addresses: Literal["fixed", "automatic"] = setting(
        Choice(("fixed", "automatic")),
        "Of a regional NAT gateway: one address in each zone that stays, or addresses that AWS takes and gives back",
        effect="replaces the NAT gateway and its addresses; downloads pause",
        default="fixed",
    )
    endpoints: tuple[str, ...] = setting(
        ListOf(Choice(ENDPOINT_SERVICES)),
        'Interface endpoints, each billed per zone; nat = "none" always has ssm and ssmmessages',
        effect="no machine restarts",
        default=(),
    )
    egress_tcp_ports: tuple[int, ...] = setting(
        ListOf(Whole(1, 65535)),
        'TCP ports that workstations may open to the internet; nat = "none" opens none',
        effect="no machine restarts",
        default=(80, 443),
    )
    flow_log: Literal["all", "rejected", "off"] = setting(
        Choice(("all", "rejected", "off")),
        "Which traffic the VPC's flow log records",
        effect="replaces the flow log; no machine restarts",
        default="all",
    )
    flow_log_retention_days: int = setting(
        Choice(LOG_RETENTION_DAYS),
        "How long the flow log is kept, in days",
        effect="no machine restarts; older records are deleted",
        default=400,
    )
    block_public_access: bool = setting(
        Flag(),
        "Block ingress from the internet for every VPC of this account and region, not only this one",
        effect="account-wide: cuts off whatever else in the region is reached from the internet",
        default=False,
    )

    @property
    def block(self) -> IPv4Network:
        """The VPC's block; with `vpc = "ipam"` one as long as the pool's, since only the layout in it is known."""
        return IPv4Network(self.cidr) if self.vpc == "new" else IPv4Network((0, self.netmask_length))

    @property
    def is_ours(self) -> bool:
        """Whether the VPC is made, and its subnets, routes and ways out with it."""
        return self.vpc != "existing"

    @property
    def interface_endpoint_services(self) -> tuple[str, ...]:
        """The configured services, and without internet also the ones that Session Manager needs."""
        needed = SESSION_MANAGER_ENDPOINTS if self.nat == "none" else ()
        return tuple(sorted({*needed, *self.endpoints}))
