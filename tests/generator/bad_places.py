"""Bad choices of a VPC and of its ways out, each with the finding that it wants."""

from __future__ import annotations

from tests.generator.bad_networks import found, network

POOL = 'the id of an IPAM pool such as "ipam-pool-0123456789abcdef0"'
SUBNETS = 'a list, each item the id of a subnet such as "subnet-0123456789abcdef0", none twice'
LEFT_OUT = "it left out"

BAD_PLACES = {
    "unknown kind of VPC": (
        network('vpc = "exiting"'),
        found("network.vpc", '"exiting"', 'one of "new", "ipam", "existing"', 'did you mean "existing"?'),
    ),
    "cidr of a VPC from a pool": (
        network('vpc = "ipam"\ncidr = "10.38.0.0/20"'),
        found("network.cidr", '"10.38.0.0/20"', LEFT_OUT, 'it is for network.vpc = "new", which is "ipam"'),
    ),
    "cidr of a VPC that is there": (
        network('vpc = "existing"\nnat = "none"\ncidr = "10.38.0.0/20"'),
        found("network.cidr", '"10.38.0.0/20"', LEFT_OUT, 'it is for network.vpc = "new", which is "existing"'),
    ),
    "pool of a VPC with a block": (
        network('ipam_pool_id = "ipam-pool-0123456789abcdef0"'),
        found(
            "network.ipam_pool_id",
            '"ipam-pool-0123456789abcdef0"',
            LEFT_OUT,
            'it is for network.vpc = "ipam", which is "new"',
        ),
    ),
    "pool of another kind": (
        network('vpc = "ipam"\nipam_pool_id = "ipam-0123456789abcdef0"'),
        found("network.ipam_pool_id", '"ipam-0123456789abcdef0"', POOL),
    ),
    "netmask without a pool": (
        network("netmask_length = 20"),
        found("network.netmask_length", "20", LEFT_OUT, 'it is for network.vpc = "ipam", which is "new"'),
    ),
    "netmask that is too long": (
        network('vpc = "ipam"\nnetmask_length = 25'),
        found("network.netmask_length", "25", "a whole number from 16 to 24"),
    ),
    "id of a VPC that is made": (
        network('vpc_id = "vpc-0123456789abcdef0"'),
        found(
            "network.vpc_id",
            '"vpc-0123456789abcdef0"',
            LEFT_OUT,
            'it is for network.vpc = "existing", which is "new"',
        ),
    ),
    "id of a VPC, shortened": (
        network('vpc = "existing"\nnat = "none"\nvpc_id = "vpc-012"'),
        found("network.vpc_id", '"vpc-012"', 'the id of a VPC such as "vpc-0123456789abcdef0"'),
    ),
    "subnets of a VPC that is made": (
        network('subnet_ids = ["subnet-01234567", "subnet-89abcdef"]'),
        found(
            "network.subnet_ids",
            "subnet-01234567, subnet-89abcdef",
            LEFT_OUT,
            'it is for network.vpc = "existing", which is "new"',
        ),
    ),
    "subnets by name": (
        network('vpc = "existing"\nnat = "none"\nsubnet_ids = ["private-a", "private-b"]'),
        found("network.subnet_ids", "['private-a', 'private-b']", SUBNETS),
    ),
    "a subnet twice": (
        network('vpc = "existing"\nnat = "none"\nsubnet_ids = ["subnet-01234567", "subnet-01234567"]'),
        found("network.subnet_ids", "['subnet-01234567', 'subnet-01234567']", SUBNETS),
    ),
    "a subnet for one zone of two": (
        network('vpc = "existing"\nnat = "none"\nsubnet_ids = ["subnet-01234567"]'),
        found("network.subnet_ids", "1 of them", "2, one for each zone", "network.zones is 2"),
    ),
    "NAT in a VPC that is there": (
        network('vpc = "existing"'),
        found(
            "network.nat",
            '"single"',
            'one of "existing", "none"',
            "nothing is added to the routes of a VPC that is there",
        ),
    ),
    "the ways out of a VPC that is made": (
        network('nat = "existing"'),
        found(
            "network.nat",
            '"existing"',
            'one of "per-zone", "single", "regional", "none"',
            'that is for a VPC that is there, network.vpc = "existing"',
        ),
    ),
    "addresses of a zonal NAT gateway": (
        network('nat = "per-zone"\nnat_addresses = "automatic"'),
        found(
            "network.nat_addresses",
            '"automatic"',
            LEFT_OUT,
            'it is for network.nat = "regional", which is "per-zone"',
        ),
    ),
    "a VPC of ours without S3": (
        network("s3_endpoint = false"),
        found("network.s3_endpoint", "false", LEFT_OUT, 'it is for network.vpc = "existing", which is "new"'),
    ),
}
