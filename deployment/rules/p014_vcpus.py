"""The vCPU quotas leave room for the machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from deployment.existing import Stack
from deployment.findings import Problem
from deployment.rules.facts import Facts
from deployment.rules.quotas import of_stack, over_quota
from deployment.rules.rule import Rule
from deployment.vcpu import Family, family
from generator.contract import WorkstationParameter, workstation_stack_name

INSTANCE_TYPE = WorkstationParameter.INSTANCE_TYPE


def check(facts: Facts) -> Iterator[Problem]:
    more = _more(facts)
    for code, group in _families(facts).items():
        used = sum(_vcpus(answer) for answer in facts.running() if _counts(answer, code))
        what = f"vCPUs of running {group.name} instances"
        yield from over_quota(facts, what, quota=("ec2", code), used=used, more=max(0, more[code]))


def _families(facts: Facts) -> dict[str, Family]:
    groups = (family(name) for name in sorted(facts.instance_types()))
    return {group.quota: group for group in groups if group}


def _more(facts: Facts) -> Counter[str]:
    """Quota to the vCPUs that the deploy adds: of new machines, and of those that get another type.

    A machine that is changed is started again, so that a stopped one counts whole.
    """
    there, types, more = facts.standing(), facts.types(), Counter[str]()
    for entry in facts.asked.stacks.workstations:
        name, stack = entry.parameters[INSTANCE_TYPE], workstation_stack_name(facts.asked.stack, entry.name)
        group = family(name)
        if name not in types or not group or (stack in there and not _changes(there[stack], name)):
            continue
        more[group.quota] += types[name]["VCpuInfo"]["DefaultVCpus"]
        for instance in of_stack(facts.running(), stack) if stack in there else ():
            before = family(instance["InstanceType"])
            if before:
                more[before.quota] -= _vcpus(instance)
    return more


def _changes(stack: Stack, instance_type: str) -> bool:
    return stack.parameters.get(INSTANCE_TYPE, instance_type) != instance_type


def _counts(instance: dict, code: str) -> bool:
    group = family(instance["InstanceType"])
    return group is not None and group.quota == code and instance.get("InstanceLifecycle") != "spot"


def _vcpus(instance: dict) -> int:
    options = instance.get("CpuOptions", {})
    return options.get("CoreCount", 1) * options.get("ThreadsPerCore", 1)


RULE = Rule(
    id="P014",
    level="error",
    title="The vCPU quotas leave room for new machines and larger ones",
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
