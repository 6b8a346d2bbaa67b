"""Every hostile argument gets one clear line, and nothing runs: no AWS CLI, no installation, no evaluation."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployment.arguments import parse
from tests.deployment.conftest import Checkout

WANT_STACK = "want a letter, then letters, digits and hyphens, at most 128 characters; for example demo"
NAMES = {
    "empty": "",
    "space": "my stack",
    "leading space": " demo",
    "trailing newline": "demo\n",
    "two lines": "demo\nbucket",
    "tab": "a\tb",
    "digit first": "1demo",
    "hyphen first after --": "-demo",
    "underscore": "my_stack",
    "dot": "a.b",
    "slash": "../etc/passwd",
    "semicolon": "demo;touch $CANARY",
    "command": "demo$(touch $CANARY)",
    "backtick": "demo`touch $CANARY`",
    "pipe": "demo|touch $CANARY",
    "and": "demo&&touch $CANARY",
    "redirect": "demo>$CANARY",
    "variable": "$HOME",
    "brace": "${HOME}",
    "glob": "*",
    "question": "?",
    "quote": "de'mo",
    "double quote": 'de"mo',
    "backslash": "de\\mo",
    "percent": "%s%n",
    "escape": "\x1b[31mred\x1b[0m",
    "bell": "a\x07",
    "carriage return": "a\rb",
    "delete": "a\x7f",
    "umlaut": "d\u00e9mo",
    "full width": "\uff44\uff45\uff4d\uff4f",
    "emoji": "\U0001f600",
    "right to left": "a\u202eb",
    "zero width": "a\u200bb",
    "line separator": "a\u2028b",
    "129 characters": "a" * 129,
    "10,000 characters": "a" * 10_000,
    "100,000 characters": "$(touch $CANARY)" * 6_000,
    "file scheme": "file:///etc/passwd",
    "exclamation": "!!",
    "tilde": "~root",
    "hash": "#",
}
BUCKETS = {
    "empty": "",
    "two characters": "ab",
    "64 characters": "a" * 64,
    "upper case": "Demo-Bucket",
    "underscore": "demo_bucket",
    "two dots": "a..b",
    "IP": "192.168.5.4",
    "punycode": "xn--bucket",
    "reserved prefix": "sthree-bucket",
    "reserved suffix": "bucket-s3alias",
    "hyphen last": "bucket-",
    "dot first": ".bucket",
    "command": "a$(touch $CANARY)b",
    "backtick": "a`touch $CANARY`b",
    "newline": "bucket\n",
    "semicolon": "bucket;touch $CANARY",
    "with prefix": "s3://bucket/prefix",
    "URL": "https://bucket.s3.amazonaws.com",
    "emoji": "bucket-\U0001f600",
    "full width digits": "bucket\uff11\uff12",
    "10,000 characters": "b" * 10_000,
}
REGIONS = {
    "empty": "",
    "typo": "us-esat-1",
    "upper case": "US-EAST-1",
    "zone": "us-east-1a",
    "command": "us-east-1;touch $CANARY",
    "substitution": "$(touch $CANARY)",
    "newline": "us-east-1\n",
    "global": "aws-global",
    "10,000 characters": "r" * 10_000,
    "emoji": "\U0001f1e9\U0001f1ea",
}
OPTIONS = {
    "unknown": ["--loacl"],
    "unknown short": ["-x"],
    "hyphen": ["-"],
    "command": ["--$(touch $CANARY)"],
    "value for a flag": ["--yes=no"],
    "no config file": ["--config", "/nowhere/at all.toml"],
    "config is a directory": ["--config", "config"],
    "config is no toml": ["--config", "deploy.sh"],
    "config with command": ["--config", "$(touch $CANARY).toml"],
    "config with 10,000 characters": ["--config", "c" * 10_000],
    "no config": ["--config"],
    "no parameter": ["--parameter"],
    "empty parameter": ["--parameter", ""],
    "no equals sign": ["--parameter", "InstanceType"],
    "no key": ["--parameter", "=value"],
    "key with a command": ["--parameter", "$(touch $CANARY)=1"],
    "key with a space": ["--parameter", "Instance Type=m7i.large"],
    "parameter twice": ["--parameter", "A=1", "--parameter", "A=2"],
    "value of 4,097 bytes": ["--parameter", "A=" + "v" * 4_097],
    "value of many bytes": ["--parameter", "A=" + "\u00e9" * 2_049],
    "no rule": ["--suppress"],
    "no such rule": ["--suppress", "P999"],
    "rule with a command": ["--suppress", "$(touch $CANARY)"],
    "rule in lower case": ["--suppress", "p001"],
    "no account": ["--account", ""],
    "account too short": ["--account", "12345678901"],
    "account with other digits": ["--account", "\uff11" * 12],
    "account with a command": ["--account", "`touch $CANARY`"],
    "account twice": ["--account", "123456789012", "--account", "123456789013"],
    "fourth word": ["us-east-1", "surplus"],
    "stop with words": ["--local", "--stop"],
    "stop without local": ["--stop"],
}

VERBS = {
    "remove without a stack": ["--remove"],
    "remove with a command": ["--remove", "demo$(touch $CANARY)"],
    "remove with a space": ["--remove", "my stack", "us-east-1"],
    "remove with a newline": ["--remove", "demo\n"],
    "remove with a bucket": ["--remove", "demo", "demo-bucket"],
    "remove with three words": ["--remove", "demo", "us-east-1", "surplus"],
    "remove with a value": ["--remove=yes", "demo", "demo-bucket", "us-east-1"],
    "remove with a parameter": ["--remove", "demo", "us-east-1", "--parameter", "A=1"],
    "remove with skip": ["--remove", "demo", "us-east-1", "--skip", "Vpc"],
    "remove and drift": ["--remove", "--drift", "demo", "us-east-1"],
    "remove and stop": ["--local", "--remove", "--stop"],
    "retain without a value": ["--remove", "demo", "us-east-1", "--retain"],
    "retain with a command": ["--remove", "demo", "us-east-1", "--retain", "$(touch $CANARY)"],
    "retain with a path": ["--remove", "demo", "us-east-1", "--retain", "../../Vpc"],
    "retain with nothing": ["--remove", "demo", "us-east-1", "--retain", ""],
    "retain for a deploy": ["demo", "demo-bucket", "us-east-1", "--retain", "Vpc"],
    "drift without a stack": ["--drift"],
    "drift with a backtick": ["--drift", "`touch $CANARY`"],
    "drift with a region that is none": ["--drift", "demo", "us-esat-1"],
    "drift with yes": ["--drift", "demo", "us-east-1", "--yes"],
    "continue without a stack": ["--continue-rollback"],
    "continue with a glob": ["--continue-rollback", "*"],
    "skip with a command": ["--continue-rollback", "demo", "us-east-1", "--skip", "a;touch $CANARY"],
    "skip with 10,000 characters": ["--continue-rollback", "demo", "us-east-1", "--skip", "V" * 10_000],
    "skip for a deploy": ["demo", "demo-bucket", "us-east-1", "--skip", "Vpc"],
}


def cases() -> list[tuple[str, list[str], str]]:
    """Name, arguments, and what the one line starts with."""
    found = [
        (f"stack, {name}", ["--", text, "demo-bucket", "us-east-1"], "stack: got ") for name, text in NAMES.items()
    ]
    found += [(f"bucket, {name}", ["demo", text, "us-east-1"], "bucket: got ") for name, text in BUCKETS.items()]
    found += [(f"region, {name}", ["demo", "demo-bucket", text], "region: got ") for name, text in REGIONS.items()]
    found += [(f"option, {name}", ["demo", "demo-bucket", *words], "") for name, words in OPTIONS.items()]
    return found + [(f"verb, {name}", words, "") for name, words in VERBS.items()]


CASES = cases()


@pytest.mark.parametrize(("arguments", "start"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_hostile_argument_gets_one_line_and_nothing_runs(
    bare_checkout: Checkout, figures: object, arguments: list[str], start: str
) -> None:
    done = bare_checkout.deploy(*arguments)

    lines = done.stderr.splitlines()
    clean = all((character.isascii() and character.isprintable()) or character == "\u2026" for character in lines[0])
    held = (
        (done.returncode, done.stdout, len(lines)) == (2, "", 1)
        and lines[0].startswith(f"deploy.sh: {start}")
        and clean
        and len(lines[0]) < 400
        and bare_checkout.touched() == ()
    )
    figures.count("hostile-arguments", held=held)  # type: ignore[attr-defined]
    assert held, (done, bare_checkout.touched())


def test_bytes_that_are_no_text_are_refused(bare_checkout: Checkout) -> None:
    done = bare_checkout.deploy(b"de\xffmo", b"demo-bucket", b"us-east-1", b"--parameter", b"A=\xfe")

    expected = (
        f"deploy.sh: stack: got 'de\\udcffmo', {WANT_STACK}\n"
        "deploy.sh: parameter: the value of A is '\\udcfe', want UTF-8 text\n"
    )
    assert (2, expected) == (done.returncode, done.stderr)
    assert bare_checkout.touched() == ()


def test_all_findings_come_at_once(bare_checkout: Checkout) -> None:
    done = bare_checkout.deploy("a b", "A..B", "us-esat-1", "--loacl", "--config", "x", "--parameter", "y", "more")

    starts = [re.match(r"deploy\.sh: (\w+)", line).group(1) for line in done.stderr.splitlines()]  # type: ignore[union-attr]
    assert starts == ["option", "option", "arguments", "stack", "bucket", "region", "parameter"]
    assert done.returncode == 2


def test_no_arguments_say_what_is_wanted(bare_checkout: Checkout) -> None:
    done = bare_checkout.deploy()

    expected = (
        "deploy.sh: arguments: STACK and BUCKET missing, want ./deploy.sh STACK BUCKET [REGION]; "
        "for example ./deploy.sh demo my-team-templates us-east-1\n"
    )
    assert (2, expected) == (done.returncode, done.stderr)


@given(st.lists(st.text(max_size=200), max_size=8))
def test_no_list_of_words_is_a_traceback(words: list[str]) -> None:
    _, findings = parse(words)

    for finding in findings:
        assert finding.replace("\u2026", "").isascii()
        assert finding.isprintable()


@given(
    stack=st.from_regex(r"[a-zA-Z][-a-zA-Z0-9]{0,90}", fullmatch=True),
    bucket=st.from_regex(r"[a-wyz0-9][b-rt-z0-9-]{1,50}[a-z0-9]", fullmatch=True).filter(
        lambda name: not name.endswith(("--ol-s3", "--x-s3"))
    ),
    value=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=500),
)
def test_what_is_legal_arrives_unchanged(stack: str, bucket: str, value: str) -> None:
    arguments, findings = parse([stack, f"s3://{bucket}/", "--parameter", f"ada.KeyName={value}", "--dry-run"])

    assert findings == ()
    assert (arguments.stack, arguments.bucket, arguments.dry_run, arguments.yes) == (stack, bucket, True, False)
    (parameter,) = arguments.parameters
    assert (parameter.workstation, parameter.key, parameter.value) == ("ada", "KeyName", value)


def test_a_stack_name_leaves_room_for_the_longest_workstation(bare_checkout: Checkout) -> None:
    fits, too_long = "a" * (128 - len("-ada")), "a" * (129 - len("-ada"))

    assert parse([fits, "demo-bucket"])[1] == ()
    assert parse([too_long, "demo-bucket"])[1] == (
        "stack: got 125 characters, want at most 124, so that STACK-ada fits 128",
    )
