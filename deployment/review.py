"""What the changes of a change set mean for what people have: pure, from DescribeChangeSet's answer to words.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

Effect = Literal["new", "no restart", "stop and start", "may be replaced", "replaced", "removed"]

GUARDED = {
    "AWS::EC2::Instance": "what is on its root volume is lost",
    "AWS::EC2::Subnet": "every machine in it is replaced",
    "AWS::EC2::VPC": "everything in it is replaced",
    "AWS::EC2::Volume": "the machine loses it, whatever its policy keeps of it",
    "AWS::EFS::FileSystem": "every machine loses it",
    "AWS::KMS::Key": "what it encrypted may become unreadable",
}
"""Types that no deploy replaces or removes unless told so by name, and why."""

HARMFUL = ("may be replaced", "replaced", "removed")

STOP_AND_START = {
    "AWS::EC2::Instance": frozenset({"InstanceType", "UserData", "EbsOptimized", "KernelId", "RamdiskId"}),
}
"""Properties whose change stops and starts an EBS-backed machine; AWS calls them a conditional replacement, since a
machine on instance store would be replaced, and none of our images is one.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html
"""


@dataclass(frozen=True)
class Change:
    """What happens to one resource."""

    logical_id: str
    resource_type: str
    effect: Effect
    properties: tuple[str, ...] = ()
    """The properties that change, by name."""
    kept: str = ""
    """What a policy keeps of a replaced or removed resource: `Snapshot`, `Retain`, or nothing."""


@dataclass(frozen=True)
class Review:
    """All changes of one stack that exists."""

    stack: str
    label: str
    change_set: str
    """Its ARN; empty where nothing changes."""
    changes: tuple[Change, ...] = ()
    parameters: tuple[tuple[str, str, str], ...] = ()
    """Parameters whose value changes: name, before, after."""


def changes(answers: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
    """What every `ResourceChange` of one change set does.

    AWS calls a resource that refers to a changed one a conditional replacement; it stays when the other one stays.
    """
    answers = tuple(answers)
    found = {answer["LogicalResourceId"]: _change(answer) for answer in answers}
    for answer in answers:
        name, causes = answer["LogicalResourceId"], _references(answer)
        staying = all(cause in found and found[cause].effect not in HARMFUL for cause in causes)
        if causes and staying and found[name].effect == "may be replaced":
            found[name] = replace(found[name], effect="no restart")
    return tuple(found.values())


def _change(answer: Mapping[str, Any]) -> Change:
    targets = [detail["Target"] for detail in answer.get("Details", ())]
    names = {target.get("Name") or target["Attribute"]: target.get("RequiresRecreation", "Never") for target in targets}
    return Change(
        logical_id=answer["LogicalResourceId"],
        resource_type=answer["ResourceType"],
        effect=_effect(answer, names),
        properties=tuple(sorted(names)),
        kept=answer.get("PolicyAction", "").removeprefix("ReplaceAnd").replace("Delete", ""),
    )


def _references(answer: Mapping[str, Any]) -> frozenset[str]:
    """The resources for whose sake alone this one may be replaced; none where it has a reason of its own."""
    recreating = [
        item for item in answer.get("Details", ()) if item["Target"].get("RequiresRecreation", "Never") != "Never"
    ]
    if any(item.get("ChangeSource") not in ("ResourceReference", "ResourceAttribute") for item in recreating):
        return frozenset()
    return frozenset(item.get("CausingEntity", "").partition(".")[0] for item in recreating)


def _effect(answer: Mapping[str, Any], names: Mapping[str, str]) -> Effect:
    if answer["Action"] in ("Add", "Import"):
        return "new"
    if answer["Action"] == "Remove":
        return "removed"
    stopping = STOP_AND_START.get(answer["ResourceType"], frozenset())
    replacement = answer.get("Replacement", "False")
    if replacement == "True":
        return "replaced"
    if replacement == "Conditional" and not {name for name, how in names.items() if how != "Never"} <= stopping:
        return "may be replaced"
    return "stop and start" if stopping & set(names) else "no restart"


def refusals(reviews: Iterable[Review], allowed: Iterable[str]) -> tuple[str, ...]:
    """One line for each guarded resource that would be lost without having been named, and for each name in vain.

    A name is `LOGICAL_ID`, where only one stack has such a change, or `STACK/LOGICAL_ID`.
    """
    harmed = {
        f"{review.stack}/{item.logical_id}": item for review in reviews for item in review.changes if _harms(item)
    }
    named, findings = set(), []
    for name in allowed:
        meant = [full for full in harmed if name in (full, full.partition("/")[2])]
        if not meant:
            want = ", ".join(harmed) or "nothing: no change of this deploy replaces or removes anything that is guarded"
            findings.append(f"--allow-replacement: got {name}, want one of {want}")
        elif len(meant) > 1:
            findings.append(f"--allow-replacement: {name} could be {' or '.join(meant)}; name it with its stack")
        named.update(meant[:1] if len(meant) == 1 else ())
    for full, item in harmed.items():
        if full not in named:
            kept = f"; its policy keeps it ({item.kept})" if item.kept else ""
            findings.append(
                f"{full} ({item.resource_type}) {_verb(item)}: {GUARDED[item.resource_type]}{kept}; "
                f"to let it happen: --allow-replacement {full}"
            )
    return tuple(findings)


def _harms(item: Change) -> bool:
    return item.resource_type in GUARDED and item.effect in HARMFUL


def _verb(item: Change) -> str:
    return {"replaced": "would be replaced", "removed": "would be removed"}.get(item.effect, item.effect)


def lines(reviews: Iterable[Review]) -> Iterator[str]:
    """The changes for people, worst first in each stack."""
    for review in reviews:
        if not review.change_set:
            yield f"{review.label}: no change"
            continue
        yield f"{review.label}: {len(review.changes)} change{'s' if len(review.changes) != 1 else ''}"
        for name, before, after in review.parameters:
            yield f"  parameter {name}: {before or 'nothing'} -> {after or 'nothing'}"
        order = (*reversed(HARMFUL), "stop and start", "new", "no restart")
        for item in sorted(review.changes, key=lambda item: (order.index(item.effect), item.logical_id)):
            of = f" ({', '.join(item.properties)})" if item.properties else ""
            yield f"  {item.effect:15}  {item.logical_id}  {item.resource_type}{of}"


def as_json(review: Review) -> dict[str, Any]:
    """The review as `--json` shows it."""
    return {
        "stack": review.stack,
        "parameters": {name: {"before": before, "after": after} for name, before, after in review.parameters},
        "changes": [
            {
                "logical_id": item.logical_id,
                "type": item.resource_type,
                "effect": item.effect,
                "properties": list(item.properties),
                "kept": item.kept,
            }
            for item in review.changes
        ],
    }
