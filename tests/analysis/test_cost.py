"""What a month costs, against prices multiplied by hand."""

from __future__ import annotations

import itertools
from decimal import Decimal
from pathlib import Path

import pytest

from analysis.committed import read_committed
from analysis.cost import Cost, Line, for_stacks, monthly
from analysis.cost_table import as_table
from analysis.prices import read_prices
from tests.analysis.networks import environment, resource, workstation


def one(kind: str, *, policy: str = "", **properties: object) -> Cost:
    return monthly({"Resources": {"It": resource(kind, policy=policy, **properties)}}, {}, "us-east-1")


def amounts(cost: Cost) -> tuple[str, ...]:
    return tuple(str(amount.normalize()) for amount in (cost.running, cost.idle_stop, cost.stopped, cost.removed))


def test_one_nat_gateway_and_its_address_cost_36_dollars_50():
    cost = monthly(environment("single"), {}, "us-east-1")

    expected = [
        ("NatAddressA", "public IPv4 address", Decimal("3.65")),
        ("NatGatewayA", "NAT gateway", Decimal("32.85")),
        ("S3Endpoint", "gateway endpoint s3", Decimal(0)),
    ]
    assert expected == [(line.logical_id, line.what, line.running) for line in cost.lines]
    assert amounts(cost) == ("36.5", "36.5", "36.5", "0")


def test_nat_per_zone_costs_twice_as_much_and_none_costs_its_endpoints():
    assert Decimal("73") == monthly(environment("per-zone"), {}, "us-east-1").running
    assert Decimal("29.2") == monthly(environment("none"), {}, "us-east-1").running  # 2 endpoints in 2 zones


def lines(cost: Cost) -> list[tuple[str, Decimal | None]]:
    return [(line.what, line.running) for line in cost.of("network").lines if line.running]


def committed_cost(root: Path, name: str) -> Cost:
    committed = read_committed(root / "templates" / name)
    return for_stacks(committed.stacks, committed.templates, "us-east-1")["environment"]


def test_a_regional_nat_gateway_is_paid_for_each_zone_of_its_addresses(root: Path):
    cost = committed_cost(root, "regional")

    address = ("public IPv4 address", Decimal("3.65"))
    assert [address, address, ("regional NAT gateway in 2 zones", Decimal("65.7"))] == lines(cost)


def test_a_regional_nat_gateway_that_follows_the_machines_is_paid_for_at_most_every_zone(root: Path):
    template = read_committed(root / "templates/regional").templates["environment.yaml"]
    resources = {name: made for name, made in template["Resources"].items() if made["Type"] != "AWS::EC2::EIP"}
    gateway = resources["RegionalNatGateway"]
    properties = {key: value for key, value in gateway["Properties"].items() if key != "AvailabilityZoneAddresses"}
    resources["RegionalNatGateway"] = {**gateway, "Properties": properties}
    cost = monthly({**template, "Resources": resources, "Outputs": {}}, {}, "us-east-1")

    gateways, addresses = ("regional NAT gateway in up to 2 zones", "its addresses in up to 2 zones")
    assert [(gateways, Decimal("65.7")), (addresses, Decimal("7.3"))] == lines(cost)
    assert (
        "A NAT gateway that follows the machines is paid only for zones that have some, at most for these" in cost.notes
    )


def test_a_vpc_that_is_there_costs_only_what_is_added_to_it(root: Path):
    cost = committed_cost(root, "existing-vpc")

    endpoints = ("interface endpoint ssm in 2 zones", "interface endpoint ssmmessages in 2 zones")
    assert [(what, Decimal("14.6")) for what in endpoints] == lines(cost)
    assert "Without what the VPC that is there costs by itself, such as its own NAT gateways" in cost.notes


def test_a_vpc_from_a_pool_costs_what_one_with_a_block_does(root: Path):
    cost = committed_cost(root, "ipam")

    assert Decimal("73") + 2 * Decimal("14.6") == cost.of("network").running
    assert "Without IPAM itself, which the account that owns the pool pays for" in cost.notes


def test_a_workstation_costs_its_machine_only_while_it_runs_and_its_home_snapshot_for_ever():
    cost = monthly(workstation(), {"InstanceType": "m7i.xlarge", "HomeVolumeGiB": "120"}, "us-east-1")

    machine, idle = Decimal("0.2016") * 730, Decimal("0.2016") * Decimal("173.33")
    root, home = Decimal("2.4"), Decimal("9.6")
    expected = (
        Line("Instance", "compute", "m7i.xlarge", machine, idle, Decimal(0), Decimal(0)),
        Line("Instance", "storage", "root volume, gp3 30 GiB", root, root, root, Decimal(0)),
        Line("HomeVolume", "storage", "volume, gp3 120 GiB", home, home, home, Decimal("6")),
    )
    assert expected == cost.lines
    assert cost.unknown == ()


def test_the_layouts_cost_what_the_project_planned_with():
    """One m7i.xlarge and 150 GiB: the planning figures were 196 dollars always on, and 84 with idle stop."""
    cost = monthly(environment("single"), {}, "us-east-1")
    cost += monthly(workstation(), {"HomeVolumeGiB": "120"}, "us-east-1")

    assert (round(cost.running), round(cost.idle_stop)) == (196, 83)


def test_iops_and_throughput_above_the_free_ones_are_paid():
    cost = one("EC2::Volume", Size=100, VolumeType="gp3", Iops=4000, Throughput=225)

    assert amounts(cost) == ("17", "17", "17", "0")  # 8 + 1000 * 0.005 + 100 * 0.04


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_a_retained_volume_is_paid_after_the_removal(policy: str):
    cost = one("EC2::Volume", policy=policy, Size=100, VolumeType="gp3")

    assert amounts(cost) == ("8", "8", "8", "8")


