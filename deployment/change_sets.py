"""Change sets: proposed by `aws cloudformation deploy --no-execute-changeset`, read whole, executed or given up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from analysis.resolve import Context
from analysis.template_text import load
from cloud.errors import CloudError
from cloud.session import Cloud
from deployment import review
from deployment.differences import Version
from deployment.execute import Tools, deploy_words, run_cli, values_of
from deployment.existing import Stack, describe
from deployment.findings import Stopped
from deployment.plan import Plan, StackPlan
from deployment.processes import Finished
from deployment.proposed import proposed
from deployment.review import Review

ARN = re.compile(r"arn:[a-z-]+:cloudformation:[a-z0-9-]+:[0-9]{12}:changeSet/[A-Za-z0-9-]+/[A-Za-z0-9-]+")
GONE = ("ChangeSetNotFound", "InvalidChangeSetStatus")
"""What AWS says of a change set that was executed or deleted."""
NO_CHANGES = re.compile(r"No changes to deploy|didn't contain changes|No updates are to be performed")


def propose(
    tools: Tools, plan: Plan, stack: StackPlan, *, packaged: Mapping[Path, Path], outputs: Mapping[str, str]
) -> Review:
    """Let the AWS CLI make the stack's change set, and read it. Raises `Stopped`, `CloudError`.

    A change set that failed is deleted, and so is a stack that holds nothing because of it.
    """
    done = run_cli(tools, (*deploy_words(plan, stack, packaged=packaged, outputs=outputs), "--no-execute-changeset"))
    made = _made(tools, stack, done)
    clear(tools, stack, keep=made)
    if made is None and NO_CHANGES.search(done.stdout + done.stderr):
        values = tuple(sorted(values_of(stack, outputs).items()))
        return Review(stack.name, stack.label, "unchanged", values=values)
    if made is None:
        drop_empty(tools, stack.name)
        raise Stopped(f"{stack.label}: no change set could be made: {done.last_words}")
    deployed = describe(tools.cloud, stack.name)
    if not stack.exists or deployed is None:
        new = Version(stack.template.body, values_of(stack, outputs))
        return _with_change_set(review.new(stack.name, stack.label, new, context_of(plan, stack)), made)
    return review.changed(
        stack.name,
        stack.label,
        _answers(tools, made),
        before=deployed_version(tools.cloud, deployed),
        after=Version(stack.template.body, values_of(stack, outputs)),
        context=context_of(plan, stack),
        change_set=made,
    )


def context_of(plan: Plan, stack: StackPlan) -> Context:
    """Where the stack is, for working out its template here."""
    return Context(region=plan.region, account=plan.account, stack_name=stack.name)


def deployed_version(cloud: Cloud, stack: Stack) -> Version:
    """The template and parameters that a stack has now. Raises `CloudError`."""
    body = cloud.call("cloudformation", "GetTemplate", StackName=stack.name, TemplateStage="Original")
    template = body["TemplateBody"]
    return Version(load(template) if isinstance(template, str) else template, stack.parameters)


def give_up(tools: Tools, reviews: Iterable[Review]) -> None:
    """Delete the change sets that nobody will execute, and a stack that holds nothing without its own.

    One that cannot be deleted is named.
    """
    for found in reviews:
        if not found.change_set:
            continue
        try:
            tools.cloud.call("cloudformation", "DeleteChangeSet", ChangeSetName=found.change_set)
            if found.kind == "new":
                drop_empty(tools, found.stack)
        except CloudError as error:
            if error.code not in GONE:
                tools.talk.say(f"{found.label}: its change set stays: {error}")


def clear(tools: Tools, stack: StackPlan, *, keep: str | None) -> None:
    """Delete what earlier runs of the AWS CLI left: change sets that failed, and those of ours that nobody executed.

    The CLI leaves one behind whenever nothing changes. Ours have our tags; whoever still waits with an older one is
    told so when it is executed.
    """
    sets = proposed(tools.cloud, stack.name)
    failed = [item for item in sets if item["Status"] == "FAILED"]
    own = [item for item in sets if item["ChangeSetId"] == keep] if keep else failed
    moment = max((item["CreationTime"] for item in own), default=None)
    for item in sets:
        older = moment is not None and item["CreationTime"] < moment
        if item["ChangeSetId"] != keep and (item in failed or (older and _is_ours(tools, stack, item))):
            tools.cloud.call("cloudformation", "DeleteChangeSet", ChangeSetName=item["ChangeSetId"])


def drop_empty(tools: Tools, stack: str) -> None:
    """Delete a stack that never held anything and has no change set. Raises `CloudError`."""
    found = describe(tools.cloud, stack)
    if found and found.status == "REVIEW_IN_PROGRESS" and not proposed(tools.cloud, stack, prefix=""):
        tools.cloud.call("cloudformation", "DeleteStack", StackName=stack)


def _made(tools: Tools, stack: StackPlan, done: Finished) -> str | None:
    """The change set that the CLI made: its output names it; else the newest that could be executed."""
    named = ARN.search(done.stdout)
    if named or done.status or NO_CHANGES.search(done.stdout):
        return named[0] if named and not done.status else None
    found = [item for item in proposed(tools.cloud, stack.name) if item["ExecutionStatus"] == "AVAILABLE"]
    newest = max(found, key=lambda item: item["CreationTime"], default=None)
    return newest["ChangeSetId"] if newest else None


def _is_ours(tools: Tools, stack: StackPlan, item: Mapping[str, Any]) -> bool:
    tags = tools.cloud.call("cloudformation", "DescribeChangeSet", ChangeSetName=item["ChangeSetId"]).get("Tags", ())
    return {tag["Key"]: tag["Value"] for tag in tags} == dict(stack.tags)


def _answers(tools: Tools, change_set: str) -> tuple[dict[str, Any], ...]:
    """Every `ResourceChange`, page by page."""
    words = {"ChangeSetName": change_set, "IncludePropertyValues": True}
    pages = tools.cloud.pages("cloudformation", "DescribeChangeSet", "Changes", **words)
    return tuple(answer["ResourceChange"] for answer in pages if answer.get("Type") == "Resource")


def _with_change_set(found: Review, change_set: str) -> Review:
    return Review(**{**vars(found), "change_set": change_set})
