"""Every bad config is answered with the key, what it got, what is wanted and, where there is one, a hint."""

from __future__ import annotations

import pytest

from generator.findings import ConfigError
from generator.reader import read_config

NAME_WANT = "lower-case letters, digits and hyphens, starting with a letter, at most 32, not ending in a hyphen"
OWNER_WANT = "an IAM user name or a session name: letters, digits and + = , . @ _ -, at most 64"
NETWORK_KEYS = "cidr, zones, nat, endpoints, egress_tcp_ports, flow_log, flow_log_retention_days, block_public_access"
WORKSTATION_KEYS = (
    "name, owner, instance_type, operating_system, image, zone, key_name, root_volume_gib, home_volume_gib"
)
PRIVATE = "a block in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16"
ENDPOINTS = (
    'one of "ec2", "ecr.api", "ecr.dkr", "kms", "logs", "monitoring", "sagemaker.api", "sagemaker.runtime", '
    '"secretsmanager", "ssm", "ssmmessages", "sts"'
)
RETENTION = "one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922"
PORTS = "a list, each item a whole number from 1 to 65535, none twice"
TYPE_WANT = 'an EC2 instance type such as "m7i.xlarge"'
IMAGE_WANT = '"standard", "deep-learning" or an AMI id'
GIB = "a whole number from {} to 16384 (GiB)"


def network(line: str) -> str:
    return f"[network]\n{line}\n"


def workstation(*lines: str) -> str:
    return "\n".join(["[[workstation]]", 'name = "ada"', *lines, ""])


def named(name: str) -> str:
    return f"[[workstation]]\nname = {name}\n"


def found(key: str, got: str, want: str, hint: str = "") -> str:
    return f"{key}: got {got}, want {want}" + (f"\n    hint: {hint}" if hint else "")


SIZE = "a prefix from /16 to /24"
START = "/20 is a good start"

