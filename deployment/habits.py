"""What people type out of habit with other tools, and what it is here. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping

VALUED: Mapping[str, str] = {
    "--bucket": "the bucket is the second word: ./deploy.sh STACK BUCKET [REGION]",
    "--name": "the stack is the first word: ./deploy.sh STACK BUCKET [REGION]",
    "--profile": "set AWS_PROFILE for it: AWS_PROFILE=NAME ./deploy.sh …",
    "--region": "the region is the last word: ./deploy.sh STACK BUCKET REGION",
    "--s3-bucket": "the bucket is the second word: ./deploy.sh STACK BUCKET [REGION]",
    "--stack": "the stack is the first word: ./deploy.sh STACK BUCKET [REGION]",
    "--stack-name": "the stack is the first word: ./deploy.sh STACK BUCKET [REGION]",
    "--parameter-overrides": "did you mean --parameter?",
}
"""Options that other tools have, each with a value of its own."""
ALONE: Mapping[str, str] = {
    **dict.fromkeys(("--delete", "--destroy", "--down", "--uninstall"), "did you mean --remove?"),
    **dict.fromkeys(("--diff", "--plan", "--preview", "--no-execute-changeset", "-n"), "did you mean --dry-run?"),
    **dict.fromkeys(("--force", "--no-confirm", "--auto-approve", "-f", "-y"), "did you mean --yes?"),
    **dict.fromkeys(
        ("--debug", "--verbose", "-v", "-vv"),
        "--bundle FILE packs everything that is known",
    ),
    "--no": "without --yes it asks",
    "--quiet": "2>FILE takes what it says while it works",
    "-q": "2>FILE takes what it says while it works",
    "--version": "`git describe --always` tells it",
}
"""Options that other tools have without a value."""
VERBS: Mapping[str, str] = {
    **dict.fromkeys(("delete", "destroy", "down", "remove"), "did you mean --remove?"),
    **dict.fromkeys(("deploy", "up"), "leave it out: ./deploy.sh STACK BUCKET [REGION]"),
    **dict.fromkeys(("diff", "plan"), "did you mean --dry-run?"),
    "continue-rollback": "did you mean --continue-rollback?",
    "drift": "did you mean --drift?",
    "help": "did you mean -h?",
    "stop": "did you mean --local --stop?",
}
"""First words that are verbs of other tools; a stack of that name would be somebody's mistake."""


def option_hint(option: str) -> str | None:
    """What to do instead of another tool's option; None for one that nobody knows."""
    return VALUED.get(option) or ALONE.get(option)


def verb_finding(words: tuple[str, ...]) -> str | None:
    """One line where the first word is a verb; None where it may be a stack."""
    hint = VERBS.get(words[0].lower()) if words else None
    return f"stack: got '{words[0]}', want the name of a stack; {hint}" if hint else None
