"""The vCPU quotas leave room for the machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from deployment.findings import Problem
from deployment.rules.facts import Facts
from deployment.rules.quotas import over_quota
from deployment.rules.rule import Rule
from deployment.vcpu import family
from generator.contract import WorkstationParameter, workstation_stack_name


def check(facts: Facts) -> Iterator[Problem]:
    there, types, asked = facts.standing(), facts.types(), facts.asked
    wanted: Counter[str] = Counter()
    families = {}
    for entry in asked.stacks.workstations:
        name = entry.parameters[WorkstationParameter.INSTANCE_TYPE]
        group = family(name)
        if group and name in types and workstation_stack_name(asked.stack, entry.name) not in there:
            wanted[group.quota] += types[name]["VCpuInfo"]["DefaultVCpus"]
            families[group.quota] = group
    for code, group in families.items():
        used = sum(_vcpus(answer) for answer in facts.running() if _counts(answer, code))
        what = f"vCPUs of running {group.name} instances"
        yield from over_quota(facts, what, quota=("ec2", code), used=used, more=wanted[code])


def _counts(instance: dict, code: str) -> bool:
    group = family(instance["InstanceType"])
    return group is not None and group.quota == code and instance.get("InstanceLifecycle") != "spot"


def _vcpus(instance: dict) -> int:
    options = instance.get("CpuOptions", {})
    return options.get("CoreCount", 1) * options.get("ThreadsPerCore", 1)


RULE = Rule(
    id="P014",
    level="error",
    title="The vCPU quotas leave room for the new machines",
    actions=(
        "ec2:DescribeInstances",
        "ec2:DescribeInstanceTypes",
        "servicequotas:GetServiceQuota",
        "servicequotas:GetAWSDefaultServiceQuota",
        "cloudformation:DescribeStacks",
    ),
    hint="ask for more, or stop machines",
    link="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html",
    check=check,
    on_local=False,
)
