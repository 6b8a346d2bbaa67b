"""`deploy.sh --remove STACK [REGION]`: plan, question, workstations side by side, the environment, what is left.

A removal that was interrupted is carried on by the same command; one that has nothing to do says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from analysis.template_text import load
from cloud.errors import CloudError, denied
from deployment import hindrances, removal, removal_report, snapshots
from deployment.arguments import Arguments
from deployment.belonging import Belonging, belonging, label
from deployment.consent import consent
from deployment.deletion import Removed, delete
from deployment.entry import Entry
from deployment.existing import Stack, every_stack
from deployment.failure import first_cause
from deployment.findings import Problem, Stopped
from deployment.patience import patiently
from deployment.removal import INSTANCE, Held, RemovalPlan, StackRemoval
from deployment.statuses import removes
from deployment.tree import Expected

SIDE_BY_SIDE = 4
"""Workstations removed at once, as many as are deployed at once."""


def run(entry: Entry, arguments: Arguments) -> int:
    """Remove what STACK names; the exit status. Raises `Stopped` and `CloudError`."""
    there = _settled(entry, arguments)
    if not there.stacks:
        entry.talk.say(f"nothing to remove: there is no stack {arguments.stack} in {entry.cloud.region}")
        return removal_report.nothing(arguments)
    with entry.talk.step("what is there"):
        plan = _plan(entry, arguments, there)
        running, problems = _looked_at(entry, plan)
    for line in removal.lines(plan, running=running):
        entry.talk.say(line)
    problems = (*problems, *_retain_problems(arguments, plan))
    if problems:
        raise Stopped(*map(str, problems), "nothing was removed")
    if arguments.dry_run:
        entry.talk.say("dry run: nothing was removed")
        return removal_report.finish(plan, (), {}, entry.talk, as_json=arguments.json, dry_run=True)
    consent(arguments, entry.talk, verb="Remove", typed=plan.name if plan.home_volumes else None)
    before = _snapshots_before(entry, plan)
    outcomes = _carry_out(entry, plan)
    saved = _saved(entry, plan, outcomes, before)
    return removal_report.finish(plan, outcomes, saved, entry.talk, as_json=arguments.json)


def _settled(entry: Entry, arguments: Arguments) -> Belonging:
    """The stacks, once nobody else is at work on them; one that is being removed is carried on with as it is."""
    there = _belonging(entry, arguments.stack)
    waits = [stack for stack in there.stacks if removes(stack.status) == "wait"]
    busy = [stack for stack in waits if stack.status != "DELETE_IN_PROGRESS"]
    if not busy or arguments.dry_run:
        return there

    def wait(stack: Stack) -> None:
        entry.talk.say(f"{label(stack)}: it is {stack.status}; waiting for that to end")
        entry.watcher.attach(stack.name, label(stack), expected=Expected())

    with entry.processes.threads(SIDE_BY_SIDE) as pool:
        for waiting in [pool.submit(wait, stack) for stack in busy]:
            waiting.result()
    return _belonging(entry, arguments.stack)


def _belonging(entry: Entry, name: str) -> Belonging:
    look = partial(every_stack, entry.cloud)
    return belonging(name, patiently(look, say=entry.talk.say, sleep=entry.processes.sleep))


def _plan(entry: Entry, arguments: Arguments, there: Belonging) -> RemovalPlan:
    with entry.processes.threads(SIDE_BY_SIDE) as pool:
        planned = {stack.name: pool.submit(_one, entry, stack, arguments.retain) for stack in there.stacks}
    return RemovalPlan(
        account=entry.account,
        region=entry.cloud.region,
        local=arguments.local,
        name=arguments.stack,
        workstations=tuple(planned[stack.name].result() for stack in there.workstations),
        environment=planned[there.environment.name].result() if there.environment else None,
    )


def _one(entry: Entry, stack: Stack, retain: Sequence[str]) -> StackRemoval:
    cloud = entry.cloud
    answers = cloud.pages("cloudformation", "ListStackResources", "StackResourceSummaries", StackName=stack.name)
    names = ("LogicalResourceId", "ResourceType", "PhysicalResourceId", "ResourceStatus")
    resources = [Held(*(answer.get(name, "") for name in names)) for answer in answers]
    failure = first_cause(cloud, stack.name) if stack.status == "DELETE_FAILED" else None
    named = [name for name in retain if "/" not in name or name.startswith(f"{stack.name}/")]
    return removal.stack_removal(
        stack,
        label(stack),
        template=_template(entry, stack),
        resources=resources,
        region=cloud.region,
        cause=failure.cause if failure else "",
        retain=[name.rpartition("/")[2] for name in named] if stack.status == "DELETE_FAILED" else (),
    )


def _template(entry: Entry, stack: Stack) -> Mapping[str, Any]:
    """The template that the stack was deployed with; one that only has a change set holds nothing and has none."""
    if stack.status == "REVIEW_IN_PROGRESS":
        return {"Resources": {}}
    body = entry.cloud.call("cloudformation", "GetTemplate", StackName=stack.name)["TemplateBody"]
    return body if isinstance(body, Mapping) else load(body)  # boto3 reads a JSON template by itself


def _looked_at(entry: Entry, plan: RemovalPlan) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """The instances that run now, and what stands against the removal."""
    held = [one for stack in plan.stacks for one in stack.held]
    ours = frozenset(one.physical_id for one in held)
    instances = [one.physical_id for one in held if one.type == INSTANCE]
    running = _running(entry, instances)
    unsaved = tuple(_unsaved(stack, one) for stack in plan.stacks for one in stack.unsaved)
    return running, (*unsaved, *(_hindrances(entry, plan.environment, ours) if plan.environment else ()))


def _running(entry: Entry, instances: Sequence[str]) -> tuple[str, ...]:
    if not instances:
        return ()
    filters = [{"Name": "instance-id", "Values": list(instances)}]
    answers = entry.cloud.pages("ec2", "DescribeInstances", "Reservations", Filters=filters)
    found = [item for answer in answers for item in answer["Instances"]]
    return tuple(item["InstanceId"] for item in found if item["State"]["Name"] in ("pending", "running"))


def _unsaved(stack: StackRemoval, volume: Held) -> Problem:
    value = f"its template would delete {volume.logical_id} {volume.physical_id} without a snapshot"
    hint = 'deploy it once more with home_volume.when_removed = "snapshot" in the config, then remove it'
    return Problem(stack.label, value, "a DeletionPolicy that keeps what is on it", hint)


def _hindrances(entry: Entry, environment: StackRemoval, ours: frozenset[str]) -> tuple[Problem, ...]:
    """What of others stands in the way; a look that is not allowed is said, and does not block."""
    cloud, found = entry.cloud, []
    groups = [one.physical_id for one in environment.of_type("AWS::EC2::SecurityGroup")]
    with entry.processes.threads() as pool:
        looks = [
            *(
                partial(hindrances.in_vpc, cloud, vpc.physical_id, ours=ours, pool=pool)
                for vpc in environment.of_type("AWS::EC2::VPC")
            ),
            partial(hindrances.references, cloud, groups, ours=ours),
            partial(hindrances.attached_policies, cloud, environment.of_type("AWS::IAM::ManagedPolicy"), ours=ours),
        ]
        for look in looks:
            try:
                found += look()
            except CloudError as error:
                if not denied(error):
                    raise
                entry.talk.say(f"warning: what stands in the way could not be looked at: {error}")
    return tuple(found)


def _retain_problems(arguments: Arguments, plan: RemovalPlan) -> tuple[Problem, ...]:
    """`--retain` is only for what an earlier removal could not remove."""
    known = {name for stack in plan.stacks for one in stack.retain for name in (one, f"{stack.name}/{one}")}
    could = [f"{stack.name}/{one.logical_id}" for stack in plan.stacks if stack.cause for one in stack.held]
    want = f"one of {', '.join(could)}" if could else "nothing: no earlier removal of these stacks failed"
    return tuple(
        Problem("option", f"--retain got {name}", want, "leave it out")
        for name in arguments.retain
        if name not in known
    )


def _carry_out(entry: Entry, plan: RemovalPlan) -> tuple[Removed, ...]:
    """Workstations side by side; then the environment, unless one of them stayed."""
    with entry.processes.threads(SIDE_BY_SIDE) as pool:
        begun = [pool.submit(delete, entry.watcher, stack) for stack in plan.workstations]
        outcomes = tuple(future.result() for future in begun)
    stayed = [one.label for one in outcomes if one.result == "failed"]
    if plan.environment is None:
        return outcomes
    if stayed:
        entry.talk.say(f"{plan.environment.label}: not tried, since {', '.join(stayed)} is still in it")
        return outcomes
    return (*outcomes, delete(entry.watcher, plan.environment))


def _volumes(plan: RemovalPlan, names: Sequence[str]) -> list[str]:
    """The volumes that become snapshots."""
    return [left.held.physical_id for left in plan.left if left.how == "snapshot" and left.stack in names]


def _snapshots_before(entry: Entry, plan: RemovalPlan) -> frozenset[str]:
    """The snapshots that are there already, of volumes whose removal was not begun before."""
    fresh = [stack.name for stack in plan.stacks if not stack.status.startswith("DELETE_")]
    found = snapshots.of_volumes(entry.cloud, _volumes(plan, fresh))
    return frozenset(one.identifier for snapshots in found.values() for one in snapshots)


def _saved(
    entry: Entry, plan: RemovalPlan, outcomes: Sequence[Removed], before: frozenset[str]
) -> Mapping[str, snapshots.Snapshot | None]:
    """Volume to the snapshot that took its place, for every stack that is gone."""
    volumes = _volumes(plan, [one.name for one in outcomes if one.result == "removed"])
    if not volumes:
        return {}
    with entry.talk.step("snapshots") as step:
        say, sleep = entry.talk.say, entry.processes.sleep
        saved = snapshots.wait_for(entry.cloud, volumes, before=before, say=say, sleep=sleep)
        bad = [volume for volume, one in saved.items() if one is None or one.state != "completed"]
        step.result = f"{len(saved) - len(bad)} of {len(saved)} complete"
    return saved
