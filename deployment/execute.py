"""Carrying out a plan: the AWS CLI packages and makes change sets, and exactly those are executed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from cloud.errors import CloudError
from cloud.session import Cloud
from deployment import aws_cli, bucket
from deployment.existing import Stack
from deployment.failure import Failure, first_cause
from deployment.findings import Stopped
from deployment.patience import patiently
from deployment.plan import Plan, StackPlan
from deployment.processes import Finished, Processes
from deployment.review import Review
from deployment.talk import Talk
from deployment.tokens import new_token
from deployment.watch import Watcher, expected

SIDE_BY_SIDE = 4
"""Workstations deployed at once: enough to hide the waiting, few enough for CloudFormation's request rate."""


WELL = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")
"""How an operation ends that did what was asked."""

OVERTAKEN = ("ChangeSetNotFound", "InvalidChangeSetStatus", "ValidationError")
"""How AWS refuses a change set of a stack that somebody else has changed, or changes, since it was made."""
LATE_LOOKS = 15
"""How often a stack is looked at again that does not show yet that its change set was started."""


@dataclass(frozen=True)
class Outcome:
    """What became of one stack."""

    name: str
    label: str
    result: str
    """`created`, `updated`, `unchanged` or `failed`."""
    reason: str = ""
    """Why it failed, one line."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    protected: bool = False
    """Whether termination protection is on."""
    failure: Failure | None = None
    """The first cause among the stack's events, where one was found."""
    more: tuple[str, ...] = ()
    """What else there is to say, a line each: what can be tried."""


@dataclass(frozen=True)
class Tools:
    """What carrying out needs: who is asked, who does it, who says so, and a directory that is removed afterwards."""

    cloud: Cloud
    cli: aws_cli.AwsCli
    processes: Processes
    talk: Talk
    temporary: Path


def prepare_bucket(tools: Tools, plan: Plan) -> None:
    """Make the bucket if the plan says so; one that is there was tried by the preflight. Raises `CloudError`."""
    if plan.create_bucket:
        bucket.create(tools.cloud, plan.bucket, account=plan.account)
        tools.talk.say(f"bucket {plan.bucket}: made, private, encrypted, versioned")


def package(tools: Tools, plan: Plan) -> dict[Path, Path]:
    """Each template of the plan to its packaged copy. Raises `Stopped` with the CLI's words."""
    templates = sorted({stack.template.path for stack in (plan.environment, *plan.workstations)})

    def one(template: Path) -> Path:
        output = tools.temporary / f"{template.stem}.packaged.yaml"
        words = aws_cli.package_words(
            template=template, output=output, bucket=plan.bucket, prefix=plan.prefix, region=plan.region
        )
        done = run_cli(tools, words)
        if done.status:
            raise Stopped(f"{template.name} cannot be packaged: {done.last_words}")
        return output

    with tools.processes.threads(SIDE_BY_SIDE) as pool:
        return dict(zip(templates, pool.map(one, templates), strict=True))


def carry_out(
    tools: Tools, stack: StackPlan, reviewed: Review, *, outputs: Mapping[str, str], started: Callable[[], object]
) -> Outcome:
    """Execute exactly the change set that was reviewed, and see its end; `started` is called once AWS has begun.

    A failure is an outcome, not an exception; `CloudError` or `Stopped` when AWS cannot be asked any more.
    """
    watcher = Watcher(tools.cloud, tools.talk, tools.processes)
    before = watcher.describe(stack.name)
    if reviewed.kind == "unchanged" and before is not None:
        return Outcome(stack.name, stack.label, "unchanged", outputs=before.outputs, protected=before.protected)
    with tools.talk.step(stack.label) as step:
        shown = expected(stack.template.body, values_of(stack, outputs))
        with watcher.watching(stack.name, stack.label, expected=shown):
            words = _execute(tools, stack, reviewed)
            if not words:
                started()
            after = before if words else _ended(watcher, stack, before)
        outcome = _outcome(tools, stack, before=before, after=after, words=words)
        step.result = outcome.result
    return outcome


