"""Change sets of stacks that exist: proposed by `aws cloudformation deploy`, read, executed or given up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from cloud.errors import CloudError
from deployment.execute import WELL, Outcome, Tools, deploy_words, moment, outcome_of, run_cli, values_of
from deployment.existing import describe
from deployment.findings import Stopped
from deployment.plan import Plan, StackPlan
from deployment.review import Review, changes
from deployment.watch import POLL_SECONDS, Watcher, expected

ARN = re.compile(r"arn:[a-z-]+:cloudformation:[a-z0-9-]+:[0-9]{12}:changeSet/[A-Za-z0-9-]+/[A-Za-z0-9-]+")

LATE_LOOKS = 5
"""How often a stack is looked at again that does not show yet that its change set was begun."""


def propose(
    tools: Tools, plan: Plan, stack: StackPlan, *, packaged: Mapping[Path, Path], outputs: Mapping[str, str]
) -> Review:
    """Let the AWS CLI make the change set of a stack that exists, and read it. Raises `Stopped`, `CloudError`."""
    words = (*deploy_words(plan, stack, packaged=packaged, outputs=outputs), "--no-execute-changeset")
    done = run_cli(tools, words)
    if done.status:
        raise Stopped(f"{stack.label}: no change set could be made: {done.last_words}")
    found = ARN.search(done.stdout)
    if not found:
        return Review(stack.name, stack.label, "")
    deployed = describe(tools.cloud, stack.name)
    answers = tools.cloud.pages("cloudformation", "DescribeChangeSet", "Changes", ChangeSetName=found[0])
    return Review(
        stack=stack.name,
        label=stack.label,
        change_set=found[0],
        changes=changes(answer["ResourceChange"] for answer in answers if answer["Type"] == "Resource"),
        parameters=_changed(stack, deployed.parameters if deployed else {}, values_of(stack, outputs)),
    )


def _changed(stack: StackPlan, before: Mapping[str, str], after: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    hidden = {name for name, declared in stack.template.parameters.items() if declared.get("NoEcho")}
    return tuple(
        (name, before.get(name, ""), value)
        for name, value in sorted(after.items())
        if name not in hidden and before.get(name, "") != value
    )


def execute(tools: Tools, stack: StackPlan, review: Review, *, outputs: Mapping[str, str]) -> Outcome:
    """Execute exactly the change set that was reviewed, and see its end. Raises `CloudError`, `Stopped`."""
    watcher = Watcher(tools.cloud, tools.talk, tools.processes)
    with tools.talk.step(stack.label) as step:
        before = after = watcher.describe(stack.name)
        failed, words = False, ""
        if review.change_set:
            shown = expected(stack.template.body, values_of(stack, outputs))
            with watcher.watching(stack.name, stack.label, expected=shown):
                failed, words = _begin(tools, review)
                after = watcher.wait(stack.name, stack.label)
                for _ in range(0 if failed else LATE_LOOKS):
                    if moment(after) != moment(before):
                        break
                    tools.processes.sleep(POLL_SECONDS)
                    after = watcher.wait(stack.name, stack.label)
            failed = failed or after is None or after.status not in WELL
        outcome = outcome_of(tools, stack, before=before, after=after, failed=failed, words=words)
        step.result = outcome.result
    return outcome


def _begin(tools: Tools, review: Review) -> tuple[bool, str]:
    """Start the change set; whether that failed, and AWS's words. A stack that changed since the review refuses it."""
    try:
        tools.cloud.call("cloudformation", "ExecuteChangeSet", ChangeSetName=review.change_set)
    except CloudError as error:
        return True, str(error)
    return False, ""


def give_up(tools: Tools, reviews: Iterable[Review]) -> None:
    """Delete the change sets that nobody will execute; one that cannot be deleted is named."""
    for review in reviews:
        if review.change_set:
            try:
                tools.cloud.call("cloudformation", "DeleteChangeSet", ChangeSetName=review.change_set)
            except CloudError as error:
                tools.talk.say(f"{review.label}: its change set stays: {error}")
