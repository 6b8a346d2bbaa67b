"""Bad files and bad networks, each with the finding that it wants."""

from __future__ import annotations

NETWORK_KEYS = (
    "vpc, cidr, ipam_pool_id, netmask_length, vpc_id, subnet_ids, s3_endpoint, zones, nat, nat_addresses, endpoints, "
    "egress_tcp_ports, flow_log, flow_log_retention_days, block_public_access"
)
NAT = 'one of "per-zone", "single", "regional", "none", "existing"'
WORKSTATION_KEYS = (
    "name, owner, instance_type, fallback_instance_types, operating_system, image, zone, key_name, root_volume_gib, "
    "home_volume_gib"
)
PRIVATE = "a block in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16"
ENDPOINTS = (
    'one of "ec2", "ecr.api", "ecr.dkr", "kms", "logs", "monitoring", "sagemaker.api", "sagemaker.runtime", '
    '"secretsmanager", "ssm", "ssmmessages", "sts"'
)
RETENTION = "one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922"
PORTS = "a list, each item a whole number from 1 to 65535, none twice"
SIZE = "a prefix from /16 to /24"
START = "/20 is a good start"


def network(line: str) -> str:
    return f"[network]\n{line}\n"


def workstation(*lines: str) -> str:
    return "\n".join(["[[workstation]]", 'name = "ada"', *lines, ""])


def found(key: str, got: str, want: str, hint: str = "") -> str:
    """The finding as people see it."""
    return f"{key}: got {got}, want {want}" + (f"\n    hint: {hint}" if hint else "")


