"""What `deploy.sh` can be asked to do, and which words and options each of it takes. Standard library only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from cloud.region import region_finding
from deployment.names import bucket_finding, bucket_name, shown, stack_finding

CHECKS = {
    "stack": stack_finding,
    "bucket": lambda bucket: bucket_finding(bucket_name(bucket)),
    "region": region_finding,
}
"""A word to what stands against it."""
ORDINALS = ("third", "fourth")


@dataclass(frozen=True)
class Verb:
    """One thing to do; `flag` is empty for a deploy, which needs none."""

    name: str
    flag: str
    words: tuple[str, ...]
    """In this order; the last one, the region, may be left out."""
    example: str
    options: frozenset[str]

    @property
    def usage(self) -> str:
        """For people: `./deploy.sh --remove STACK [REGION]`."""
        *needed, _ = (word.upper() for word in self.words)
        return " ".join(["./deploy.sh", *filter(None, [self.flag]), *needed, "[REGION]"])


COMMON = {"--local", "--json", "--account"}
ASKS = {"--dry-run", "--yes"}
OF_DEPLOY = {"--stop", "--create-bucket", "--config", "--parameter", "--bundle", "--allow-replacement", "--suppress"}
DEPLOY = Verb(
    "deploy",
    "",
    ("stack", "bucket", "region"),
    "./deploy.sh demo my-team-templates us-east-1",
    frozenset(COMMON | ASKS | OF_DEPLOY),
)
VERBS = (
    DEPLOY,
    Verb(
        "remove",
        "--remove",
        ("stack", "region"),
        "./deploy.sh --remove demo us-east-1",
        frozenset(COMMON | ASKS | {"--retain"}),
    ),
    Verb("drift", "--drift", ("stack", "region"), "./deploy.sh --drift demo us-east-1", frozenset(COMMON)),
    Verb(
        "continue-rollback",
        "--continue-rollback",
        ("stack", "region"),
        "./deploy.sh --continue-rollback demo us-east-1",
        frozenset(COMMON | ASKS | {"--skip"}),
    ),
)
FLAGS = tuple(verb.flag for verb in VERBS if verb.flag)


def chosen(flags: Collection[str]) -> Verb:
    """The verb that the flags name; the first of several."""
    return next((verb for verb in VERBS if verb.flag in flags), DEPLOY)


def verb_findings(verb: Verb, options: Sequence[str]) -> Iterator[str]:
    """Options that the verb does not take; `options` are all that were typed, flags among them."""
    verbs = [flag for flag in FLAGS if flag in options]
    if len(verbs) > 1:
        yield f"option: got {' and '.join(verbs)}, want one of them"
        return
    for option in dict.fromkeys(options):
        if option != verb.flag and option not in verb.options:
            takers = [other.flag or "a deploy" for other in VERBS if option in other.options]
            where = f"with {verb.flag}" if verb.flag else "for a deploy"
            yield f"option: {option} means nothing {where}, want it with {' or '.join(takers)}; {verb.usage}"


def word_findings(verb: Verb, words: Sequence[str], flags: Collection[str]) -> Iterator[str]:
    """Words that are missing, too many, or that AWS would refuse."""
    if "--stop" in flags:
        if "--local" not in flags or words:
            yield "option: --stop ends the local AWS, and nothing else; want ./deploy.sh --local --stop"
        return
    needed, most = len(verb.words) - 1, len(verb.words)
    if len(words) < needed:
        missing = " and ".join(word.upper() for word in verb.words[len(words) : needed])
        yield f"arguments: {missing} missing, want {verb.usage}; for example {verb.example}"
    if len(words) > most:
        surplus = f"the {ORDINALS[most - 2]} is {shown(words[most])}"
        yield f"arguments: got {len(words)} words, want {verb.usage}; {surplus}"
    for word, name in zip(words, verb.words, strict=False):
        finding = CHECKS[name](word)
        if finding:
            yield finding
