"""Which hosts, under which names; and nothing from AWS reaches an SSH config unchecked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.errors import WorkstationError
from workstation.machines import Machine
from workstation.ssh_hosts import Host, Target, hosts, named, parse_target
from workstation.ssh_lines import Form, block_lines

LEFT_OUT = "; the machine is left out: find out who tagged it, and deploy its stack again"


def target(name: str = "ada", environment: str = "demo", region: str = "us-east-1") -> Target:
    return Target(name, environment, region, "123456789012")


def names(*found: Target, taken: frozenset[str] = frozenset()) -> tuple[list[tuple[str, ...]], tuple[str, ...]]:
    result, notes = named((Host(entry, "ec2-user") for entry in found), taken=taken)
    return [host.names for host in result], notes


def test_a_workstation_has_its_name_and_its_stacks_name() -> None:
    assert names(target()) == ([("ada", "demo-ada")], ())


def test_a_name_in_two_environments_goes_to_neither() -> None:
    assert names(target(), target(environment="lab"), target("eve")) == (
        [("demo-ada",), ("lab-ada",), ("eve", "demo-eve")],
        (
            "ada would mean more than one workstation: use `ssh demo-ada`",
            "ada would mean more than one workstation: use `ssh lab-ada`",
        ),
    )


def test_a_name_that_the_user_has_already_stays_the_users() -> None:
    assert names(target(), taken=frozenset({"ada"})) == (
        [("demo-ada",)],
        ("ada is another host of your SSH config already: use `ssh demo-ada`",),
    )


def test_without_any_free_name_the_target_is_the_name() -> None:
    assert names(target(), taken=frozenset({"ada", "demo-ada"}))[0] == [("ada.demo.us-east-1.123456789012",)]


def test_a_stack_name_that_two_hosts_would_have_goes_to_neither() -> None:
    assert names(target("c", "a-b"), target("b-c", "a"))[0] == [("c",), ("b-c",)]


@given(
    st.builds(target, st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9-]{0,20}\Z"), st.from_regex(r"\A[A-Za-z][a-z-]{0,9}\Z"))
)
def test_a_target_survives_being_written(one: Target) -> None:
    assert parse_target(str(one)) == one


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "ada.demo.us-east-1",
        "ada.demo.us-east-1.12345",
        "ada.demo.us-east-1.123456789012.x",
        "-oX.demo.us-east-1.123456789012",
        "ada.de mo.us-east-1.123456789012",
        "ada.demo.us-east-1.123456789012\n",
        "ada.demo.us-east-1;.123456789012",
        "ada.demo.us-east-1.١٢٣٤٥٦٧٨٩٠١٢",
    ],
)
def test_no_other_text_is_a_target(text: str) -> None:
    assert parse_target(text) is None


@pytest.mark.parametrize(
    ("tag", "field", "hostile", "want"),
    [
        ("Workstation", "name", "ada\n  ProxyCommand evil", "letters, digits and hyphens, at most 128"),
        ("Workstation", "name", "*", "letters, digits and hyphens, at most 128"),
        ("Workstation", "name", "!ada", "letters, digits and hyphens, at most 128"),
        ("Workstation", "name", "a b", "letters, digits and hyphens, at most 128"),
        ("Workstation", "name", "-oProxyCommand=x", "letters, digits and hyphens, at most 128"),
        ("Workstation", "name", "%h", "letters, digits and hyphens, at most 128"),
        ("Workstation", "name", 'a"b', "letters, digits and hyphens, at most 128"),
        ("Environment", "environment", "", "letters, digits and hyphens, at most 128"),
        ("Environment", "environment", "$(id)", "letters, digits and hyphens, at most 128"),
        ("Environment", "environment", "démo", "letters, digits and hyphens, at most 128"),
        ("LoginUser", "login_user", "root\nUser eve", "a user's name: a-z, 0-9, _ and -, at most 32"),
        ("LoginUser", "login_user", "-l", "a user's name: a-z, 0-9, _ and -, at most 32"),
        ("LoginUser", "login_user", "%r", "a user's name: a-z, 0-9, _ and -, at most 32"),
        ("LoginUser", "login_user", "", "a user's name: a-z, 0-9, _ and -, at most 32"),
    ],
)
def test_a_hostile_tag_is_refused_and_the_others_are_written(machine, tag, field, hostile, want) -> None:
    shown = hostile.replace("\n", "\\n")
    found, findings = hosts((machine(**{field: hostile}), machine(name="eve")), region="us-east-1")

    assert [host.target.name for host in found] == ["eve"]
    assert findings == (f"i-0123456789abcdef0: tag {tag}: got '{shown}', want {want}{LEFT_OUT}",)


TAGS = st.one_of(st.text(max_size=40), st.builds("{}{}".format, st.sampled_from(["ada", "a-1"]), st.text(max_size=2)))


@given(TAGS, TAGS, TAGS)
def test_no_tag_ever_adds_a_line_to_an_ssh_config(name: str, environment: str, user: str) -> None:
    one = Machine(name, environment, "", user, "i-1", "123456789012", "running", None, "online", "", "", "")
    found, _ = hosts((one,), region="us-east-1")
    result, _ = named(found, taken=frozenset())

    assert len(block_lines(result, Form("linux", ("workstation",)))) == 3 + 11 * len(found)


def test_during_a_replacement_there_is_one_host(machine) -> None:
    old = machine(since=datetime(2026, 1, 1, tzinfo=UTC), login_user="ubuntu", instance_id="i-2")
    ending = machine(state="shutting-down", since=datetime(2027, 1, 1, tzinfo=UTC), login_user="nobody")
    found, _ = hosts((machine(instance_id="i-1"), old, ending, machine(since=None, login_user="x")), region="us-east-1")

    assert found == (Host(target(), "ec2-user"),)


@pytest.mark.parametrize("platform", ["linux", "macos", "windows"])
def test_a_profile_with_a_line_break_is_refused(platform) -> None:
    host = Host(target(), "ec2-user", ("ada",))
    with pytest.raises(WorkstationError) as caught:
        block_lines((host,), Form(platform, ("workstation",), ("--profile", "a\nb")))

    assert str(caught.value) == "got 'a\\nb', want printable characters: it goes into an SSH config"


@pytest.mark.parametrize("quote", ["'", '"', "\u2019", "\u201d"])
def test_windows_refuses_quotes_in_a_profile(quote: str) -> None:
    host = Host(target(), "ec2-user", ("ada",))
    with pytest.raises(WorkstationError, match="want a text without quotes: it goes through PowerShell"):
        block_lines((host,), Form("windows", ("workstation",), ("--profile", f"a{quote}b")))


def test_a_directory_that_ssh_would_read_otherwise_is_refused() -> None:
    host = Host(target(), "ec2-user", ("ada",))
    with pytest.raises(WorkstationError) as caught:
        block_lines((host,), Form("linux", ("workstation",), (), "/tmp/${HOME}"))  # noqa: S108

    assert str(caught.value) == "got '/tmp/${HOME}', want a directory that ssh can read: no quotes, $ or backslash"
