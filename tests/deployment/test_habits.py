"""What people type out of habit with other tools is answered with what it is here, and with nothing that misleads."""

from __future__ import annotations

import pytest

from deployment.arguments import parse

DEPLOY = "./deploy.sh STACK BUCKET [REGION]"


def option(name: str, hint: str) -> tuple[str, ...]:
    return (f"option: got '{name}', want one that exists; {hint}",)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (
            "demo my-bucket --region us-east-1",
            option("--region", "the region is the last word: ./deploy.sh STACK BUCKET REGION"),
        ),
        (
            "demo my-bucket --region=us-east-1",
            option("--region=us-east-1", "the region is the last word: ./deploy.sh STACK BUCKET REGION"),
        ),
        (
            "demo my-bucket --profile dev",
            option("--profile", "set AWS_PROFILE for it: AWS_PROFILE=NAME ./deploy.sh …"),
        ),
        ("demo my-bucket -y", option("-y", "did you mean --yes?")),
        ("demo my-bucket --dryrun", option("--dryrun", "did you mean --dry-run?")),
        ("demo my-bucket --no", option("--no", "without --yes it asks")),
        ("--delete demo", option("--delete", "did you mean --remove?")),
        ("--destroy demo us-east-1", option("--destroy", "did you mean --remove?")),
        ("--continue-rollbak demo", option("--continue-rollbak", "did you mean --continue-rollback?")),
        ("destroy demo", ("stack: got 'destroy', want the name of a stack; did you mean --remove?",)),
        ("remove demo us-east-1", ("stack: got 'remove', want the name of a stack; did you mean --remove?",)),
        ("deploy demo my-bucket", (f"stack: got 'deploy', want the name of a stack; leave it out: {DEPLOY}",)),
        ("help", ("stack: got 'help', want the name of a stack; did you mean -h?",)),
        ("--remove drift us-east-1", ()),
        ("remover my-bucket", ()),
    ],
)
def test_a_habit_gets_one_line_that_helps(typed: str, expected: tuple[str, ...]) -> None:
    _, findings = parse(typed.split())

    assert findings == expected
