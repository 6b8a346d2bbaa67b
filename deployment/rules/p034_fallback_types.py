"""The types to fall back on can be had where the workstation is."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules import decisions
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule
from generator.contract import EnvironmentParameter


def check(facts: Facts) -> Iterator[Problem]:
    listing = [entry for entry in facts.asked.stacks.workstations if entry.fallback_instance_types]
    zones = decisions.zone_ids(facts).values if listing else {}
    for entry in listing:
        zone = zones.get(EnvironmentParameter.availability_zone_id(entry.zone))
        for name in entry.fallback_instance_types if zone else ():
            offering = sorted(where for where, types in facts.offered().items() if name in types)
            if zone and zone.value not in offering:
                hint = f"it is in {', '.join(offering)}" if offering else "no zone of the region has it: leave it out"
                value = f"{name} of its fallback_instance_types is not offered in {zone.value}"
                yield Problem(f"workstation {entry.name}", value, "types that its zone has", hint)


RULE = Rule(
    id="P034",
    level="warning",
    title="The types to fall back on are offered in the workstation's zone",
    actions=(
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInstanceTypeOfferings",
        "cloudformation:DescribeStacks",
    ),
    hint="choose other types in fallback_instance_types",
    link="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-discovery.html",
    check=check,
)
