"""`deploy.sh --drift STACK [REGION]`: what somebody changed past the stacks; exit status 0 for nothing, else 1.

CloudFormation compares each resource with its template; the rules of the VPC's default security group,
which no template holds and a deploy empties, are compared here.
docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cloud.errors import CloudError, denied
from cloud.session import Cloud, wait_until
from deployment.arguments import Arguments
from deployment.belonging import belonging, environment_of, label
from deployment.entry import Entry
from deployment.existing import Stack, every_stack
from deployment.findings import Stopped
from deployment.patience import patiently
from deployment.statuses import DRIFTABLE
from generator.contract import EnvironmentOutput, EnvironmentParameter

SIDE_BY_SIDE = 4
POLL_SECONDS = 3
DETECTION_SECONDS = 900
"""A stack of forty resources takes about a minute."""
DRIFTED = ("MODIFIED", "DELETED")


@dataclass(frozen=True)
class Difference:
    """One property; empty where there is no such value."""

    path: str
    expected: str
    actual: str


@dataclass(frozen=True)
class Drifted:
    """One resource that is not as the template says."""

    logical_id: str
    type: str
    physical_id: str
    state: str
    """`MODIFIED` or `DELETED`."""
    differences: tuple[Difference, ...]

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"{self.logical_id} ({self.type}) {self.physical_id}: {self.state.lower()}"
        for one in self.differences:
            yield f"  {one.path}: expected {one.expected or 'nothing'}, actual {one.actual or 'nothing'}"


@dataclass(frozen=True)
class Verdict:
    """What is known about one stack."""

    stack: str
    label: str
    checked: int
    not_checked: tuple[str, ...]
    """Resources of types that AWS does not compare."""
    drifted: tuple[Drifted, ...]
    trouble: str = ""
    """Why not everything could be compared; empty when all was."""


def run(entry: Entry, arguments: Arguments) -> int:
    """Look for drift; the exit status. Raises `Stopped` and `CloudError`."""
    look = patiently(lambda: every_stack(entry.cloud), say=entry.talk.say, sleep=entry.processes.sleep)
    there = belonging(arguments.stack, look)
    stacks = there.stacks
    if not stacks:
        want = "want one that is deployed; look at its name and its region"
        raise Stopped(f"stack {arguments.stack}: there is none in {entry.cloud.region}, {want}")
    wrong = [stack for stack in stacks if stack.status not in DRIFTABLE]
    if wrong:
        refused = [f"stack {one.name}: is {one.status}, want one of {', '.join(DRIFTABLE)}" for one in wrong]
        raise Stopped(*refused, "AWS detects drift only in a stack at rest; deploy first, then ask again")
    with entry.processes.threads(SIDE_BY_SIDE) as pool:
        verdicts = tuple(pool.map(lambda stack: _verdict(entry, stack), stacks))
    with entry.talk.quiet():
        if arguments.json:
            print(json.dumps(_json(arguments.stack, verdicts), indent=2, ensure_ascii=False), flush=True)
        else:
            print("\n".join(lines(verdicts)), flush=True)
    return 1 if any(one.drifted or one.trouble for one in verdicts) else 0


def lines(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Each stack with what drifted in it."""
    for one in verdicts:
        found = f"{len(one.drifted)} drifted" if one.drifted else "no drift"
        skipped = f", {len(one.not_checked)} that AWS cannot compare" if one.not_checked else ""
        yield f"{one.label}: {found}, {one.checked} compared{skipped}"
        if one.trouble:
            yield f"  not everything could be compared: {one.trouble}"
        for drifted in one.drifted:
            yield from (f"  {line}" for line in drifted.lines())
    if any(one.drifted for one in verdicts):
        yield "A deploy does not undo this: CloudFormation changes only what the template changes."


