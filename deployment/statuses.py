"""Every status that CloudFormation has for a stack: what it means, and what a deploy does about it.

`python -m deployment.statuses` prints the page docs/guides/stack-statuses.md, which is made from this table.
The statuses: docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html, "Stack status codes".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from deployment.findings import Problem

Does = Literal["create", "update", "recreate", "wait", "refuse"]

DOES: dict[Does, str] = {
    "create": "makes it",
    "update": "updates it, if anything changed",
    "recreate": "removes it, once AWS says that it holds nothing, and makes it again",
    "wait": "waits for its end, then goes by what it has become",
    "refuse": "stops before anything is made, and names the first cause and the command that helps",
}
NO_STACK = ""
EVENTS = "aws cloudformation describe-stack-events"
DELETE = "aws cloudformation delete-stack"
CONTINUE = "aws cloudformation continue-update-rollback"
ROLLBACK = "aws cloudformation rollback-stack"
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
        DELETE,
    ),
    Answer("ROLLBACK_IN_PROGRESS", "wait", "its creation failed, and what was made is being removed"),
    Answer("ROLLBACK_COMPLETE", "recreate", "its creation failed, and what was made was removed"),
    Answer(
        "ROLLBACK_FAILED",
        "refuse",
        "its creation failed, and not everything that was made could be removed",
        "mend the cause, then remove the rest",
        DELETE,
    ),
    Answer("DELETE_IN_PROGRESS", "wait", "it is being removed"),
    Answer("DELETE_COMPLETE", "create", "it was removed; its name is free again"),
    Answer(
        "DELETE_FAILED",
        "refuse",
        "somebody removed it, and not everything could be removed",
        "mend the cause, then remove the rest",
        DELETE,
    ),
    Answer("UPDATE_IN_PROGRESS", "wait", "it is being updated"),
    Answer("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "wait", "it was updated, and what was replaced is being removed"),
    Answer("UPDATE_COMPLETE", "update", "it was updated"),
    Answer(
        "UPDATE_FAILED",
        "refuse",
        "its update failed, and was left half done on purpose",
        "go back to how it was before",
        ROLLBACK,
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

BY_STATUS = {known.status: known for known in ANSWERS}
DEPLOYABLE = tuple(known.status for known in ANSWERS if known.does == "update")
"""Statuses in which a deploy updates a stack."""


def answer(status: str) -> Answer:
    """What is known about a status; one that AWS has added since is refused, with the way to its events."""
    unknown = Answer(status, "refuse", "a status that is not known here", "see its events", EVENTS)
    return BY_STATUS.get(status, unknown)


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
        hint=f"{known.hint}: {known.command} --region {region} --stack-name {stack}",
    )


def page() -> Iterator[str]:
    """The page for people, line by line."""
    yield "<!-- Made by `python -m deployment.statuses` from deployment/statuses.py; do not edit. -->"
    yield "# Stack statuses"
    yield ""
    yield "What CloudFormation says of a stack, what it means, and what `./deploy.sh` does about it."
    yield "Every status of CloudFormation has its row, and a test holds the table against AWS's service model."
    yield ""
    yield "| status | meaning | what a deploy does |"
    yield "|---|---|---|"
    for known in ANSWERS:
        name = f"`{known.status}`" if known.status else "no stack"
        yield f"| {name} | {known.meaning} | {DOES[known.does]} |"
    yield ""
    yield "## Where a deploy stops"
    yield ""
    yield "A refusal names the first cause, and this command with your region and stack."
    yield ""
    yield "| status | what to do |"
    yield "|---|---|"
    for known in ANSWERS:
        if known.does == "refuse":
            yield f"| `{known.status}` | {known.hint}: `{known.command} --region REGION --stack-name STACK` |"


if __name__ == "__main__":
    print("\n".join(page()))
