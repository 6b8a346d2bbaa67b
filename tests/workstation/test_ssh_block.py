"""Rewriting an SSH config: our block, and not a byte of anything else."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workstation.ssh_block import (
    DamagedMarkersError,
    blocks,
    host_names,
    outside,
    with_block,
    without_block,
)

KEY = "demo us-east-1 123456789012"
OTHER = "lab eu-west-1 123456789012"
LINES = ("Host ada", "    User ec2-user", "Host *")

SNIPPETS = st.sampled_from(
    [
        b"Host *\n",
        b"Host old\r\n",
        b"    User bob\n",
        b"Match all\n",
        b"# note\n",
        b"#>>> datascience\n",
        b"\n",
        b"\r\n",
        b"\t\n",
        b"\xff\xfe",
        b"\xc3\xa9",
        b"\x00",
        b"Include more",
    ]
)
TEXTS = st.lists(st.one_of(SNIPPETS, st.binary(max_size=12)), max_size=12).map(b"".join)


def legal(content: bytes) -> bool:
    try:
        return not blocks(content)
    except DamagedMarkersError:
        return False


CONTENTS = st.one_of(TEXTS, TEXTS.map(lambda text: b"\xef\xbb\xbf" + text)).filter(legal)


@given(CONTENTS)
@example(b"")
@example(b"\xef\xbb\xbf")
@example(b"Host *\r\n  User bob")
@example(b"User bob")
def test_removing_what_was_written_gives_the_original(content: bytes) -> None:
    assert without_block(with_block(content, KEY, LINES), KEY) == content


@given(CONTENTS)
def test_writing_twice_is_writing_once(content: bytes) -> None:
    once = with_block(content, KEY, LINES)

    assert with_block(once, KEY, LINES) == once


@given(CONTENTS, CONTENTS.filter(lambda text: not text.startswith(b"\xef\xbb\xbf")))
def test_a_new_block_replaces_the_old_one_where_it_stands(above: bytes, below: bytes) -> None:
    above += b"" if above.endswith(b"\n") or above in (b"", b"\xef\xbb\xbf") else b"\n"
    block = with_block(b"", KEY, LINES)
    changed = with_block(above + block + below, KEY, ("Host eve",))

    assert changed.startswith(above)
    assert changed.endswith(below)
    assert outside(changed) == above + below
    assert b"Host eve" in changed
    assert b"Host ada" not in changed


@given(CONTENTS)
def test_two_environments_do_not_touch_each_other(content: bytes) -> None:
    both = with_block(with_block(content, KEY, LINES), OTHER, ("Host bob",))

    assert without_block(both, OTHER) == with_block(content, KEY, LINES)
    assert without_block(both, KEY) == with_block(content, OTHER, ("Host bob",))
    assert [block.key for block in blocks(both)] == [OTHER, KEY]


@given(CONTENTS)
def test_the_block_is_above_everything_but_a_byte_order_mark(content: bytes) -> None:
    mark = b"\xef\xbb\xbf" if content.startswith(b"\xef\xbb\xbf") else b""

    assert with_block(content, KEY, LINES).startswith(mark + b"# >>> datascience-workstations")


def test_line_breaks_are_those_of_the_file() -> None:
    written = with_block(b"Host *\r\n  User bob\r\n", KEY, LINES)

    assert written.count(b"\n") == written.count(b"\r\n") == 7
    assert with_block(b"Host *\n", KEY, LINES).count(b"\r") == 0


START, END = f"# >>> datascience-workstations {KEY} >>>", f"# <<< datascience-workstations {KEY} <<<"
OTHER_START, OTHER_END = START.replace(KEY, OTHER), END.replace(KEY, OTHER)


@pytest.mark.parametrize(
    ("lines", "findings"),
    [
        ((START, "Host a"), (f"line 1: a block starts here and does not end ({KEY})",)),
        (("Host a", END), (f"line 2: a block ends here that does not start ({KEY})",)),
        (
            (START, START, END),
            (f"line 1: a block starts here and another starts before it ends ({KEY})",),
        ),
        (
            (START, OTHER_START, OTHER_END, END),
            (
                f"line 1: a block starts here and another starts before it ends ({KEY})",
                f"line 4: a block ends here that does not start ({KEY})",
            ),
        ),
        ((START, END, "", START, END), (f"line 4: the same block starts here a second time ({KEY})",)),
        (
            (START, OTHER_END),
            (
                f"line 1: a block starts here and does not end ({KEY})",
                f"line 2: a block ends here that does not start ({OTHER})",
            ),
        ),
        (
            ("Host a", START[:-4], END),
            (
                f"line 2: '# >>> datascience-workstations {KEY}' looks like a marker of ours and is none",
                f"line 3: a block ends here that does not start ({KEY})",
            ),
        ),
    ],
)
def test_damaged_markers_are_refused_with_every_line_number(lines: tuple[str, ...], findings: tuple[str, ...]) -> None:
    content = "\n".join(lines).encode()

    for change in (blocks, outside, lambda text: with_block(text, KEY, LINES), lambda text: without_block(text, KEY)):
        with pytest.raises(DamagedMarkersError) as caught:
            change(content)
        assert caught.value.findings == findings


def test_a_utf_16_file_is_refused() -> None:
    with pytest.raises(DamagedMarkersError, match=r"UTF-16, which ssh cannot read; save it as UTF-8"):
        with_block("Host *\n".encode("utf-16"), KEY, LINES)


def test_host_names_are_read_as_ssh_reads_them() -> None:
    content = b'Host ada "Bob"\nhost=eve\n  HOST  *.lan !x mallory\nHostName nobody\n# Host comment\nMatch host late\n'

    assert host_names(content) == {"ada", "bob", "eve", "mallory"}
