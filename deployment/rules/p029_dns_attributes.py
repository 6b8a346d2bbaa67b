"""A VPC that is there resolves names, and those of the endpoints."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules import network_decisions, wanted
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule


def check(facts: Facts) -> Iterator[Problem]:
    vpc_id = network_decisions.vpc_id(facts)
    endpoints = wanted.endpoint_services(facts.asked.stacks.template, facts.cloud.region)
    for attribute in ("enableDnsSupport", *(("enableDnsHostnames",) if endpoints else ())) if vpc_id else ():
        if not facts.dns_attribute(vpc_id, attribute):
            option = "--enable-dns-support" if attribute == "enableDnsSupport" else "--enable-dns-hostnames"
            command = f"aws ec2 modify-vpc-attribute --region {facts.cloud.region} --vpc-id {vpc_id} {option}"
            yield Problem(f"VPC {vpc_id}", f"{attribute} is off", "it on", f"ask whose VPC it is: {command}")


RULE = Rule(
    id="P029",
    level="error",
    title="A VPC that is there resolves names, and those of the endpoints",
    actions=(
        "ec2:DescribeVpcAttribute",
        "ec2:DescribeSubnets",
        "ec2:DescribeRouteTables",
        "ec2:DescribeVpcs",
        "cloudformation:DescribeStacks",
    ),
    hint="turn the DNS attributes of the VPC on",
    link="https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html",
    check=check,
)
