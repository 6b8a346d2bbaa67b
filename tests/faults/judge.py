"""The oracle: what must hold after every run, and what must hold in the end. It reads files and describe calls only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.faults.stage import SECRETS, STACK, Ended, Stage, left_behind

STATUSES = (0, 1, 2, 3)
MISHAPS = re.compile(
    r"Traceback|botocore\.exceptions|File \"|<Future|\bobject at 0x|Exception ignored|"
    r"\b(?:Key|Type|Attribute|Value|Index|Runtime|Assertion|Name|Import|Module|OS|NotImplemented|Unicode\w+)Error\b"
)
"""What is never said to people, whatever went wrong."""
WELL = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
MACHINE, VOLUME = "AWS::EC2::Instance", "AWS::EC2::Volume"


@dataclass(frozen=True)
class Wanted:
    """What shall be there in the end; `machines` is name to the values that its stack's resources have."""

    machines: Mapping[str, Mapping[str, str]]
    removed: bool = False


@dataclass(frozen=True)
class Life:
    """What became of one stack, by its events: it lived if it was ever complete."""

    name: str
    status: str
    lived: bool
    made: tuple[tuple[str, str], ...]
    """Type and id of each machine and volume that was made while it lived, or before."""


def after_a_run(
    ended: Ended, stage: Stage, files: Mapping[str, str], *, statuses: Sequence[int] = STATUSES
) -> list[str]:
    """What is wrong after one run."""
    said, found = ended.stdout + ended.stderr, []
    if ended.hung:
        found.append("it hangs, or leaves a process behind")
    if ended.status not in statuses:
        found.append(f"exit {ended.status}, want one of {statuses}")
    found += [f"it says {mishap!r}" for mishap in sorted(set(MISHAPS.findall(said)))]
    found += [f"it tells {name}" for name, value in SECRETS.items() if value in said]
    if ended.status in (1, 2, 3) and not re.search(r"^deploy\.sh: |^[^\n]+: failed: ", ended.stderr, re.M):
        found.append("it fails without a message")
    return [*found, *_files(stage, files), *_lost(stage)]


def in_the_end(ended: Ended, stage: Stage, wanted: Wanted) -> list[str]:
    """What is not as it was wanted, once a run has ended well."""
    cloudformation = stage.client("cloudformation")
    stacks = {item["StackName"]: item for item in cloudformation.describe_stacks()["Stacks"]}
    if wanted.removed:
        return [f"{name} is still {item['StackStatus']}" for name, item in stacks.items()]
    names = (STACK, *(f"{STACK}-{machine}" for machine in wanted.machines))
    found = [f"there is a stack {name}" for name in stacks if name not in names]
    for name in names:
        if name not in stacks:
            found.append(f"there is no stack {name}")
            continue
        if stacks[name]["StackStatus"] not in WELL:
            found.append(f"{name} is {stacks[name]['StackStatus']}")
        if not stacks[name]["EnableTerminationProtection"]:
            found.append(f"{name} is not protected")
        sets = cloudformation.list_change_sets(StackName=name)["Summaries"]
        found += [f"{name} has a change set {item['ChangeSetName']} ({item['Status']})" for item in sets]
    return found or [*_network(stage, stacks), *_machines(stage, stacks, wanted, ended.stderr)]


def _network(stage: Stage, stacks: Mapping[str, Any]) -> Iterator[str]:
    vpc = _outputs(stacks[STACK])["VpcId"]
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    (group,) = stage.client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
    if group["IpPermissions"] or group["IpPermissionsEgress"]:
        yield "the VPC's default group has rules"