def test_a_disk_that_outlives_its_machine_is_paid_after_the_removal():
    disk = {"VolumeType": "gp3", "VolumeSize": 100, "DeleteOnTermination": False}
    cost = one("EC2::Instance", InstanceType="t3.micro", BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": disk}])

    assert amounts(cost) == ("15.592", "9.802632", "8", "8")


def test_a_public_address_on_the_machine_is_paid_while_it_runs():
    interfaces = [{"DeviceIndex": "0", "AssociatePublicIpAddress": True}]
    cost = one("EC2::Instance", InstanceType="t3.micro", NetworkInterfaces=interfaces).of("network")

    assert amounts(cost) == ("3.65", "0.86665", "0", "0")


def test_a_key_costs_a_dollar():
    assert amounts(one("KMS::Key")) == ("1", "1", "1", "0")
    assert amounts(one("KMS::Key", policy="Retain")) == ("1", "1", "1", "1")


@pytest.mark.parametrize(
    ("kind", "properties", "what"),
    [
        ("EC2::Instance", {"InstanceType": "z9.huge"}, "z9.huge"),
        ("EC2::Instance", {"InstanceType": "t3.micro"}, "root volume of the image's size"),
        ("EC2::Volume", {"Size": 10, "VolumeType": "io2"}, "volume, io2 10 GiB"),
        ("EC2::Volume", {"SnapshotId": "snap-1", "VolumeType": "gp3"}, "volume, gp3 None GiB"),
        ("EC2::NatGateway", {"AvailabilityMode": "regional"}, "regional NAT gateway"),
        ("EC2::VPCEndpoint", {"VpcEndpointType": "GatewayLoadBalancer"}, "GatewayLoadBalancer endpoint"),
        ("Redshift::Cluster", {}, "AWS::Redshift::Cluster"),
    ],
)
def test_what_has_no_known_price_is_said_and_never_counted_as_free(kind: str, properties: dict, what: str):
    cost = one(kind, **properties)

    assert what in [line.what for line in cost.unknown]
    assert f"The price of {what} (It) is unknown here, so the totals are without it" in cost.notes
    assert ">= 0.00" in as_table({"environment": cost}) or ">= 7.59" in as_table({"environment": cost})


def test_an_instance_type_that_only_the_deploy_knows_is_unknown():
    template = workstation()
    del template["Parameters"]["InstanceType"]["Default"]

    assert [line.what for line in monthly(template, {}, "us-east-1").unknown] == ["${InstanceType}"]


def test_another_region_says_whose_prices_these_are():
    here = monthly(environment(), {}, "us-east-1").notes
    there = monthly(environment(), {}, "eu-west-1").notes

    expected = {"Those of eu-west-1 differ: the prices here are still those of us-east-1"}
    assert expected == set(there) - set(here)


def test_what_is_paid_by_the_gigabyte_is_noted():
    expected = (
        "AWS list prices of us-east-1, 2026-11-24, 730 hours a month, without tax",
        "On top, per GB through an interface endpoint: $0.01",
        "On top, per GB of flow log: $0.50 to write, $0.03 a month to keep",
    )
    assert expected == monthly(environment("none"), {}, "us-east-1").notes


@pytest.mark.parametrize("name", ["", "minimal", "maximal", "regional", "ipam", "existing-vpc"])
def test_every_resource_type_of_our_templates_has_a_known_price(name: str, root: Path):
    committed = read_committed(root / "templates" / name)

    costs = for_stacks(committed.stacks, committed.templates, "us-east-1")
    assert {stack: cost.unknown for stack, cost in costs.items() if cost.unknown} == {}


def test_the_network_of_the_default_config_costs_at_most_37_dollars(root: Path):
    committed = read_committed(root / "templates")

    costs = for_stacks(committed.stacks, committed.templates, "us-east-1")
    network = sum(cost.of("network").running for cost in costs.values())
    assert 0 < network <= 37


def test_prices_grow_with_the_size_within_a_family():
    """A slip of the pen in the price list would break the order of sizes, or double a size's price wrongly."""
    prices = read_prices().instance_hour
    sizes = ("medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge")
    families = {name.partition(".")[0] for name in prices if name[0] in "tmcr"}

    for family in sorted(families):
        known = [(size, prices[f"{family}.{size}"]) for size in sizes if f"{family}.{size}" in prices]
        doubled = [later[1] / earlier[1] for earlier, later in itertools.pairwise(known)]
        assert [Decimal(2)] * len(doubled) == doubled, family


def test_the_guide_shows_what_the_command_prints(root: Path):
    committed = read_committed(root / "templates")

    costs = for_stacks(committed.stacks, committed.templates, "us-east-1")
    assert f"$ python -m analysis cost\n{as_table(costs)}```\n" in (root / "docs/guides/cost.md").read_text("utf-8")


@pytest.mark.parametrize(("nat", "dollars"), [("none", "29.20"), ("single", "36.50"), ("per-zone", "73.00")])
def test_the_guide_compares_the_ways_out_at_their_price(nat: str, dollars: str, root: Path):
    row = next(
        line for line in (root / "docs/guides/cost.md").read_text("utf-8").splitlines() if f'nat = "{nat}"' in line
    )

    assert row.endswith(f"| ${dollars} |")
    assert monthly(environment(nat), {}, "us-east-1").running == Decimal(dollars)


def test_detailed_monitoring_is_paid_while_the_machine_runs():
    cost = one("EC2::Instance", InstanceType="t3.micro", Monitoring=True).of("other")

    assert amounts(cost)[0::2] == ("2.1", "0")
