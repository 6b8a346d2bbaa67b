"""What a deploy would change, worked out on this machine: for `--dry-run`, which asks nothing of CloudFormation.

The result has the form of DescribeChangeSet's `ResourceChange`, so that one review reads both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from analysis.differences import differences
from analysis.resolve import Context, Resource
from analysis.update_effects import recreation_of
from analysis.values import references
from cloud.session import Cloud
from deployment import existing, review
from deployment.change_sets import context_of, deployed_version
from deployment.differences import Version, resources
from deployment.existing import Stack
from deployment.plan import Plan, StackPlan
from deployment.review import Review

ATTRIBUTES = {"DeletionPolicy": "deletion_policy", "UpdateReplacePolicy": "update_replace_policy"}
REPLACED = {"Delete": "ReplaceAndDelete", "Retain": "ReplaceAndRetain", "Snapshot": "ReplaceAndSnapshot"}


def foresee_all(cloud: Cloud, plan: Plan) -> tuple[Review, ...]:
    """The review of every stack of the plan, without a change set. Raises `CloudError`."""
    stacks = (plan.environment, *plan.workstations)
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(existing.describe, cloud, stack.name) for stack in stacks]
        deployed = {stack.name: answer.result() for stack, answer in zip(stacks, asked, strict=True)}
    environment = deployed[plan.environment.name]
    outputs = environment.outputs if environment else {}
    return tuple(_foreseen(cloud, plan, stack, deployed[stack.name], outputs) for stack in stacks)


def _foreseen(cloud: Cloud, plan: Plan, stack: StackPlan, deployed: Stack | None, outputs: Mapping[str, str]) -> Review:
    handed = {key: outputs[output] for key, output in stack.from_environment.items() if output in outputs}
    after, context = Version(stack.template.body, {**stack.parameters, **handed}), context_of(plan, stack)
    if deployed is None or not stack.exists:
        return review.new(stack.name, stack.label, after, context)
    before = deployed_version(cloud, deployed)
    answers = foresee(before, after, context)
    if not answers:
        return Review(stack.name, stack.label, "unchanged")
    return review.changed(stack.name, stack.label, answers, before=before, after=after, context=context)


def foresee(before: Version, after: Version, context: Context) -> tuple[dict[str, Any], ...]:
    """The changes from one version of a stack to the next, in order of logical id."""
    old, new = resources(before, context), resources(after, context)
    found = [_answer("Add", resource) for name, resource in new.items() if name not in old]
    found += [_removal(resource) for name, resource in old.items() if name not in new]
    found += _modifications(old, new, region=context.region)
    return tuple(sorted(found, key=lambda answer: answer["LogicalResourceId"]))


def _modifications(
    old: Mapping[str, Resource], new: Mapping[str, Resource], *, region: str
) -> Iterator[dict[str, Any]]:
    """Direct changes, and what refers to a resource that may get another id by them."""
    common = [name for name in new if name in old]
    details = {name: list(_direct(old[name], new[name], region=region)) for name in common}
    waiting = [name for name in common if _replacement(details[name]) != "False"]
    while waiting:
        cause = waiting.pop()
        for name in common:
            for detail in _following(new[name], cause, region=region):
                if detail not in details[name]:
                    before = _replacement(details[name])
                    details[name].append(detail)
                    waiting += [name] if _replacement(details[name]) != before else []
    for name, found in details.items():
        if found:
            replacement = _replacement(found)
            kept = {} if replacement == "False" else {"PolicyAction": REPLACED[new[name].update_replace_policy]}
            yield {**_answer("Modify", new[name]), "Replacement": replacement, "Details": found, **kept}


def _direct(old: Resource, new: Resource, *, region: str) -> Iterator[dict[str, Any]]:
    for key in sorted({*old.properties, *new.properties}):
        if differences(old.properties, new.properties, key):
            yield _detail(key, recreation_of(new.type, key, region=region), "Static")
    for attribute, name in ATTRIBUTES.items():
        if getattr(old, name) != getattr(new, name):
            yield {"Target": {"Attribute": attribute}, "Evaluation": "Static", "ChangeSource": "DirectModification"}


def _following(resource: Resource, cause: str, *, region: str) -> Iterator[dict[str, Any]]:
    for key, value in resource.properties.items():
        if cause in {found.logical_id for found in references(value)}:
            needs = recreation_of(resource.type, key, region=region)
            yield {**_detail(key, needs, "Dynamic"), "ChangeSource": "ResourceReference", "CausingEntity": cause}


def _detail(name: str, needs: str, evaluation: str) -> dict[str, Any]:
    target = {"Attribute": "Tags" if name == "Tags" else "Properties", "Name": name, "RequiresRecreation": needs}
    return {"Target": target, "Evaluation": evaluation, "ChangeSource": "DirectModification"}


def _replacement(details: list[dict[str, Any]]) -> str:
    needs = {(detail["Target"].get("RequiresRecreation", "Never"), detail["Evaluation"]) for detail in details}
    if ("Always", "Static") in needs:
        return "True"
    return "Conditional" if any(need != "Never" for need, _ in needs) else "False"


def _removal(resource: Resource) -> dict[str, Any]:
    policy = resource.deletion_policy
    return {**_answer("Remove", resource), "PolicyAction": policy if policy in ("Delete", "Snapshot") else "Retain"}


def _answer(action: str, resource: Resource) -> dict[str, Any]:
    return {
        "Action": action,
        "LogicalResourceId": resource.logical_id,
        "ResourceType": resource.type,
        "Details": [],
    }