BAD_NETWORKS = {
    # the file
    "broken TOML": (
        "[network",
        found(
            "TOML",
            "Expected ']' at the end of a table declaration (at end of document)",
            "a TOML file",
            "see https://toml.io",
        ),
    ),
    "unknown section": (
        "[netwrok]\n",
        found(
            "netwrok",
            "an unknown key",
            "one of network, encryption, home_volume, machine, workstation",
            'did you mean "network"?',
        ),
    ),
    "section that is no table": ("network = 3\n", found("network", "3", "a table [network]")),
    "workstation in single brackets": (
        '[workstation]\nname = "ada"\n',
        found(
            "workstation", "\"{'name': 'ada'}\"".replace('"', ""), "[[workstation]] tables", "write the brackets twice"
        ),
    ),
    "unknown key": (
        network("nats = 1"),
        found("network.nats", "an unknown key", f"one of {NETWORK_KEYS}", 'did you mean "nat"?'),
    ),
    "unknown key far from any": (
        network("zebra = 1"),
        found("network.zebra", "an unknown key", f"one of {NETWORK_KEYS}"),
    ),
    "unknown key of a workstation": (
        workstation('type = "m7i.large"'),
        found("workstation[0].type", "an unknown key", f"one of {WORKSTATION_KEYS}"),
    ),
    "key with a control character": (
        network('"a\\u001b[31m" = 1'),
        found("network.a\\x1b[31m", "an unknown key", f"one of {NETWORK_KEYS}"),
    ),
    # the network
    "/26 VPC": (
        network('cidr = "10.0.0.0/26"'),
        found("network.cidr", '"10.0.0.0/26"', SIZE, f"a /26 has 64 addresses; {START}"),
    ),
    "/28 VPC": (
        network('cidr = "10.0.0.0/28"'),
        found("network.cidr", '"10.0.0.0/28"', SIZE, f"a /28 has 16 addresses; {START}"),
    ),
    "/15 VPC": (
        network('cidr = "10.0.0.0/15"'),
        found("network.cidr", '"10.0.0.0/15"', SIZE, f"a /15 has 131,072 addresses; {START}"),
    ),
    "host bits": (
        network('cidr = "10.38.1.0/20"'),
        found("network.cidr", '"10.38.1.0/20"', "the block's first address", "the block that holds it is 10.38.0.0/20"),
    ),
    "an octet of 256": (
        network('cidr = "10.0.256.0/20"'),
        found(
            "network.cidr",
            '"10.0.256.0/20"',
            "an IPv4 block",
            "four numbers up to 255, a slash, a prefix up to 32",
        ),
    ),
    "prefix 33": (
        network('cidr = "10.0.0.0/33"'),
        found("network.cidr", '"10.0.0.0/33"', "an IPv4 block", "four numbers up to 255, a slash, a prefix up to 32"),
    ),
    "no prefix": (
        network('cidr = "10.0.0.0"'),
        found("network.cidr", '"10.0.0.0"', 'an IPv4 block such as "10.38.0.0/20"'),
    ),
    "IPv6": (
        network('cidr = "fd00::/56"'),
        found("network.cidr", '"fd00::/56"', 'an IPv4 block such as "10.38.0.0/20"'),
    ),
    "empty cidr": (network('cidr = ""'), found("network.cidr", '""', 'an IPv4 block such as "10.38.0.0/20"')),
    "cidr as a number": (
        network("cidr = 10"),
        found("network.cidr", "10", 'an IPv4 block such as "10.38.0.0/20"', "put it in quotes"),
    ),
    "public range": (network('cidr = "8.8.0.0/20"'), found("network.cidr", '"8.8.0.0/20"', PRIVATE)),
    "shared range": (network('cidr = "100.64.0.0/20"'), found("network.cidr", '"100.64.0.0/20"', PRIVATE)),
    "Docker's bridge": (
        network('cidr = "172.17.16.0/20"'),
        found(
            "network.cidr",
            '"172.17.16.0/20"',
            "a block outside Docker's 172.17.0.0/16",
            "containers on a workstation could not reach that part of the VPC: take another block of 172.16.0.0/12",
        ),
    ),
    "one zone": (network("zones = 1"), found("network.zones", "1", "a whole number from 2 to 4")),
    "five zones": (network("zones = 5"), found("network.zones", "5", "a whole number from 2 to 4")),
    "zones in quotes": (
        network('zones = "2"'),
        found("network.zones", '"2"', "a whole number from 2 to 4", "write the number without quotes"),
    ),
    "zones as a truth value": (network("zones = true"), found("network.zones", "true", "a whole number from 2 to 4")),
    "zones as a fraction": (network("zones = 2.0"), found("network.zones", "2.0", "a whole number from 2 to 4")),
    "misspelt nat": (
        network('nat = "per-zon"'),
        found("network.nat", '"per-zon"', NAT, 'did you mean "per-zone"?'),
    ),
    "nat as a truth value": (
        network("nat = true"),
        found("network.nat", "true", NAT),
    ),
    "unknown endpoint": (
        network('endpoints = ["smm"]'),
        found("network.endpoints", "['smm']", f"a list, each item {ENDPOINTS}, none twice", 'did you mean "ssm"?'),
    ),
    "endpoint twice": (
        network('endpoints = ["kms", "kms"]'),
        found("network.endpoints", "['kms', 'kms']", f"a list, each item {ENDPOINTS}, none twice"),
    ),
    "endpoints without brackets": (
        network('endpoints = "kms"'),
        found(
            "network.endpoints", '"kms"', f"a list, each item {ENDPOINTS}, none twice", "write it in square brackets"
        ),
    ),
    "port 0": (network("egress_tcp_ports = [0]"), found("network.egress_tcp_ports", "[0]", PORTS)),
    "port 65536": (network("egress_tcp_ports = [65536]"), found("network.egress_tcp_ports", "[65536]", PORTS)),
    "port in quotes": (
        network('egress_tcp_ports = ["443"]'),
        found("network.egress_tcp_ports", "['443']", PORTS, "write the number without quotes"),
    ),
    "no 443": (
        network("egress_tcp_ports = [22, 80]"),
        found("network.egress_tcp_ports", "22, 80", "443 among them", "Session Manager needs it"),
    ),
    "no ports": (
        network("egress_tcp_ports = []"),
        found("network.egress_tcp_ports", "an empty list", "443 among them", "Session Manager needs it"),
    ),
    "flow log of another word": (
        network('flow_log = "reject"'),
        found("network.flow_log", '"reject"', 'one of "all", "rejected", "off"', 'did you mean "rejected"?'),
    ),
    "retention that Logs lacks": (
        network("flow_log_retention_days = 366"),
        found("network.flow_log_retention_days", "366", RETENTION, 'did you mean "365"?'),
    ),
    "public access in quotes": (
        network('block_public_access = "true"'),
        found("network.block_public_access", '"true"', "true or false", "write true or false without quotes"),
    ),
}