def protect(tools: Tools, outcomes: Iterable[Outcome]) -> None:
    """Turn termination protection on for what was deployed, where it is off. Raises `CloudError`."""
    for outcome in outcomes:
        if outcome.result != "failed" and not outcome.protected:
            words = {"StackName": outcome.name, "EnableTerminationProtection": True}
            tools.cloud.call("cloudformation", "UpdateTerminationProtection", **words)


def deploy_words(
    plan: Plan, stack: StackPlan, *, packaged: Mapping[Path, Path], outputs: Mapping[str, str]
) -> tuple[str, ...]:
    """`aws cloudformation deploy` for one stack of the plan."""
    return aws_cli.deploy_words(
        template=packaged[stack.template.path],
        stack=stack.name,
        bucket=plan.bucket,
        prefix=plan.prefix,
        region=plan.region,
        capabilities=stack.template.capabilities,
        parameters=values_of(stack, outputs),
        tags=stack.tags,
    )


def values_of(stack: StackPlan, outputs: Mapping[str, str]) -> dict[str, str]:
    """The stack's parameters, with what the environment's outputs hand over."""
    return {**stack.parameters, **{key: outputs[output] for key, output in stack.from_environment.items()}}


def _execute(tools: Tools, stack: StackPlan, reviewed: Review) -> str:
    """Start the change set; empty, or why it was not started. Asked again with the same token, AWS starts it once."""
    token = new_token()
    words = {"ChangeSetName": reviewed.change_set, "ClientRequestToken": token}
    call = partial(tools.cloud.call, "cloudformation", "ExecuteChangeSet", **words)
    try:
        patiently(call, say=tools.talk.say, sleep=tools.processes.sleep)
    except CloudError as error:
        if error.code not in OVERTAKEN:
            return str(error)
        if _began(tools, stack, token):  # the first answer was lost on its way
            return ""
        said = " ".join((error.message or error.code).split()).rstrip(".")
        return f"somebody changed the stack since the review ({said}); run the same command again to see it anew"
    return ""


def _began(tools: Tools, stack: StackPlan, token: str) -> bool:
    answers = tools.cloud.call("cloudformation", "DescribeStackEvents", StackName=stack.name)["StackEvents"]
    return any(answer.get("ClientRequestToken") == token for answer in answers)


def _ended(watcher: Watcher, stack: StackPlan, before: Stack | None) -> Stack | None:
    """The stack once the operation that was just started is over; AWS may show its beginning late."""
    after = watcher.wait(stack.name, stack.label)
    for _ in range(LATE_LOOKS):
        if _moment(after) != _moment(before):
            break
        watcher.processes.sleep(watcher.poll_seconds)
        after = watcher.wait(stack.name, stack.label)
    return after


def _outcome(tools: Tools, stack: StackPlan, *, before: Stack | None, after: Stack | None, words: str) -> Outcome:
    """What became of a stack, from how it was before and is after; `words` say why its change set was not started."""
    if words or after is None or after.status not in WELL:
        failure = None if words or _moment(before) == _moment(after) else _first_cause(tools, stack)
        reason = failure.cause if failure else words or f"it ended as {after.status if after else 'deleted'}"
        return Outcome(stack.name, stack.label, "failed", reason, failure=failure)
    result = "updated" if stack.exists else "created"
    return Outcome(stack.name, stack.label, result, outputs=after.outputs, protected=after.protected)


def _first_cause(tools: Tools, stack: StackPlan) -> Failure | None:
    """Why the stack failed; None, and a line that says so, when its events cannot be read."""
    try:
        look = partial(first_cause, tools.cloud, stack.name)
        return patiently(look, say=tools.talk.say, sleep=tools.processes.sleep)
    except CloudError as error:
        tools.talk.say(f"{stack.label}: why it failed cannot be read: {error}")
        return None


def _moment(stack: Stack | None) -> tuple[str, str] | None:
    """What differs once an operation has done something to a stack."""
    return (stack.status, stack.changed) if stack else None


def run_cli(tools: Tools, words: Iterable[str]) -> Finished:
    """Run the AWS CLI and wait for it."""
    environment = aws_cli.environment(os.environ, temporary=tools.temporary)
    return tools.processes.run([tools.cli.path, *words], environment=environment)
