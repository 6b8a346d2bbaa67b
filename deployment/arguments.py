"""The arguments of `deploy.sh`, judged before anything else runs. Standard library only: no set-up exists yet.

Not argparse: it stops at the first finding, and people want all of them.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from deployment import habits, verbs
from deployment.names import STACK_NAME_CHARACTERS, bucket_name, shown
from deployment.option_findings import EXAMPLES, option_findings
from generator.contract import STACKS_FILE, workstation_stack_name

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ("--local", "--stop", "--dry-run", "--yes", "--create-bucket", "--json")
VALUES = ("--config", "--parameter", "--bundle", "--allow-replacement", "--suppress", "--account", "--retain", "--skip")

PARAMETER_VALUE_BYTES = 4_096  # docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html


@dataclass(frozen=True)
class Parameter:
    """One `--parameter`: of the environment, or of one workstation."""

    workstation: str | None
    key: str
    value: str


@dataclass(frozen=True)
class Arguments:
    """What the user asked for. Nothing here was looked up yet."""

    verb: str = "deploy"
    """Name of one of `verbs.VERBS`."""
    stack: str = ""
    bucket: str = ""
    region: str | None = None
    config: Path = ROOT / "config" / "default.toml"
    parameters: tuple[Parameter, ...] = ()
    local: bool = False
    stop: bool = False
    dry_run: bool = False
    yes: bool = False
    create_bucket: bool = False
    json: bool = False
    bundle: Path | None = None
    suppress: frozenset[str] = frozenset()
    """Ids of the preflight's rules that are not asked."""
    account: str | None = None
    """The only account that may be deployed to."""
    allow_replacement: tuple[str, ...] = ()
    """`LOGICAL_ID` or `STACK/LOGICAL_ID` of what this deploy may replace or remove."""
    retain: tuple[str, ...] = ()
    """The same of what a removal leaves where it is."""
    skip: tuple[str, ...] = ()
    """The same of what undoing an update leaves as it is."""


@dataclass
class _Raw:
    """Words and options as they were typed."""

    words: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    values: list[tuple[str, str]] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)


def parse(argv: Sequence[str]) -> tuple[Arguments, tuple[str, ...]]:
    """The arguments, and every finding: one line each, none when all is well."""
    raw = _split(argv)
    verb = verbs.chosen(raw.flags)
    flags = {flag[2:].replace("-", "_"): True for flag in raw.flags if flag not in verbs.FLAGS}
    typed = [*sorted(raw.flags), *(option for option, _ in raw.values)]
    parameters, parameter_findings = _parameters(_values(raw, "--parameter"))
    words = dict(zip(verb.words, raw.words, strict=False))
    if "bucket" in words:
        words["bucket"] = bucket_name(words["bucket"])
    arguments = Arguments(
        verb=verb.name,
        parameters=parameters,
        suppress=frozenset(_values(raw, "--suppress")),
        allow_replacement=_values(raw, "--allow-replacement"),
        retain=_values(raw, "--retain"),
        skip=_values(raw, "--skip"),
        **flags,
        **words,
    )
    for option, value in raw.values:
        if option in ("--config", "--bundle"):
            arguments = replace(arguments, **{option[2:]: Path(value)})
        elif option == "--account":
            arguments = replace(arguments, account=value)
    findings = [
        *raw.findings,
        *verbs.verb_findings(verb, typed),
        *option_findings(raw.values),
        *_word_findings(verb, raw),
    ]
    if verb is verbs.DEPLOY and words.get("stack") and not findings:
        findings.extend(_length_findings(arguments))
    return arguments, (*findings, *parameter_findings)


def _word_findings(verb: verbs.Verb, raw: _Raw) -> Iterator[str]:
    """None where the verb itself is in doubt: its words are then not known."""
    if any(f"did you mean {flag}?" in finding for finding in raw.findings for flag in verbs.FLAGS):
        return
    finding = habits.verb_finding(tuple(raw.words)) if verb is verbs.DEPLOY else None
    if finding:
        yield finding
    else:
        yield from verbs.word_findings(verb, raw.words, raw.flags)