def _verdict(entry: Entry, stack: Stack) -> Verdict:
    cloud, name = entry.cloud, label(stack)
    with entry.talk.step(f"drift of {name}") as step:
        trouble = _detect(entry, stack)
        answers = tuple(_drifts(cloud, stack.name))
        found = [_drifted(answer) for answer in answers if answer["StackResourceDriftStatus"] in DRIFTED]
        try:
            found += _default_group(cloud, stack)
        except CloudError as error:
            if not denied(error):
                raise
            trouble = "; ".join(filter(None, [trouble, str(error)]))
        compared = {one["LogicalResourceId"] for one in answers if one["StackResourceDriftStatus"] != "NOT_CHECKED"}
        resources = cloud.pages("cloudformation", "ListStackResources", "StackResourceSummaries", StackName=stack.name)
        others = (one["LogicalResourceId"] for one in resources if one.get("PhysicalResourceId"))
        skipped = tuple(sorted(one for one in others if one not in compared))
        step.result = f"{len(found)} drifted" if found else "none"
    return Verdict(stack.name, name, len(compared), skipped, tuple(found), trouble)


def _detect(entry: Entry, stack: Stack) -> str:
    """Let AWS compare; empty, or why it could not compare everything."""
    cloud = entry.cloud
    begun = cloud.call("cloudformation", "DetectStackDrift", StackName=stack.name)["StackDriftDetectionId"]

    def over() -> Mapping[str, Any] | None:
        answer = cloud.call("cloudformation", "DescribeStackDriftDetectionStatus", StackDriftDetectionId=begun)
        return None if answer["DetectionStatus"] == "DETECTION_IN_PROGRESS" else answer

    ended = wait_until(
        lambda: patiently(over, say=entry.talk.say, sleep=entry.processes.sleep),
        what=f"the drift detection of {stack.name}",
        timeout_seconds=DETECTION_SECONDS,
        poll_seconds=POLL_SECONDS,
        sleep=entry.processes.sleep,
    )
    failed = ended["DetectionStatus"] == "DETECTION_FAILED"
    return " ".join(ended.get("DetectionStatusReason", "AWS does not say why").split()) if failed else ""


def _drifts(cloud: Cloud, stack: str) -> Iterator[Mapping[str, Any]]:
    """Every page; boto3 has no paginator for this call."""
    more: dict[str, str] = {}
    while True:
        answer = cloud.call("cloudformation", "DescribeStackResourceDrifts", StackName=stack, **more)
        yield from answer["StackResourceDrifts"]
        if not answer.get("NextToken"):
            return
        more = {"NextToken": answer["NextToken"]}


def _drifted(answer: Mapping[str, Any]) -> Drifted:
    differences = (
        Difference(one["PropertyPath"], _value(one, "ExpectedValue"), _value(one, "ActualValue"))
        for one in answer.get("PropertyDifferences", ())
    )
    names = ("LogicalResourceId", "ResourceType", "PhysicalResourceId", "StackResourceDriftStatus")
    return Drifted(*(answer.get(name, "") for name in names), differences=tuple(differences))


def _value(one: Mapping[str, str], name: str) -> str:
    """AWS writes a missing value as the text `null`."""
    value = " ".join(one.get(name, "").split())
    return "" if value == "null" else value


def _default_group(cloud: Cloud, stack: Stack) -> Iterator[Drifted]:
    """The default security group of the environment's VPC, if it has a rule; that of a VPC of others is theirs."""
    vpc = stack.outputs.get(EnvironmentOutput.VPC_ID)
    if not vpc or environment_of(stack) != stack.name or EnvironmentParameter.VPC_ID in stack.parameters:
        return
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    for group in cloud.pages("ec2", "DescribeSecurityGroups", "SecurityGroups", Filters=filters):
        rules = (("ingress", group["IpPermissions"]), ("egress", group["IpPermissionsEgress"]))
        found = tuple(Difference(name, "", json.dumps(rule, sort_keys=True)) for name, all_ in rules for rule in all_)
        if found:
            kind = "AWS::EC2::SecurityGroup"
            yield Drifted("the VPC's default security group", kind, group["GroupId"], "MODIFIED", found)


def _json(name: str, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    return {
        "name": name,
        "drifted": any(one.drifted for one in verdicts),
        "stacks": [
            {
                "name": one.stack,
                "compared": one.checked,
                "not_compared": list(one.not_checked),
                **({"trouble": one.trouble} if one.trouble else {}),
                "drifted": [
                    {
                        "logical_id": found.logical_id,
                        "type": found.type,
                        "physical_id": found.physical_id,
                        "state": found.state,
                        "differences": [vars(difference) for difference in found.differences],
                    }
                    for found in one.drifted
                ],
            }
            for one in verdicts
        ],
    }