BAD = {
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
        found("network.nat", '"per-zon"', 'one of "per-zone", "single", "none"', 'did you mean "per-zone"?'),
    ),
    "nat as a truth value": (
        network("nat = true"),
        found("network.nat", "true", 'one of "per-zone", "single", "none"'),
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
    # encryption, home volume, machine
    "unknown key kind": (
        '[encryption]\nkey = "custom"\n',
        found("encryption.key", '"custom"', 'one of "aws-managed", "customer"', 'did you mean "customer"?'),
    ),
    "home volume deleted": (
        '[home_volume]\nwhen_removed = "delete"\n',
        found("home_volume.when_removed", '"delete"', 'one of "snapshot", "keep"'),
    ),
    "gp3 with 600 IOPS": (
        "[home_volume]\niops = 600\n",
        found("home_volume.iops", "600", "a whole number from 3000 to 16000 (I/O operations a second)"),
    ),
    "too much throughput": (
        "[home_volume]\nthroughput_mibps = 1001\n",
        found("home_volume.throughput_mibps", "1001", "a whole number from 125 to 1000 (MiB a second)"),
    ),
    "throughput over a quarter of the IOPS": (
        "[home_volume]\nthroughput_mibps = 1000\n",
        found(
            "home_volume.throughput_mibps",
            "1000",
            "at most a quarter of home_volume.iops, 750",
            "for this throughput set home_volume.iops to 4000",
        ),
    ),
    "monitoring as a number": (
        "[machine]\ndetailed_monitoring = 1\n",
        found("machine.detailed_monitoring", "1", "true or false"),
    ),
    "containers as text": (
        '[machine]\ncontainers = "yes"\n',
        found("machine.containers", '"yes"', "true or false"),
    ),
    # workstations
    "no name": ("[[workstation]]\n", found("workstation[0].name", "nothing", NAME_WANT)),
    "name with a space": (named('"ada l"'), found("workstation[0].name", '"ada l"', NAME_WANT)),
    "name with an underscore": (named('"ada_l"'), found("workstation[0].name", '"ada_l"', NAME_WANT)),
    "name in capitals": (named('"Ada"'), found("workstation[0].name", '"Ada"', NAME_WANT)),
    "name that starts with a digit": (named('"1ada"'), found("workstation[0].name", '"1ada"', NAME_WANT)),
    "name that ends in a hyphen": (named('"ada-"'), found("workstation[0].name", '"ada-"', NAME_WANT)),
    "empty name": (named('""'), found("workstation[0].name", '""', NAME_WANT)),
    "name of 33 letters": (named(f'"{"a" * 33}"'), found("workstation[0].name", f'"{"a" * 33}"', NAME_WANT)),
    "name of 10,000 letters": (
        named(f'"{"a" * 10_000}"'),
        found("workstation[0].name", f'"{"a" * 57}..."', NAME_WANT),
    ),
    "name with shell in it": (named('"$(id)"'), found("workstation[0].name", '"$(id)"', NAME_WANT)),
    "name with a newline": (named('"a\\nb"'), found("workstation[0].name", '"a\\nb"', NAME_WANT)),
    "name in Cyrillic": (named('"ада"'), found("workstation[0].name", '"ада"', NAME_WANT)),
    "name as a number": (named("7"), found("workstation[0].name", "7", NAME_WANT, "put it in quotes")),
    "name twice": (
        workstation() + workstation(),
        found("workstation[1].name", '"ada"', "a name used once", "workstation[0] has it already"),
    ),
    "owner with a star": (workstation('owner = "*"'), found("workstation[0].owner", '"*"', OWNER_WANT)),
    "owner as a policy variable": (
        workstation('owner = "${aws:username}"'),
        found("workstation[0].owner", '"${aws:username}"', OWNER_WANT),
    ),
    "owner of 65 letters": (
        workstation(f'owner = "{"o" * 65}"'),
        found("workstation[0].owner", f'"{"o" * 57}..."', OWNER_WANT),
    ),
    "owner with a path": (workstation('owner = "../ada"'), found("workstation[0].owner", '"../ada"', OWNER_WANT)),
    "type without size": (
        workstation('instance_type = "m7i"'),
        found("workstation[0].instance_type", '"m7i"', TYPE_WANT),
    ),
    "paravirtual type": (
        workstation('instance_type = "m1.large"'),
        found("workstation[0].instance_type", '"m1.large"', "a current type", 'such as "m7i.xlarge"'),
    ),
    "mac": (
        workstation('instance_type = "mac2.metal"'),
        found("workstation[0].instance_type", '"mac2.metal"', "a type that runs Linux"),
    ),
    "Amazon Linux 2": (
        workstation('operating_system = "amazon-linux-2"'),
        found(
            "workstation[0].operating_system",
            '"amazon-linux-2"',
            'one of "amazon-linux-2023", "ubuntu-24.04"',
            'did you mean "amazon-linux-2023"?',
        ),
    ),
    "short AMI id": (
        workstation('image = "ami-123"'),
        found("workstation[0].image", '"ami-123"', IMAGE_WANT),
    ),
    "zone by name": (
        workstation('zone = "us-east-1a"'),
        found("workstation[0].zone", '"us-east-1a"', 'one of "a", "b", "c", "d"'),
    ),
    "zone that the network lacks": (
        workstation('zone = "c"'),
        found("workstation[0].zone", '"c"', 'one of "a", "b"', "network.zones is 2"),
    ),
    "key name with a newline": (
        workstation('key_name = "a\\n"'),
        found("workstation[0].key_name", '"a\\n"', "the name of an EC2 key pair of the region, or nothing"),
    ),
    "root volume too small": (
        workstation("root_volume_gib = 8"),
        found("workstation[0].root_volume_gib", "8", GIB.format(20)),
    ),
    "root volume too small for Deep Learning": (
        workstation('image = "deep-learning"'),
        found("workstation[0].root_volume_gib", "30", "at least 100 for a Deep Learning AMI"),
    ),
    "home volume too small": (
        workstation("home_volume_gib = 1"),
        found("workstation[0].home_volume_gib", "1", GIB.format(10)),
    ),
    "home volume too large": (
        workstation("home_volume_gib = 16385"),
        found("workstation[0].home_volume_gib", "16385", GIB.format(10)),
    ),
    "home volume too small for its IOPS": (
        "[home_volume]\niops = 16000\n" + workstation("home_volume_gib = 20"),
        found("workstation[0].home_volume_gib", "20", "at least 32, since gp3 gives 500 IOPS for each GiB"),
    ),
    "501 workstations": (
        "".join(f'[[workstation]]\nname = "w{index}"\n' for index in range(501)),
        found("workstation", "501 tables", "at most 500"),
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_config_is_answered_with_the_exact_message(case, figures):
    text, message = BAD[case]

    with pytest.raises(ConfigError) as error:
        read_config(text, "config/team.toml")

    actual = str(error.value)
    expected = f"config/team.toml has 1 finding:\n  {message}"
    figures.count("bad-configs", held=expected == actual)

    assert expected == actual


def test_all_findings_are_shown_at_once():
    text = '[network]\nnat = "both"\nzones = 9\n[[workstation]]\nname = "A"\n[[workstation]]\nnmae = "b"\n'

    with pytest.raises(ConfigError) as error:
        read_config(text, "config/team.toml")

    keys = [finding.key for finding in error.value.findings]

    assert keys == ["network.zones", "network.nat", "workstation[0].name", "workstation[1].nmae", "workstation[1].name"]


def test_findings_that_need_the_whole_config_come_together():
    text = (
        '[network]\ncidr = "8.8.8.8/26"\negress_tcp_ports = [80]\n'
        '[[workstation]]\nname = "ada"\n[[workstation]]\nname = "ada"\nzone = "d"\n'
    )

    with pytest.raises(ConfigError) as error:
        read_config(text, "config/team.toml")

    keys = [finding.key for finding in error.value.findings]

    assert keys == ["network.cidr"] * 3 + ["network.egress_tcp_ports", "workstation[1].name", "workstation[1].zone"]
