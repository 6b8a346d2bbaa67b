"""Reading a template's network: what it makes of our stacks, and what it refuses to guess."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

from analysis.committed import read_committed
from analysis.network import Network, NoSurroundingsError, join, read, with_probes
from analysis.network.addresses import PUBLIC_RANGE
from analysis.network.model import Interface, Rule, Target
from analysis.partial import resolve_partly
from analysis.resolve import Context
from tests.analysis.networks import environment, get_att, ref, resource, stacks, workstation
from tests.analysis.small import group, ipv6, machine, network


def joined(**environment_changes: Any) -> Network:
    made = environment()
    made["Resources"] |= environment_changes
    templates = {"environment.yaml": made, "workstation.yaml": workstation()}
    return read(join(stacks(("ada", "A"), ("bob", "B")), templates))


def test_workstations_are_put_where_the_deploy_step_puts_them():
    interfaces = {item.name: item for item in joined().interfaces}

    expected = Interface(
        name="bob/Instance",
        kind="instance",
        subnet="PrivateSubnetB",
        addresses=(ip_address("10.0.8.4"),),
        public_address=None,
        security_groups=("WorkstationSecurityGroup",),
    )
    assert expected == interfaces["bob/Instance"]
    assert list(interfaces) == ["NatGatewayA", "ada/Instance", "bob/Instance"]


def test_every_name_is_ours_and_every_route_says_where_it_leads():
    tables = {table.name: table for table in joined().route_tables}

    assert sorted(tables) == ["PrivateRouteTableA", "PrivateRouteTableB", "PublicRouteTable", "main:Vpc"]
    expected = (
        ("local", Target("local", "Vpc")),
        ("PrivateDefaultRouteB", Target("nat-gateway", "NatGatewayA")),
        ("S3Endpoint", Target("gateway-endpoint", "S3Endpoint")),
    )
    assert expected == tuple((item.name, item.target) for item in tables["PrivateRouteTableB"].routes)


def test_two_readings_are_equal():
    assert with_probes(joined()) == with_probes(joined())


def in_an_existing_vpc() -> dict[str, Any]:
    """An environment that makes only a group and endpoints, and is told the VPC, its block, subnets and tables."""
    made = environment("none")
    kept = ("WorkstationSecurityGroup", "WorkstationRole", "WorkstationInstanceProfile")
    made["Resources"] = {name: made["Resources"][name] for name in kept}
    names = ("VpcId", "VpcCidrBlock", "PrivateSubnetIdA", "PrivateSubnetIdB")
    made["Parameters"] = {name: {"Type": "String"} for name in names}
    made["Parameters"]["PrivateRouteTableIds"] = {"Type": "CommaDelimitedList"}
    from_the_vpc = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": ref("VpcCidrBlock")}
    made["Resources"] |= {
        "WorkstationSecurityGroup": resource(
            "EC2::SecurityGroup", VpcId=ref("VpcId"), GroupDescription="x", SecurityGroupIngress=[from_the_vpc]
        ),
        "OurS3": resource(
            "EC2::VPCEndpoint", VpcId=ref("VpcId"), ServiceName="x.s3", RouteTableIds=ref("PrivateRouteTableIds")
        ),
    }
    made["Outputs"] |= {name: {"Value": ref(name)} for name in ("VpcId", "PrivateSubnetIdA", "PrivateSubnetIdB")}
    return made


def test_an_environment_for_a_vpc_that_is_there_is_put_into_one():
    templates = {"environment.yaml": in_an_existing_vpc(), "workstation.yaml": workstation()}
    around = resolve_partly(environment(), {}, Context())
    found = read(join(stacks(("ada", "B")), templates, around))

    assert {"PrivateSubnetB"} == {item.subnet for item in found.interfaces if item.name == "ada/Instance"}
    group = next(item for item in found.security_groups if item.name == "WorkstationSecurityGroup")
    assert found.vpcs[0].blocks[0] == group.ingress[0].peer
    led = [table.name for table in found.route_tables for route in table.routes if route.name == "OurS3"]
    assert led == ["PrivateRouteTableA", "PrivateRouteTableB"]
    assert "S3Endpoint" not in {route.name for table in found.route_tables for route in table.routes}


def test_without_a_word_about_the_vpc_that_is_there_nothing_is_said():
    templates = {"environment.yaml": in_an_existing_vpc(), "workstation.yaml": workstation()}

    with pytest.raises(NoSurroundingsError, match="wanted a template of the VPC around it"):
        join(stacks(), templates)


@pytest.mark.parametrize("name", ["", "minimal", "maximal"])
def test_the_committed_templates_can_be_read(name: str, root: Path):
    committed = read_committed(root / "templates" / name)
    found = read(join(committed.stacks, committed.templates))

    machines = [item.name for item in found.interfaces if item.kind == "instance"]
    assert sorted(f"{item['name']}/Instance" for item in committed.stacks["workstations"]) == machines


def test_there_is_a_probe_for_every_group_in_every_subnet():
    found = with_probes(network())
    probes = [item for item in found.interfaces if item.kind == "probe"]

    groups = ("Closed", "Open", "default:Vpc")
    assert sorted(f"probe:{group}:{subnet}" for group in groups for subnet in ("Private", "Public")) == [
        item.name for item in probes
    ]
    addresses = [address for item in found.interfaces for address in item.addresses]
    assert len(set(addresses)) == len(addresses)


def test_probes_have_ipv6_and_a_public_address_where_the_subnet_gives_them():
    public = resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.0.0/24", MapPublicIpOnLaunch=True)
    probe = next(item for item in with_probes(network(Public=public)).interfaces if item.name == "probe:Open:Public")
    six = next(item for item in with_probes(network(**ipv6())).interfaces if item.name == "probe:Open:Public")

    assert probe.public_address in PUBLIC_RANGE
    assert [address.version for address in six.addresses] == [4, 6]


def test_addresses_that_the_template_names_are_kept_and_the_rest_dealt_around_them():
    found = network(First=machine("Private", "Open"), Second=machine("Private", "Open", PrivateIpAddress="10.0.1.4"))

    expected = {"Client": "10.0.1.5", "First": "10.0.1.6", "Second": "10.0.1.4", "Server": "10.0.0.4"}
    assert expected == {item.name: str(item.addresses[0]) for item in found.interfaces}


def test_a_group_that_names_no_egress_lets_everything_out_and_an_empty_list_names_none():
    groups = {item.name: item.egress for item in network(Open=group(SecurityGroupEgress=[])).security_groups}

    expected = tuple(
        Rule(f"Open default egress {at}", "all", 0, 65535, ip_network(block))
        for at, block in enumerate(("0.0.0.0/0", "::/0"), 1)
    )
    assert expected == groups["Open"]


def test_blocks_are_worked_out_from_the_vpcs_own_also_when_a_pool_gives_it():
    vpc = resource("EC2::VPC", Ipv4IpamPoolId="ipam-pool-0a", Ipv4NetmaskLength=20)
    blocks = {"Fn::Cidr": [get_att("Vpc", "CidrBlock"), 8, 9]}
    found = network(
        Vpc=vpc,
        Public=resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock={"Fn::Select": [0, blocks]}),
        Private=resource("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock={"Fn::Select": [4, blocks]}),
        Open=group(SecurityGroupIngress=[{"IpProtocol": "-1", "CidrIp": get_att("Private", "CidrBlock")}]),
    )

    assert {item.name: str(item.blocks[0]) for item in found.subnets} == {
        "Public": "10.0.0.0/23",
        "Private": "10.0.8.0/23",
    }
    assert (
        ip_network("10.0.8.0/23") == next(item for item in found.security_groups if item.name == "Open").ingress[0].peer
    )


def test_a_machine_may_have_its_interface_as_a_resource_of_its_own():
    eni = resource("EC2::NetworkInterface", SubnetId=ref("Private"), SourceDestCheck=False)
    instance = resource(
        "EC2::Instance", ImageId="x", NetworkInterfaces=[{"DeviceIndex": "0", "NetworkInterfaceId": ref("Eni")}]
    )
    found = next(item for item in network(Eni=eni, Router=instance).interfaces if item.name == "Router")

    assert (found.subnet, found.security_groups, found.source_dest_check) == ("Private", ("default:Vpc",), False)
