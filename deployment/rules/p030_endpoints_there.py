"""A VPC that is there has none of the endpoints yet: AWS refuses a second one."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules import network_decisions, wanted
from deployment.rules.facts import Facts
from deployment.rules.quotas import ours
from deployment.rules.rule import Rule
from generator.contract import EnvironmentParameter


def check(facts: Facts) -> Iterator[Problem]:
    vpc_id, template, region = network_decisions.vpc_id(facts), facts.asked.stacks.template, facts.cloud.region
    if not vpc_id or not wanted.resources(template, "AWS::EC2::VPCEndpoint"):
        return
    services = wanted.endpoint_services(template, region)
    there = facts.endpoints_of(vpc_id)
    mine = {endpoint["VpcEndpointId"] for endpoint in ours(facts, there)}
    tables = set(network_decisions.value(facts, EnvironmentParameter.PRIVATE_ROUTE_TABLE_IDS).split(","))
    for endpoint in (one for one in there if one["VpcEndpointId"] not in mine):
        about, name = f"VPC {vpc_id}", f"{endpoint['VpcEndpointId']} is there for {endpoint['ServiceName']}"
        if endpoint["ServiceName"] in services and endpoint.get("PrivateDnsEnabled"):
            hint = 'leave it out of the config, or let the machines use it: nat = "existing"'
            yield Problem(about, name, "none under the same name", hint)
        elif tables & set(endpoint.get("RouteTableIds", ())) and endpoint["ServiceName"].endswith(".s3"):
            hint = "machines reach S3 through it: s3_endpoint = false in the config"
            yield Problem(about, name, "none on the subnets' route tables", hint)


RULE = Rule(
    id="P030",
    level="error",
    title="A VPC that is there has none of the endpoints that are to be made",
    actions=(
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeSubnets",
        "ec2:DescribeRouteTables",
        "ec2:DescribeVpcs",
        "cloudformation:DescribeStacks",
    ),
    hint="use the endpoints that are there",
    link="https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
    check=check,
)
