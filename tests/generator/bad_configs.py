"""Bad workstations and volumes, each with the finding that it wants; and all bad configs together."""

from __future__ import annotations

from tests.generator.bad_networks import BAD_NETWORKS, found, workstation
from tests.generator.bad_places import BAD_PLACES

NAME_WANT = "lower-case letters, digits and hyphens, starting with a letter, at most 32, not ending in a hyphen"
OWNER_WANT = "an IAM user name or a session name: letters, digits and + = , . @ _ -, at most 64"
TYPE_WANT = 'an EC2 instance type such as "m7i.xlarge"'
FALLBACK = "workstation[0].fallback_instance_types"
IMAGE_WANT = '"standard", "deep-learning" or an AMI id'
GIB = "a whole number from {} to 16384 (GiB)"


def named(name: str) -> str:
    return f"[[workstation]]\nname = {name}\n"


BAD_WORKSTATIONS = {
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
    "fallback type without brackets": (
        workstation('fallback_instance_types = "m6i.xlarge"'),
        found(FALLBACK, '"m6i.xlarge"', f"a list, each item {TYPE_WANT}, none twice", "write it in square brackets"),
    ),
    "fallback type that is a family": (
        workstation('fallback_instance_types = ["m6i"]'),
        found(FALLBACK, "['m6i']", f"a list, each item {TYPE_WANT}, none twice"),
    ),
    "fallback type as a number": (
        workstation("fallback_instance_types = [7]"),
        found(FALLBACK, "[7]", f"a list, each item {TYPE_WANT}, none twice", "put it in quotes"),
    ),
    "fallback type twice": (
        workstation('fallback_instance_types = ["m6i.xlarge", "m6i.xlarge"]'),
        found(FALLBACK, "['m6i.xlarge', 'm6i.xlarge']", f"a list, each item {TYPE_WANT}, none twice"),
    ),
    "fallback type that is the type itself": (
        workstation('fallback_instance_types = ["m6i.xlarge", "m7i.xlarge"]'),
        found(FALLBACK, '"m7i.xlarge"', "other types than instance_type", "leave it out: it is tried first anyway"),
    ),
    "fallback type for Graviton": (
        workstation('fallback_instance_types = ["m7g.xlarge"]'),
        found(
            FALLBACK,
            '"m7g.xlarge"',
            "types for x86_64, as instance_type is",
            "this one is for arm64, where its image does not start",
        ),
    ),
    "fallback type for Intel beside Graviton": (
        workstation('instance_type = "m7g.xlarge"', 'fallback_instance_types = ["m6g.xlarge", "m7i.xlarge"]'),
        found(
            FALLBACK,
            '"m7i.xlarge"',
            "types for arm64, as instance_type is",
            "this one is for x86_64, where its image does not start",
        ),
    ),
    "fallback type that no image boots on": (
        workstation('fallback_instance_types = ["m3.xlarge"]'),
        found(FALLBACK, '"m3.xlarge"', "a current type", 'such as "m7i.xlarge"'),
    ),
    "fallback type that runs macOS": (
        workstation('fallback_instance_types = ["mac1.metal"]'),
        found(FALLBACK, '"mac1.metal"', "a type that runs Linux"),
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
BAD = BAD_NETWORKS | BAD_PLACES | BAD_WORKSTATIONS
"""Name of the case to the config and its one finding."""
