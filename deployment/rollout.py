"""Carrying out a whole plan: what exists is reviewed first, then the environment, then the machines side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from cloud.errors import CloudError
from deployment.after import empty_default_group, wait_for_agent
from deployment.change_sets import execute, give_up
from deployment.execute import SIDE_BY_SIDE, Outcome, Tools, deploy, package, prepare_bucket, protect
from deployment.existing import describe
from deployment.findings import Stopped
from deployment.gate import Gate
from deployment.plan import Plan, StackPlan
from deployment.recover import remove
from deployment.review import Review
from generator.contract import EnvironmentOutput


def roll_out(tools: Tools, planned: Plan, gate: Gate) -> tuple[Outcome, ...]:
    """Review what exists; then the environment, then the workstations; one that fails leaves the others alone."""
    prepare_bucket(tools, planned)
    packaged = package(tools, planned)
    present = _outputs(tools, planned)
    existing = tuple(stack for stack in (planned.environment, *planned.workstations) if stack.exists)
    reviews = gate.review(planned, existing, packaged=packaged, outputs=present)
    try:
        environment = _one(tools, planned, planned.environment, reviews, packaged=packaged, outputs={})
        if environment.result == "failed":
            return (environment,)
        if empty_default_group(tools.cloud, environment.outputs[EnvironmentOutput.VPC_ID]):
            tools.talk.say("the VPC's default security group: emptied")
        if environment.outputs != present:
            reviews = _again(tools, gate, planned, reviews, packaged=packaged, outputs=environment.outputs)

        def one(stack: StackPlan) -> Outcome:
            done = _one(tools, planned, stack, reviews, packaged=packaged, outputs=environment.outputs)
            return _reachable(tools, done)

        outcomes = (environment, *_side_by_side(tools, planned.workstations, one))
    finally:
        give_up(tools, reviews.values())
    protect(tools, outcomes)
    return outcomes


def _outputs(tools: Tools, planned: Plan) -> Mapping[str, str]:
    """The outputs that the environment has now; none before its first deploy."""
    deployed = describe(tools.cloud, planned.environment.name) if planned.environment.exists else None
    return deployed.outputs if deployed else {}


def _again(
    tools: Tools,
    gate: Gate,
    planned: Plan,
    reviews: dict[str, Review],
    *,
    packaged: Mapping[Path, Path],
    outputs: Mapping[str, str],
) -> dict[str, Review]:
    """The environment hands over other values than before: review the machines once more."""
    todo = tuple(stack for stack in planned.workstations if stack.name in reviews)
    give_up(tools, [reviews.pop(stack.name) for stack in todo])
    return gate.review(planned, todo, packaged=packaged, outputs=outputs) if todo else {}


def _one(
    tools: Tools,
    planned: Plan,
    stack: StackPlan,
    reviews: dict[str, Review],
    *,
    packaged: Mapping[Path, Path],
    outputs: Mapping[str, str],
) -> Outcome:
    """Execute the reviewed change set of a stack that exists, or make a new stack."""
    review = reviews.pop(stack.name, None)
    if review is None:
        if stack.recreate:
            remove(tools, stack)
        return deploy(tools, planned, stack, packaged=packaged, outputs=outputs)
    return execute(tools, stack, review, outputs=outputs)


def _reachable(tools: Tools, outcome: Outcome) -> Outcome:
    if outcome.result not in ("created", "updated"):
        return outcome
    finding = wait_for_agent(tools, outcome)
    return replace(outcome, result="failed", reason=finding) if finding else outcome


def _side_by_side(
    tools: Tools, todo: tuple[StackPlan, ...], one: Callable[[StackPlan], Outcome]
) -> tuple[Outcome, ...]:
    def guarded(stack: StackPlan) -> Outcome:
        try:
            return one(stack)
        except (CloudError, Stopped) as error:
            return Outcome(stack.name, stack.label, "failed", str(error))

    with tools.processes.threads(SIDE_BY_SIDE) as pool:
        return tuple(future.result() for future in [pool.submit(guarded, stack) for stack in todo])
