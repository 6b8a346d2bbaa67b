"""The arguments of `deploy.sh`, judged before anything else runs. Standard library only: no set-up exists yet.

Not argparse: it stops at the first finding, and people want all of them.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cloud.region import region_finding
from deployment.names import (
    STACK_NAME_CHARACTERS,
    account_finding,
    bucket_finding,
    bucket_name,
    shown,
    stack_finding,
)
from deployment.rules.catalogue import unknown
from generator.contract import STACKS_FILE, workstation_stack_name

ROOT = Path(__file__).resolve().parent.parent
USAGE = "./deploy.sh STACK BUCKET [REGION]"
WORDS = ("stack", "bucket", "region")
FLAGS = ("--local", "--stop", "--dry-run", "--yes", "--create-bucket", "--json")
VALUES = ("--config", "--parameter", "--bundle", "--allow-replacement", "--suppress", "--account")

ONCE = ("--config", "--bundle", "--account")
CHECKS = {"--suppress": unknown, "--account": account_finding}

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
    arguments = Arguments(**{flag[2:].replace("-", "_"): True for flag in raw.flags})
    findings = [
        *raw.findings,
        *_once_findings(raw.values),
        *_config_findings(raw.values),
        *_bundle_findings(raw.values),
        *_word_findings(raw),
    ]
    for option, value in raw.values:
        if option in ("--config", "--bundle"):
            arguments = replace(arguments, **{option[2:]: Path(value)})
        elif option == "--suppress":
            arguments = replace(arguments, suppress=arguments.suppress | {value})
        elif option == "--account":
            arguments = replace(arguments, account=value)
        if option in CHECKS:
            findings.extend(filter(None, [CHECKS[option](value)]))
    parameters, parameter_findings = _parameters(value for option, value in raw.values if option == "--parameter")
    allowed = tuple(value for option, value in raw.values if option == "--allow-replacement")
    findings.extend(_allowed_findings(allowed))
    words = dict(zip(WORDS, raw.words, strict=False))
    if "bucket" in words:
        words["bucket"] = bucket_name(words["bucket"])
    arguments = replace(arguments, parameters=parameters, allow_replacement=allowed, **words)
    if words.get("stack") and not findings:
        findings.extend(_length_findings(arguments))
    return arguments, (*findings, *parameter_findings)


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
        elif word in FLAGS:
            raw.flags.add(word)
        elif name in VALUES and equals:
            raw.values.append((name, value))
        elif word in VALUES and rest:
            raw.values.append((word, rest.pop(0)))
        elif word in VALUES:
            raw.findings.append(f"option: {word} wants a value; for example {word} {_example(word)}")
        elif word.startswith("-"):
            raw.findings.append(_unknown_option(word))
        else:
            raw.words.append(word)
    return raw


def _unknown_option(word: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word.partition("=")[0][:64], (*FLAGS, *VALUES), n=1)
    hint = f"did you mean {close[0]}?" if close else "./deploy.sh -h lists them"
    return f"option: got {shown(word)}, want one that exists; {hint}"


def _example(option: str) -> str:
    return {
        "--config": "config/default.toml",
        "--bundle": "demo.tar.gz",
        "--allow-replacement": "demo-ada/Instance",
        "--suppress": "P019",
        "--account": "123456789012",
    }.get(option, "KEY=VALUE")


def _word_findings(raw: _Raw) -> Iterator[str]:
    if "--stop" in raw.flags:
        if "--local" not in raw.flags or raw.words:
            yield "option: --stop ends the local AWS, and nothing else; want ./deploy.sh --local --stop"
        return
    if len(raw.words) < 2:
        missing = " and ".join(word.upper() for word in WORDS[len(raw.words) : 2])
        yield f"arguments: {missing} missing, want {USAGE}; for example ./deploy.sh demo my-team-templates us-east-1"
    if len(raw.words) > 3:
        yield f"arguments: got {len(raw.words)} words, want {USAGE}; the fourth is {shown(raw.words[3])}"
    checks = (stack_finding, lambda bucket: bucket_finding(bucket_name(bucket)), region_finding)
    for word, check in zip(raw.words, checks, strict=False):
        finding = check(word)
        if finding:
            yield finding


def _once_findings(values: Iterable[tuple[str, str]]) -> Iterator[str]:
    options = [option for option, _ in values]
    for option in ONCE:
        if options.count(option) > 1:
            yield f"option: {option} was given {options.count(option)} times, want it once"


def _config_findings(values: Iterable[tuple[str, str]]) -> Iterator[str]:
    files = [value for option, value in values if option == "--config"]
    for file in files:
        if not _is_file(file):
            yield f"option: --config got {shown(file)}, want a file that exists; for example config/default.toml"
        elif not file.endswith(".toml"):
            yield f"option: --config got {shown(file)}, want a .toml file; for example config/default.toml"


def _bundle_findings(values: Iterable[tuple[str, str]]) -> Iterator[str]:
    files = [value for option, value in values if option == "--bundle"]
    for file in files:
        if not file or _is_there(file, Path.is_dir) or not _is_there(str(Path(file).parent), Path.is_dir):
            yield f"option: --bundle got {shown(file)}, want a file in a directory that exists; for example demo.tar.gz"


def _allowed_findings(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if not re.fullmatch(r"(?:[a-zA-Z][-a-zA-Z0-9]*/)?[a-zA-Z0-9]{1,255}", name):
            want = "LOGICAL_ID or STACK/LOGICAL_ID; for example demo-ada/Instance"
            yield f"option: --allow-replacement got {shown(name)}, want {want}"


def _is_file(name: str) -> bool:
    return _is_there(name, Path.is_file)


def _is_there(name: str, check: Callable[[Path], bool]) -> bool:
    try:
        return check(Path(name))
    except (OSError, ValueError):  # too long a name, a NUL
        return False


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
