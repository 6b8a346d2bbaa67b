"""The key pairs are in the region."""

from __future__ import annotations

from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules.facts import Facts
from deployment.rules.rule import Rule
from generator.contract import WorkstationParameter


def check(facts: Facts) -> Iterator[Problem]:
    there = facts.key_pairs()
    for entry in facts.asked.stacks.workstations:
        name = entry.parameters.get(WorkstationParameter.KEY_NAME)
        if name and name not in there:
            hint = "leave key_name out (nobody needs one to connect), or import it: aws ec2 import-key-pair"
            value = f"key pair {name[:64]!a} is not in {facts.cloud.region}"
            yield Problem(f"workstation {entry.name}", value, "a key pair of this region", hint)


RULE = Rule(
    id="P013",
    level="error",
    title="The key pairs that the config names are in the region",
    actions=("ec2:DescribeKeyPairs",),
    hint="leave the key pair out, or import it",
    link="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-key-pairs.html",
    check=check,
)
