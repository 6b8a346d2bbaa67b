"""Carrying out a whole plan: what exists is reviewed first, then the environment, then the machines side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from cloud.errors import CloudError
from deployment import review
from deployment.after import close_default_group, wait_for_agent
from deployment.capacity import elsewhere
from deployment.change_sets import context_of, give_up, propose
from deployment.differences import Version
from deployment.execute import SIDE_BY_SIDE, Outcome, Tools, carry_out, package, prepare_bucket, protect, values_of
from deployment.existing import describe
from deployment.findings import Stopped
from deployment.gate import Gate
from deployment.guard import later
from deployment.plan import Plan, StackPlan
from deployment.recover import remove
from deployment.review import Review
from deployment.rules.wanted import is_vpc_ours
from generator.contract import EnvironmentOutput


@dataclass
class Rollout:
    """One deploy under way."""

    tools: Tools
    plan: Plan
    gate: Gate
    reviews: dict[str, Review] = field(default_factory=dict)
    """Stack to its review, in the order of the plan."""
    waiting: dict[str, Review] = field(default_factory=dict)
    """Those whose change sets wait to be executed; whatever is left in the end is given up."""
    packaged: Mapping[Path, Path] = field(default_factory=dict)

    def run(self) -> tuple[Outcome, ...]:
        """Review, ask, then the environment, then the workstations; one that fails leaves the others alone.

        Raises `Stopped` when it is refused, `CloudError`.
        """
        try:
            outcomes = self._run()
        finally:
            give_up(self.tools, self.waiting.values())
        protect(self.tools, outcomes)
        return outcomes

    def _run(self) -> tuple[Outcome, ...]:
        environment = self.plan.environment
        self._review_all()
        if not self.packaged:
            self._package()
        done = self._one(environment, outputs={})
        if done.result == "failed":
            return (done,)
        if is_vpc_ours(environment.template):
            close_default_group(self.tools, done.outputs[EnvironmentOutput.VPC_ID])
        self._review_again(done.outputs)

        def one(stack: StackPlan) -> Outcome:
            return self._reachable(stack, self._one(stack, outputs=done.outputs))

        return (done, *self._side_by_side(self.plan.workstations, one))

    def _review_all(self) -> None:
        """Review every stack before anything runs. Change sets need a bucket, so a first deploy shows its templates."""
        stacks, present = (self.plan.environment, *self.plan.workstations), self._present_outputs()
        todo = [stack for stack in stacks if stack.exists and _has_values(stack, present)]
        if todo:
            self._package()
        self._propose(todo, present)
        for stack in stacks:
            if not stack.exists:
                version = Version(stack.template.body, stack.parameters)
                self.reviews[stack.name] = review.new(stack.name, stack.label, version, context_of(self.plan, stack))
        found = tuple(self.reviews[stack.name] for stack in stacks if stack.name in self.reviews)
        self.gate.show(found)
        self.gate.check(found, later=later(found, self.plan.workstations))
        self.gate.ask(found)

    def _review_again(self, outputs: Mapping[str, str]) -> None:
        """Where the environment hands over other values than were reviewed: the machines once more."""
        todo = [
            stack
            for stack in self.plan.workstations
            if stack.exists and _has_values(stack, outputs) and self._is_stale(stack, outputs)
        ]
        if not todo:
            return
        give_up(self.tools, [self.waiting.pop(stack.name) for stack in todo if stack.name in self.waiting])
        self.tools.talk.say("the environment hands over other values than before: the machines are reviewed again")
        self._propose(todo, outputs)
        found = tuple(self.reviews[stack.name] for stack in todo)
        self.gate.show(found)
        self.gate.check(found, first=False)
        self.gate.ask(found, first=False)

    def _is_stale(self, stack: StackPlan, outputs: Mapping[str, str]) -> bool:
        found = self.reviews.get(stack.name)
        return found is None or dict(found.values) != values_of(stack, outputs)

    def _propose(self, todo: Iterable[StackPlan], outputs: Mapping[str, str]) -> None:
        """Have a change set made for each stack, side by side; those that are there already wait to be executed."""

        def one(stack: StackPlan) -> None:
            found = propose(self.tools, self.plan, stack, packaged=self.packaged, outputs=outputs)
            self.reviews[stack.name] = self.waiting[stack.name] = found

        todo = tuple(todo)
        if not todo:
            return
        with self.tools.talk.step("changes"), self.tools.processes.threads(SIDE_BY_SIDE) as pool:
            for future in [pool.submit(one, stack) for stack in todo]:
                future.result()

    def _one(self, stack: StackPlan, *, outputs: Mapping[str, str]) -> Outcome:
        """Carry out one stack; a new one gets its change set now."""
        missing = [output for output in stack.from_environment.values() if output not in outputs]
        if missing:
            reason = f"the environment has no output {', '.join(missing)}"
            return Outcome(stack.name, stack.label, "failed", reason)
        if stack.recreate:
            remove(self.tools, stack)
        if stack.name not in self.waiting:
            found = propose(self.tools, self.plan, stack, packaged=self.packaged, outputs=outputs)
            self.waiting[stack.name] = found
        found = self.waiting[stack.name]
        return carry_out(self.tools, stack, found, outputs=outputs, started=lambda: self.waiting.pop(stack.name))

    def _package(self) -> None:
        prepare_bucket(self.tools, self.plan)
        self.packaged = package(self.tools, self.plan)

    def _present_outputs(self) -> Mapping[str, str]:
        """The outputs that the environment has now; none before its first deploy."""
        deployed = describe(self.tools.cloud, self.plan.environment.name) if self.plan.environment.exists else None
        return deployed.outputs if deployed else {}

    def _reachable(self, stack: StackPlan, outcome: Outcome) -> Outcome:
        if outcome.result == "failed":
            return replace(outcome, more=elsewhere(self.plan, stack, outcome))
        if outcome.result == "unchanged":
            return outcome
        finding = wait_for_agent(self.tools, outcome)
        return replace(outcome, result="failed", reason=finding) if finding else outcome

    def _side_by_side(self, todo: tuple[StackPlan, ...], one: Callable[[StackPlan], Outcome]) -> tuple[Outcome, ...]:
        def guarded(stack: StackPlan) -> Outcome:
            try:
                return one(stack)
            except (CloudError, Stopped) as error:
                return Outcome(stack.name, stack.label, "failed", str(error))

        with self.tools.processes.threads(SIDE_BY_SIDE) as pool:
            return tuple(future.result() for future in [pool.submit(guarded, stack) for stack in todo])


def _has_values(stack: StackPlan, outputs: Mapping[str, str]) -> bool:
    return all(output in outputs for output in stack.from_environment.values())