def _machines(stage: Stage, stacks: Mapping[str, Any], wanted: Wanted, said: str) -> Iterator[str]:
    """A machine may be stopped, as people leave theirs, where the run says so: then its start failed before."""
    ec2 = stage.client("ec2")
    for name, values in wanted.machines.items():
        outputs = _outputs(stacks[f"{STACK}-{name}"])
        (reservation,) = ec2.describe_instances(InstanceIds=[outputs["InstanceId"]])["Reservations"]
        (instance,) = reservation["Instances"]
        (volume,) = ec2.describe_volumes(VolumeIds=[outputs["HomeVolumeId"]])["Volumes"]
        attached = [item["Ebs"]["VolumeId"] for item in instance["BlockDeviceMappings"]]
        told = instance["State"]["Name"] == "stopped" and "the machine is stopped" in said
        if instance["State"]["Name"] != "running" and not told:
            yield f"{name} is {instance['State']['Name']}"
        if outputs["HomeVolumeId"] not in attached:
            yield f"the home of {name} is not attached"
        actual = {"InstanceType": instance["InstanceType"], "HomeVolumeGiB": str(volume["Size"])}
        yield from (
            f"{name}: {key} is {actual[key]}, want {value}" for key, value in values.items() if actual[key] != value
        )


def _files(stage: Stage, before: Mapping[str, str]) -> Iterator[str]:
    after = stage.files()
    yield from (f"the file {path} is new, gone or changed" for path, _ in sorted(after.items() ^ before.items()))
    yield from (f"the temporary file {path.name} is left" for path in stage.temporary.iterdir())


def _lost(stage: Stage) -> Iterator[str]:
    """Homes that are gone without a snapshot, and machines that are gone, of stacks that ever held something."""
    ec2 = stage.client("ec2")
    volumes = {item["VolumeId"] for item in ec2.describe_volumes()["Volumes"]}
    snapshots = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    volumes |= {item["VolumeId"] for item in snapshots if item["State"] == "completed"}
    instances = [item for entry in ec2.describe_instances()["Reservations"] for item in entry["Instances"]]
    machines = {
        item["InstanceId"] for item in instances if item["State"]["Name"] not in ("terminated", "shutting-down")
    }
    for life in lives(stage):
        if not life.lived:
            continue
        for kind, identifier in life.made:
            if kind == VOLUME and identifier not in volumes:
                yield f"the home {identifier} of {life.name} is lost"
            if kind == MACHINE and identifier not in machines and not life.status.startswith("DELETE_"):
                yield f"the machine {identifier} of {life.name} is gone"


def lives(stage: Stage) -> Iterator[Life]:
    """Every stack that ever was."""
    cloudformation = stage.client("cloudformation")
    for stack in cloudformation.list_stacks()["StackSummaries"]:
        pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack["StackId"])
        events = [event for page in pages for event in page["StackEvents"]]
        yield _life(stack["StackName"], stack["StackStatus"], tuple(reversed(events)))


def _life(name: str, status: str, events: Iterable[Mapping[str, Any]]) -> Life:
    """Machines and volumes count from the moment at which their stack was first complete."""
    made: dict[tuple[str, str], bool] = {}
    lived = False
    for event in events:
        thing = (event["ResourceType"], event.get("PhysicalResourceId", ""))
        if event["ResourceType"] == "AWS::CloudFormation::Stack":
            lived = lived or event["ResourceStatus"] in WELL
        elif thing[0] in (MACHINE, VOLUME) and thing[1]:
            made[thing] = made.get(thing, False) or event["ResourceStatus"] in WELL
    return Life(name, status, lived, tuple(thing for thing, complete in made.items() if complete))


def _outputs(stack: Mapping[str, Any]) -> dict[str, str]:
    return {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}


def judged(mark: str) -> list[str]:
    """What is wrong with the processes of a run that was killed."""
    return [f"process {number} is left" for number in left_behind(mark)]


def refused(stage: Stage, ended: Ended) -> str:
    """What a run said that ended with a message and nothing else."""
    stage.local_aws.faults()
    assert (ended.status, after_a_run(ended, stage, stage.files())) == (1, []), ended.said
    return "\n".join(line for line in ended.stderr.splitlines() if line.startswith("deploy.sh: "))
