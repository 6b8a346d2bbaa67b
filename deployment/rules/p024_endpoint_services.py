"""The endpoint services are offered in the chosen zones."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules import decisions, wanted
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule


def check(facts: Facts) -> Iterator[Problem]:
    services = wanted.endpoint_services(facts.asked.stacks.template, facts.cloud.region)
    offered = facts.endpoint_services()
    chosen = decisions.zone_of_parameter(facts) if services else {}
    for service, parameters in services.items():
        if service not in offered:
            hint = "leave it out of the config, or choose another region"
            yield Problem("endpoint", f"{facts.cloud.region} has no {service}", "a service of the region", hint)
            continue
        zones = {chosen[parameter] for parameter in parameters if parameter in chosen}
        for zone in sorted(zones - offered[service] if offered[service] else ()):
            hint = f"it is in {', '.join(sorted(offered[service]))}; pass other zones with --parameter"
            yield Problem("endpoint", f"{service} is not offered in {zone}", "a zone that has it", hint)


RULE = Rule(
    id="P024",
    level="error",
    title="The endpoint services are offered in the chosen zones",
    actions=(
        "ec2:DescribeVpcEndpointServices",
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInstanceTypeOfferings",
        "ec2:DescribeSubnets",
        "cloudformation:DescribeStacks",
    ),
    hint="choose other zones, or leave the endpoint out",
    link="https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
    check=check,
    on_local=False,
)