def _values(raw: _Raw, option: str) -> tuple[str, ...]:
    return tuple(value for name, value in raw.values if name == option)


def template_directory(config: Path) -> Path:
    """Where the generator puts the templates of a config: `templates/` for the default, else `templates/NAME/`."""
    templates = ROOT / "templates"
    return templates if config.stem == "default" else templates / config.stem


def _split(argv: Sequence[str]) -> _Raw:
    raw = _Raw()
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.partition("=")
        if word == "--":
            raw.words.extend(rest)
            rest.clear()
        elif word in (*FLAGS, *verbs.FLAGS):
            raw.flags.add(word)
        elif name in VALUES and equals:
            raw.values.append((name, value))
        elif word in VALUES and rest:
            raw.values.append((word, rest.pop(0)))
        elif word in VALUES:
            raw.findings.append(f"option: {word} wants a value; for example {word} {EXAMPLES[word]}")
        elif word.startswith("-"):
            raw.findings.append(_unknown_option(word))
            if word in habits.VALUED and rest:
                rest.pop(0)
        else:
            raw.words.append(word)
    return raw


def _unknown_option(word: str) -> str:
    from difflib import get_close_matches

    name = word.partition("=")[0][:64]
    close = get_close_matches(name, (*FLAGS, *verbs.FLAGS, *VALUES), n=1)
    hint = habits.option_hint(name) or (f"did you mean {close[0]}?" if close else "./deploy.sh -h lists them")
    return f"option: got {shown(word)}, want one that exists; {hint}"


def _parameters(texts: Iterable[str]) -> tuple[tuple[Parameter, ...], tuple[str, ...]]:
    parameters: dict[tuple[str | None, str], Parameter] = {}
    findings: list[str] = []
    for text in texts:
        match = re.fullmatch(r"(?:([a-zA-Z][-a-zA-Z0-9]*)\.)?([a-zA-Z0-9]{1,255})=(.*)", text, flags=re.DOTALL)
        if not match:
            hint = "for one workstation NAME.KEY=VALUE"
            findings.append(f"parameter: got {shown(text)}, want KEY=VALUE, KEY of letters and digits; {hint}")
            continue
        parameter = Parameter(*match.groups())
        if (parameter.workstation, parameter.key) in parameters:
            findings.append(f"parameter: {text.partition('=')[0]} was given twice, want it once")
        size = len(parameter.value.encode("utf-8", "surrogateescape"))
        if size > PARAMETER_VALUE_BYTES:
            limit = f"at most {PARAMETER_VALUE_BYTES:,}"
            findings.append(f"parameter: the value of {parameter.key[:64]} has {size:,} bytes, want {limit}")
        if any(0xDC80 <= ord(character) <= 0xDCFF for character in parameter.value):
            findings.append(
                f"parameter: the value of {parameter.key[:64]} is {shown(parameter.value)}, want UTF-8 text"
            )
        parameters[parameter.workstation, parameter.key] = parameter
    return tuple(parameters.values()), tuple(findings)


def _length_findings(arguments: Arguments) -> Iterator[str]:
    """The stack of each workstation is STACK-NAME, and it has to fit as well."""
    try:
        stacks = json.loads((template_directory(arguments.config) / STACKS_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return  # `python -m generator --check` says so in its own words
    longest = max((workstation["name"] for workstation in stacks["workstations"]), key=len, default="")
    name = workstation_stack_name(arguments.stack, longest)
    if longest and len(name) > STACK_NAME_CHARACTERS:
        room = STACK_NAME_CHARACTERS - len(name) + len(arguments.stack)
        got = f"{len(arguments.stack)} characters"
        yield f"stack: got {got}, want at most {room}, so that STACK-{longest} fits {STACK_NAME_CHARACTERS}"


def main() -> int:
    """Print every finding on stderr; 0 when there is none, else 2."""
    _, findings = parse(sys.argv[1:])
    for finding in findings:
        print(f"deploy.sh: {finding}", file=sys.stderr)
    return 2 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
