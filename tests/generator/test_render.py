"""The YAML says what the data says, to any reader of YAML."""

from __future__ import annotations

import string

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.resolve import load
from generator.assemble import assemble
from generator.reader import read_config
from generator.render import render
from generator.stacks import environment_stack, workstation_stack
from tests.conftest import ROOT

PRINTABLE = st.text(alphabet=string.printable.replace("\r", "").replace("\x0b", "").replace("\x0c", ""), max_size=30)
WORDS = st.sampled_from(
    ("yes", "No", "null", "~", "1e3", "0x10", "22:22", "012345670123", "a: b", "- a", "#", "", " a ")
)
LEAVES = st.one_of(PRINTABLE, WORDS, st.integers(), st.booleans())
KEYS = st.from_regex(r"[A-Za-z][A-Za-z0-9:/]{0,20}[A-Za-z]", fullmatch=True).filter(
    lambda key: not key.startswith("Fn::")
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4),
        st.dictionaries(KEYS.filter(lambda key: key not in ("Ref", "Condition")), inner, min_size=1, max_size=4),
        st.builds(lambda name: {"Ref": name}, KEYS),
        st.builds(lambda name, part: {"Fn::GetAtt": [name, part]}, st.sampled_from("ABC"), st.sampled_from("XYZ")),
        st.builds(lambda value: {"Fn::Base64": value}, inner),
        st.builds(lambda values: {"Fn::Join": ["-", values]}, st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYS.filter(lambda key: key not in ("Ref", "Condition")), TREES, min_size=1, max_size=4))
def test_what_is_rendered_reads_back_the_same(data):
    assert load(render(data, "header")) == data


def test_every_committed_template_reads_back_as_what_was_assembled():
    for path in ROOT.glob("config/*.toml"):
        config = read_config(path.read_text(), path.name)
        for stack in (environment_stack(config), workstation_stack(config)):
            template = assemble(stack)

            assert load(render(template, "header")) == template


def test_a_function_inside_a_function_is_written_in_its_long_form():
    text = render({"A": {"Fn::Base64": {"Fn::Sub": "x"}}}, "header")

    assert text == "# header\n\nA:\n  Fn::Base64: !Sub x\n"


def test_resources_are_a_line_apart_and_text_is_a_block():
    data = {"Resources": {"A": {"Type": "T", "Text": "one\ntwo\n"}, "B": {"Type": "T"}}}

    assert render(data, "header") == (
        "# header\n\nResources:\n  A:\n    Type: T\n    Text: |\n      one\n      two\n\n  B:\n    Type: T\n"
    )
