"""The main job, end to end: the real AWS CLI against the local AWS, looked at with describe calls afterwards."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest

from tests.deployment.conftest import Checkout

pytestmark = pytest.mark.xdist_group("local-deploy")

DEPLOY = ("--local", "demo", "demo-bucket", "us-east-1")
NOWHERE = "0.0.0.0/0"


def outputs(checkout: Checkout, stack: str) -> dict[str, str]:
    found = checkout.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    return {output["OutputKey"]: output["OutputValue"] for output in found}


def in_vpc(checkout: Checkout, operation: str, key: str, *, name: str = "vpc-id") -> list[dict[str, Any]]:
    vpc = outputs(checkout, "demo")["VpcId"]
    return getattr(checkout.client("ec2"), operation)(Filters=[{"Name": name, "Values": [vpc]}])[key]


def everything(checkout: Checkout) -> tuple[object, ...]:
    """What would show that a deploy did something."""
    cloudformation, s3 = checkout.client("cloudformation"), checkout.client("s3")
    stacks = cloudformation.describe_stacks()["Stacks"]
    events = [len(cloudformation.describe_stack_events(StackName=stack["StackId"])["StackEvents"]) for stack in stacks]
    buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    objects = [s3.list_objects_v2(Bucket=bucket).get("KeyCount") for bucket in buckets]
    instances = checkout.client("ec2").describe_instances()["Reservations"]
    return stacks, events, buckets, objects, instances


def test_the_first_deploy_ends_with_what_to_type_next(
    deployed: Checkout, first_deploy: subprocess.CompletedProcess[str]
) -> None:
    lines = first_deploy.stdout.splitlines()

    assert lines[0] == "environment demo: created"
    assert "workstation ada: created" in lines
    assert "Host ada demo-ada" in lines
    assert lines[-3:] == [
        "  .venv/bin/python -m workstation --local --region us-east-1 list",
        "  .venv/bin/python -m workstation --local --region us-east-1 ssh-config --write",
        "  ./deploy.sh --local --stop",
    ]


def test_the_first_deploy_says_where_it_went(
    deployed: Checkout, first_deploy: subprocess.CompletedProcess[str]
) -> None:
    said = first_deploy.stderr

    assert said.startswith("region us-east-1 (from: argument)\n")
    assert "AWS CLI: no aws on PATH: using our own\n" not in said  # the environment of the tests is on PATH
    assert "local: nothing was or will be created on AWS\n" in said
    assert "account 123456789012 " in said
    assert "it answers (simulated)" in said
    assert said.endswith("2 created\nlocal: nothing was created on AWS\n")


def test_there_is_one_vpc_with_two_private_and_two_public_subnets_in_two_zones(deployed: Checkout) -> None:
    found, subnets = outputs(deployed, "demo"), in_vpc(deployed, "describe_subnets", "Subnets")
    zone_of = {subnet["SubnetId"]: subnet["AvailabilityZone"] for subnet in subnets}
    vpcs = deployed.client("ec2").describe_vpcs(Filters=[{"Name": "tag:Environment", "Values": ["demo"]}])["Vpcs"]

    assert [vpc["VpcId"] for vpc in vpcs] == [found["VpcId"]]
    assert len(zone_of) == 4
    for tier in ("Private", "Public"):
        zones = {zone_of[found[f"{tier}SubnetId{letter}"]] for letter in "AB"}
        assert len(zones) == 2
    assert not any(subnet["MapPublicIpOnLaunch"] for subnet in subnets)


def routes_by_subnet(checkout: Checkout) -> dict[str, dict[str, Any]]:
    tables = in_vpc(checkout, "describe_route_tables", "RouteTables")
    return {
        association["SubnetId"]: {route.get("DestinationCidrBlock", "prefix list"): route for route in table["Routes"]}
        for table in tables
        for association in table["Associations"]
        if "SubnetId" in association
    }


def test_private_subnets_go_out_through_a_nat_gateway_in_a_public_subnet(deployed: Checkout) -> None:
    found, routes = outputs(deployed, "demo"), routes_by_subnet(deployed)
    gateways = in_vpc(deployed, "describe_nat_gateways", "NatGateways")
    public_gateways = {
        gateway["NatGatewayId"] for gateway in gateways if gateway["SubnetId"] == found["PublicSubnetIdA"]
    }

    assert len(public_gateways) == 1
    for letter in "AB":
        route = routes[found[f"PrivateSubnetId{letter}"]][NOWHERE]
        assert route["NatGatewayId"] in public_gateways
        assert "GatewayId" not in route


def test_the_internet_gateway_is_only_on_the_public_side(deployed: Checkout) -> None:
    found, routes = outputs(deployed, "demo"), routes_by_subnet(deployed)
    gateways = in_vpc(deployed, "describe_internet_gateways", "InternetGateways", name="attachment.vpc-id")
    (gateway,) = [found["InternetGatewayId"] for found in gateways]
    through = {
        subnet for subnet, table in routes.items() if any(route.get("GatewayId") == gateway for route in table.values())
    }

    assert through == {found["PublicSubnetIdA"], found["PublicSubnetIdB"]}


def test_the_workstation_is_private_and_wants_imdsv2(deployed: Checkout) -> None:
    identifier = outputs(deployed, "demo-ada")["InstanceId"]
    answer = deployed.client("ec2").describe_instances(InstanceIds=[identifier])
    (instance,) = answer["Reservations"][0]["Instances"]

    assert instance["SubnetId"] == outputs(deployed, "demo")["PrivateSubnetIdA"]
    assert not instance.get("PublicIpAddress")
    assert not any(interface.get("Association") for interface in instance["NetworkInterfaces"])
    assert instance["MetadataOptions"]["HttpTokens"] == "required"
    assert "KeyName" not in instance


def test_the_encrypted_home_volume_is_attached(deployed: Checkout) -> None:
    found = outputs(deployed, "demo-ada")
    (volume,) = deployed.client("ec2").describe_volumes(VolumeIds=[found["HomeVolumeId"]])["Volumes"]

    assert volume["Encrypted"]
    assert (volume["VolumeType"], volume["Size"]) == ("gp3", 100)
    assert [attachment["InstanceId"] for attachment in volume["Attachments"]] == [found["InstanceId"]]


def test_no_security_group_lets_anybody_in_from_outside_the_vpc(deployed: Checkout) -> None:
    groups = in_vpc(deployed, "describe_security_groups", "SecurityGroups")
    ours = {group["GroupId"] for group in groups}

    assert len(ours) >= 2
    for group in groups:
        for rule in group["IpPermissions"]:
            assert not rule.get("IpRanges")
            assert not rule.get("Ipv6Ranges")
            assert {pair["GroupId"] for pair in rule["UserIdGroupPairs"]} <= ours


def default_group(checkout: Checkout) -> Mapping[str, Any]:
    groups = in_vpc(checkout, "describe_security_groups", "SecurityGroups")
    return next(group for group in groups if group["GroupName"] == "default")


def test_the_default_security_group_is_empty(deployed: Checkout) -> None:
    group = default_group(deployed)

    assert (group["IpPermissions"], group["IpPermissionsEgress"]) == ([], [])


def test_both_stacks_are_protected_from_being_deleted(deployed: Checkout) -> None:
    stacks = deployed.client("cloudformation").describe_stacks()["Stacks"]
    protected = {stack["StackName"]: stack["EnableTerminationProtection"] for stack in stacks}

    assert (protected["demo"], protected["demo-ada"]) == (True, True)


def test_the_bucket_is_private_encrypted_and_versioned(deployed: Checkout) -> None:
    s3 = deployed.client("s3")
    public = s3.get_public_access_block(Bucket="demo-bucket")["PublicAccessBlockConfiguration"]
    rules = s3.get_bucket_encryption(Bucket="demo-bucket")["ServerSideEncryptionConfiguration"]["Rules"]
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket="demo-bucket", Prefix="demo/")["Contents"]]

    assert set(public.values()) == {True}
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert s3.get_bucket_lifecycle_configuration(Bucket="demo-bucket")["Rules"][0]["Status"] == "Enabled"
    assert json.loads(s3.get_bucket_policy(Bucket="demo-bucket")["Policy"])["Statement"][0]["Sid"] == "HttpsOnly"
    assert s3.get_bucket_versioning(Bucket="demo-bucket")["Status"] == "Enabled"
    assert keys
    assert all(key.endswith(".template") for key in keys)


def test_a_second_deploy_changes_nothing_and_says_so(deployed: Checkout) -> None:
    before = everything(deployed)
    done = deployed.deploy(*DEPLOY)

    assert done.returncode == 0
    assert done.stderr.endswith("nothing changed\nlocal: nothing was created on AWS\n")
    assert "environment demo: unchanged\n" in done.stdout
    assert before == everything(deployed)


@pytest.mark.parametrize("words", [DEPLOY, ("--local", "other", "other-bucket", "us-east-1")])
def test_a_dry_run_changes_nothing(deployed: Checkout, words: tuple[str, ...]) -> None:
    before = everything(deployed)
    done = deployed.deploy(*words, "--dry-run", "--parameter", "ada.HomeVolumeGiB=120")

    assert (done.returncode, done.stdout) == (0, "")
    assert "    HomeVolumeGiB = 120  (--parameter)\n" in done.stderr
    assert done.stderr.endswith("dry run: nothing was changed, nothing was deployed\n")
    assert before == everything(deployed)


def test_a_dry_run_prints_the_plan_that_the_deploy_prints(deployed: Checkout) -> None:
    def plan(text: str) -> list[str]:
        lines = text.splitlines()
        start = lines.index("plan for the local AWS, region us-east-1")
        return [line for line in lines[start:] if line.startswith(("plan ", "  "))]

    dry, real = deployed.deploy(*DEPLOY, "--dry-run"), deployed.deploy(*DEPLOY)

    assert plan(dry.stderr) == plan(real.stderr)
    assert len(plan(dry.stderr)) > 10


def test_the_result_is_there_as_json(deployed: Checkout) -> None:
    result = json.loads(deployed.deploy(*DEPLOY, "--json").stdout)

    assert (result["local"], result["changed"], result["dry_run"]) == (True, False, False)
    assert [(stack["name"], stack["result"]) for stack in result["stacks"]] == [
        ("demo", "unchanged"),
        ("demo-ada", "unchanged"),
    ]
    assert result["stacks"][1]["outputs"] == outputs(deployed, "demo-ada")


def test_rules_that_somebody_added_to_the_default_group_are_removed_again(deployed: Checkout) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": NOWHERE}]}
    group = default_group(deployed)["GroupId"]
    deployed.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])

    done = deployed.deploy(*DEPLOY)

    assert "the VPC's default security group: emptied\n" in done.stderr
    assert default_group(deployed)["IpPermissions"] == []


def test_a_second_environment_stands_beside_the_first(deployed: Checkout) -> None:
    done = deployed.deploy("--local", "second", "demo-bucket", "us-east-1")

    assert done.returncode == 0
    assert outputs(deployed, "second")["VpcId"] != outputs(deployed, "demo")["VpcId"]
    assert outputs(deployed, "second-ada")["InstanceId"] != outputs(deployed, "demo-ada")["InstanceId"]
