"""Every status that CloudFormation has for a stack: what it means, and what deploy, removal and drift do about it.

`python -m deployment.statuses` prints the page docs/guides/stack-statuses.md, which is made from this table.
The statuses: docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html, "Stack status codes".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from deployment.findings import Problem

Does = Literal["create", "update", "recreate", "wait", "refuse"]
Removes = Literal["nothing", "remove", "wait", "retry"]

DOES: dict[Does, str] = {
    "create": "makes it",
    "update": "updates it, if anything changed",
    "recreate": "removes it, once AWS says that it holds nothing, and makes it again",
    "wait": "waits for its end, then goes by what it has become",
    "refuse": "stops before anything is made, and names the first cause and the command that helps",
}
REMOVES: dict[Removes, str] = {
    "nothing": "nothing, and says so",
    "remove": "removes it, after the question",
    "wait": "waits for its end, then removes what is still there",
    "retry": "tries again, and names what stood in the way; `--retain LOGICAL_ID` leaves that where it is",
}
NO_STACK = ""
EVENTS = "aws cloudformation describe-stack-events"
REMOVE = "./deploy.sh --remove"
CONTINUE = "./deploy.sh --continue-rollback"
RESOURCES = "aws cloudformation list-stack-resources"


@dataclass(frozen=True)
class Answer:
    """What is known about one status."""

    status: str
    """AWS's word; `NO_STACK` where there is no stack."""
    does: Does
    meaning: str
    hint: str = ""
    """Of a refusal: what to do, up to the command."""
    command: str = ""
    """Of a refusal: the command that helps, without region and stack."""


ANSWERS = (
    Answer(NO_STACK, "create", "there is no stack of that name"),
    Answer("REVIEW_IN_PROGRESS", "create", "only a change set was made; the stack holds nothing yet"),
    Answer("CREATE_IN_PROGRESS", "wait", "it is being made"),
    Answer("CREATE_COMPLETE", "update", "it was made"),
    Answer(
        "CREATE_FAILED",
        "refuse",
        "its creation failed, and what was made until then was kept on purpose",
        "look at what it holds, then remove it",
        REMOVE,
    ),
    Answer("ROLLBACK_IN_PROGRESS", "wait", "its creation failed, and what was made is being removed"),
    Answer("ROLLBACK_COMPLETE", "recreate", "its creation failed, and what was made was removed"),
    Answer(
        "ROLLBACK_FAILED",
        "refuse",
        "its creation failed, and not everything that was made could be removed",
        "mend the cause, then remove the rest",
        REMOVE,
    ),
    Answer("DELETE_IN_PROGRESS", "wait", "it is being removed"),
    Answer("DELETE_COMPLETE", "create", "it was removed; its name is free again"),
    Answer(
        "DELETE_FAILED",
        "refuse",
        "somebody removed it, and not everything could be removed",
        "mend the cause, then remove the rest",
        REMOVE,
    ),
    Answer("UPDATE_IN_PROGRESS", "wait", "it is being updated"),
    Answer("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "wait", "it was updated, and what was replaced is being removed"),
    Answer("UPDATE_COMPLETE", "update", "it was updated"),
    Answer(
        "UPDATE_FAILED",
        "refuse",
        "its update failed, and was left half done on purpose",
        "let AWS put it back as it was before",
        CONTINUE,
    ),
    Answer("UPDATE_ROLLBACK_IN_PROGRESS", "wait", "its update failed, and is being undone"),
    Answer(
        "UPDATE_ROLLBACK_FAILED",
        "refuse",
        "its update failed, and so did undoing it",
        "mend the cause, then let AWS go on undoing",
        CONTINUE,
    ),
    Answer(
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "wait",
        "its update was undone, and what the update had made is being removed",
    ),
    Answer("UPDATE_ROLLBACK_COMPLETE", "update", "its last update failed and was undone; it is as it was before"),
    Answer("IMPORT_IN_PROGRESS", "wait", "somebody is bringing resources under it"),
    Answer("IMPORT_COMPLETE", "update", "somebody brought resources under it"),
    Answer("IMPORT_ROLLBACK_IN_PROGRESS", "wait", "bringing resources under it failed, and is being undone"),
    Answer(
        "IMPORT_ROLLBACK_FAILED",
        "refuse",
        "bringing resources under it failed, and so did undoing that",
        "whoever began the import has to finish it; what it holds",
        RESOURCES,
    ),
    Answer(
        "IMPORT_ROLLBACK_COMPLETE",
        "refuse",
        "bringing resources under it failed and was undone",
        "whoever began the import has to repeat it; what it holds",
        RESOURCES,
    ),
)
"""In the order of a stack's life."""

DRIFTABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED")
"""AWS detects drift in no other status.

docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
"""
BY_STATUS = {known.status: known for known in ANSWERS}
DEPLOYABLE = tuple(known.status for known in ANSWERS if known.does == "update")
"""Statuses in which a deploy updates a stack."""


def answer(status: str) -> Answer:
    """What is known about a status; one that AWS has added since is refused, with the way to its events."""
    unknown = Answer(status, "refuse", "a status that is not known here", "see its events", EVENTS)
    return BY_STATUS.get(status, unknown)


def removes(status: str) -> Removes:
    """What a removal does about a stack in this status; whatever AWS has added since is removed or refused by AWS."""
    if status in (NO_STACK, "DELETE_COMPLETE"):
        return "nothing"
    if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        return "wait"
    return "retry" if status == "DELETE_FAILED" else "remove"


def spelled(command: str, *, stack: str, region: str) -> str:
    """The command with its stack and region: ours take them as words, the AWS CLI as options."""
    own = command.startswith("./deploy.sh")
    return f"{command} {stack} {region}" if own else f"{command} --region {region} --stack-name {stack}"


def refusal(stack: str, status: str, *, region: str, cause: str = "") -> Problem | None:
    """What stands against deploying a stack in this status, with the first cause of its failure; None if nothing."""
    known = answer(status)
    if known.does != "refuse":
        return None
    why = f"; first cause: {cause}" if cause else ""
    return Problem(
        about=f"stack {stack}",
        value=f"is {status}: {known.meaning}{why}",
        wanted="one that can be updated",
        hint=f"{known.hint}: {spelled(known.command, stack=stack, region=region)}",
    )


def page() -> Iterator[str]:
    """The page for people, line by line."""
    yield "<!-- Made by `python -m deployment.statuses` from deployment/statuses.py; do not edit. -->"
    yield "# Stack statuses"
    yield ""
    yield "What CloudFormation says of a stack, what it means, and what `./deploy.sh` does about it."
    yield "`./deploy.sh --drift` compares a stack in the statuses marked with *; AWS does it in no other."
    yield "Every status of CloudFormation has its row, and a test holds the table against AWS's service model."
    yield ""
    yield "| status | meaning | what a deploy does | what `--remove` does |"
    yield "|---|---|---|---|"
    for known in ANSWERS:
        name = f"`{known.status}`" if known.status else "no stack"
        star = "*" if known.status in DRIFTABLE else ""
        yield f"| {name}{star} | {known.meaning} | {DOES[known.does]} | {REMOVES[removes(known.status)]} |"
    yield ""
    yield "## Where a deploy stops"
    yield ""
    yield "A refusal names the first cause, and this command with your region and stack."
    yield ""
    yield "| status | what to do |"
    yield "|---|---|"
    for known in ANSWERS:
        if known.does == "refuse":
            command = spelled(known.command, stack="STACK", region="REGION")
            yield f"| `{known.status}` | {known.hint}: `{command}` |"


if __name__ == "__main__":
    print("\n".join(page()))
