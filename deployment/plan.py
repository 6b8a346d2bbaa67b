"""The plan of a deploy: a value, printed by `--dry-run` and carried out by the real run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.cost import Cost, monthly
from analysis.parameters import parameter_values
from deployment.existing import Stack
from deployment.findings import Problem
from deployment.masking import MASK, no_echo
from deployment.rules.rule import Finding
from deployment.stacks import Stacks, Template, Workstation
from generator.contract import Tag, WorkstationParameter, handed_over, workstation_stack_name


@dataclass(frozen=True)
class StackPlan:
    """One stack to make or update."""

    name: str
    label: str
    """For people: `environment demo`, `workstation ada`."""
    template: Template
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    exists: bool
    from_environment: Mapping[str, str]
    """Parameter to the output of the environment that it gets; empty for the environment itself."""
    reasons: Mapping[str, str]
    """Parameter to where its value comes from, for those that this step resolved."""
    fallback_instance_types: tuple[str, ...] = ()
    """What may be tried instead, in this order, where AWS has no machine of the type free."""
    recreate: str = ""
    """Why an earlier creation failed, where its rest is removed first; empty otherwise."""

    def option(self, key: str) -> str:
        """The parameter as `--parameter` names it."""
        workstation = self.tags.get(Tag.WORKSTATION)
        return f"{workstation}.{key}" if workstation else key


@dataclass(frozen=True)
class Plan:
    """Everything that a deploy does, in order: bucket, environment, workstations side by side."""

    account: str
    region: str
    local: bool
    bucket: str
    create_bucket: bool
    environment: StackPlan
    workstations: tuple[StackPlan, ...]
    left_over: tuple[str, ...]
    """Stacks of workstations that the config no longer has; nothing is done to them."""
    findings: tuple[Finding, ...] = ()
    """What the preflight found; no error is among it."""
    suppressed: tuple[str, ...] = ()
    """The preflight's rules that were not asked."""

    @property
    def prefix(self) -> str:
        """Where in the bucket the templates go."""
        return self.environment.name


@dataclass(frozen=True)
class Resolved:
    """A value that was looked up, and where."""

    value: str
    reason: str


def environment_plan(name: str, stacks: Stacks, *, resolved: Mapping[str, Resolved], exists: bool) -> StackPlan:
    """The environment's stack."""
    return StackPlan(
        name=name,
        label=f"environment {name}",
        template=stacks.template,
        parameters={**stacks.parameters, **{key: found.value for key, found in resolved.items()}},
        tags={Tag.ENVIRONMENT: name},
        exists=exists,
        from_environment={},
        reasons={key: found.reason for key, found in resolved.items()},
    )


def workstation_plan(
    environment: str, workstation: Workstation, *, resolved: Mapping[str, Resolved], exists: bool
) -> StackPlan:
    """The stack of one workstation; what it gets from the environment is known once that is there."""
    handed = handed_over(workstation.zone)
    overridden = {**workstation.parameters, **{key: found.value for key, found in resolved.items()}}
    own = {WorkstationParameter.ENVIRONMENT_NAME: environment, **overridden}
    return StackPlan(
        name=workstation_stack_name(environment, workstation.name),
        label=f"workstation {workstation.name}",
        template=workstation.template,
        parameters={key: value for key, value in own.items() if key in workstation.template.parameters},
        tags={Tag.ENVIRONMENT: environment, Tag.WORKSTATION: workstation.name},
        exists=exists,
        from_environment={
            key: output
            for key, output in handed.items()
            if key in workstation.template.parameters and key not in resolved
        },
        reasons={key: found.reason for key, found in resolved.items()},
        fallback_instance_types=workstation.fallback_instance_types,
    )


def findings(plan: Plan) -> Iterator[Problem]:
    """What CloudFormation would refuse: parameters without a value, or that the template does not have."""
    for stack in (plan.environment, *plan.workstations):
        given = {**stack.parameters, **stack.from_environment}
        for key in sorted(set(given) - set(stack.template.parameters)):
            want = f"one of {', '.join(sorted(stack.template.parameters)) or 'none'}"
            value = f"parameter {key} is not in {stack.template.path.name}"
            yield Problem(stack.label, value, want, "leave it out")
        for key, declared in stack.template.parameters.items():
            if key not in given and "Default" not in declared:
                hint = f"pass one: --parameter {stack.option(key)}=VALUE"
                yield Problem(stack.label, f"parameter {key} has no value", "one", hint)
        declared = {key: stack.template.parameters[key] for key in stack.parameters if key in stack.template.parameters}
        _, wrong = parameter_values(declared, {key: stack.parameters[key] for key in declared})
        for finding in wrong:
            value = " ".join(str(finding).split())
            yield Problem(stack.label, value, "what the template allows", "pass another with --parameter")


def left_over(environment: str, stacks: Stacks, deployed: Mapping[str, Stack]) -> tuple[str, ...]:
    """The deployed workstations of the environment that the config does not have."""
    wanted = {workstation_stack_name(environment, workstation.name) for workstation in stacks.workstations}
    key = WorkstationParameter.ENVIRONMENT_NAME
    found = (name for name, stack in deployed.items() if stack.parameters.get(key) == environment)
    return tuple(sorted(name for name in found if name not in wanted))


def monthly_cost(plan: Plan) -> Cost:
    """What everything in the plan costs a month, at list prices."""
    first, *rest = (
        monthly(stack.template.body, stack.parameters, plan.region) for stack in (plan.environment, *plan.workstations)
    )
    return sum(rest, first)


def lines(plan: Plan) -> Iterator[str]:
    """The plan for people."""
    where = "the local AWS" if plan.local else f"AWS account {plan.account}"
    yield f"plan for {where}, region {plan.region}"
    yield f"  bucket {plan.bucket}: {'make it: private, encrypted, versioned' if plan.create_bucket else 'is there'}"
    for stack in (plan.environment, *plan.workstations):
        verb = "update, if anything changed" if stack.exists else "create"
        if stack.recreate:
            verb = "remove the failed creation, and create again"
        yield f"  {stack.label} (stack {stack.name}): {verb}"
        if stack.recreate:
            yield f"    it failed before: {stack.recreate}"
        for key, value in stack.parameters.items():
            reason = f"  ({stack.reasons[key]})" if key in stack.reasons else ""
            shown = MASK if key in no_echo(stack.template.parameters) else _shown(value)
            yield f"    {key} = {shown}{reason}"
    cost = monthly_cost(plan)
    yield f"  a month: ${cost.running:,.2f} while every machine runs, ${cost.stopped:,.2f} while they are stopped"
    yield from (f"    {note}" for note in cost.notes)
    for name in plan.left_over:
        yield f"  stack {name} is no longer in the config: it stays as it is, with its machine and its disk"
        yield f"    to remove it: ./deploy.sh{' --local' if plan.local else ''} --remove {name} {plan.region}"


def _shown(value: str) -> str:
    plain = value.isprintable() and value and value == value.strip()
    return value if plain else ascii(value)
