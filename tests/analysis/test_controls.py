"""The rows of `analysis/controls.toml` are true: looked at in every config's templates, and shown by what exists."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache

import pytest

from analysis.committed import read_committed
from analysis.control_checks import OPERATORS, Check, problems
from analysis.controls import SHOWN, ControlsFileError, controls, is_looked_at, read, resources_of, unmet
from analysis.controls_page import page
from analysis.resolve import Reference, Resource
from generator.contract import STACKS_FILE
from tests.conftest import ROOT
from tests.scanners import waivers

CONFIGS = {
    "default" if file.parent == ROOT / "templates" else file.parent.name: resources_of(read_committed(file.parent))
    for file in sorted((ROOT / "templates").rglob(STACKS_FILE))
}
SCANNER_RULE = r"(checkov CKV_AWS_\d+|cfn-guard CT\.[A-Z0-9]+\.PR\.\d+|cdk-nag [\w.]+-\w+)"
ROWS = 43
"""Rows of the list of controls that this project answers, written down before any was met."""


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of a file's tests; none where there is no such file."""
    path = ROOT / file
    tree = ast.parse(path.read_text("utf-8")) if path.is_file() else ast.Module([], [])
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def shows(name: str) -> bool:
    """Whether there is such a test, or it is spelled as a scanner's rule that nobody waived for resolved templates."""
    file, colons, test = name.partition("::")
    if colons:
        return test in names_in(file)
    waived = waivers.read(waivers.FILE.read_text("utf-8"))
    stands = {one.title for one in waived if "resolved" in one.forms and "default" in (one.configs or ("default",))}
    return re.fullmatch(SCANNER_RULE, name) is not None and name not in stands


@pytest.mark.parametrize("control", controls(), ids=lambda control: str(control.number))
def test_every_control_is_met_or_says_why(control, figures):
    failed = [line for config, resources in CONFIGS.items() for line in unmet(control, config, resources)]
    unseen = [check.subject for check in control.checks if not is_looked_at(check, CONFIGS)]
    missing = [name for name in control.shown_by if not shows(name)]
    figures.count("controls", held=not (failed or unseen or missing) and bool(control.because))

    assert (failed, unseen, missing) == ([], [], [])
    assert control.because


def test_every_check_holds_in_every_config():
    found = [
        line
        for control in controls()
        for config, resources in CONFIGS.items()
        for line in unmet(control, config, resources)
    ]

    assert found == []


def test_there_is_a_row_for_each_control():
    assert len(controls()) == ROWS


def test_every_config_is_looked_at():
    assert {"default", "maximal", "minimal"} <= set(CONFIGS)
    assert {config for control in controls() for check in control.checks for config in check.configs} <= set(CONFIGS)


def test_a_property_that_every_row_names_exists():
    """Of every check that wants something there, so that a property's new name is no silence."""
    wanting = [
        check
        for control in controls()
        for check in control.checks
        if control.status in SHOWN and check.resource and check.operator not in ("there", "never_matches")
    ]

    assert len(wanting) > 30
    for check in wanting:
        gone = {name: Resource(one.logical_id, one.type, {}) for name, one in CONFIGS["maximal"].items()}
        if check.configs and "maximal" not in check.configs:
            continue
        assert list(problems(check, gone)), check.subject


REFERENCE = Reference("Other")
CASES = {
    "is": (True, True, False),
    "one_of": (["a", "b"], "a", "c"),
    "at_least": (365, 400, 30),
    "at_most": (2, 1, 3),
    "are": (["a"], "a", "b"),
    "times": (1, "a", None),
    "all_of": (["a"], "a", "b"),
    "matches": ("^a", "ab", "ba"),
    "never_matches": (r"\*", "s3:Get", "s3:*"),
    "there": (True, "a", None),
    "refers_to": (["Other"], REFERENCE, Reference("Another")),
}
"""Operator: what is wanted, a value that is it, and one that is not; None for no value."""


@pytest.mark.parametrize("operator", CASES)
def test_an_operator_tells_what_is_wanted_from_what_is_not(operator):
    wanted, *values = CASES[operator]
    check = Check(resource="It", path="Property", operator=operator, wanted=wanted)
    good, bad = ({"It": Resource("It", "AWS::X::Y", {} if value is None else {"Property": value})} for value in values)

    assert list(problems(check, good)) == []
    assert len(list(problems(check, bad))) == 1


def test_every_operator_has_a_case():
    assert set(OPERATORS) == set(CASES)


def test_a_problem_names_resource_property_value_and_wish():
    check = Check(resource="Instance", path="NetworkInterfaces[].AssociatePublicIpAddress", operator="is", wanted=False)
    instance = Resource("Instance", "AWS::EC2::Instance", {"NetworkInterfaces": [{"AssociatePublicIpAddress": True}]})
    expected = ["Instance of ada.NetworkInterfaces[].AssociatePublicIpAddress: got [True], want is False"]

    assert expected == list(problems(check, {"Instance of ada": instance}))


def test_a_resource_that_must_not_be_there_is_named():
    check = Check(type="AWS::EC2::NetworkAcl", none=True)
    there = {"Acl": Resource("Acl", "AWS::EC2::NetworkAcl", {})}

    assert list(problems(check, there)) == ["Acl: a resource of type AWS::EC2::NetworkAcl"]


def test_an_address_that_nobody_uses_is_named():
    check = Check(
        type="AWS::EC2::EIP", path="AllocationId", named_by="AWS::EC2::NatGateway", operator="times", wanted=1
    )
    address = Resource("Address", "AWS::EC2::EIP", {})
    gateway = Resource("Gateway", "AWS::EC2::NatGateway", {"AllocationId": Reference("Address", "AllocationId")})

    assert list(problems(check, {"Address": address, "Gateway": gateway})) == []
    assert list(problems(check, {"Address": address})) == [
        "Address.AllocationId: got 0 of AWS::EC2::NatGateway, want times 1"
    ]


ROW = """
[[control]]
number = 1
ids = ["X.1"]
asks = "something"
status = "out of scope"
because = "it is not ours"
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ROW.replace("number = 1", "number = 2"), "controls are numbered [2], want 1 to 1 in order"),
        (ROW.replace('asks = "something"\n', ""), "control 1: missing ['asks'], unknown []"),
        (ROW + 'more = "x"\n', "control 1: missing [], unknown ['more']"),
        (
            ROW.replace("out of scope", "done"),
            "control 1: status 'done', want one of met, choice, deploy step, not met, out of scope",
        ),
        (ROW.replace("out of scope", "met"), "control 1: met, so it needs checks and shown_by"),
        (
            ROW + 'checks = [{ resource = "A", path = "B" }]\n',
            "control 1: {'resource': 'A', 'path': 'B'}: 0 operators",
        ),
    ],
)
def test_a_row_that_says_too_little_is_refused(text, message):
    with pytest.raises(ControlsFileError) as raised:
        read(text)

    assert str(raised.value) == message


def test_the_page_is_current():
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "controls", "--check"], cwd=ROOT, capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert f"$ python -m analysis controls\n{done.stdout}```\n" in page(controls())


def test_a_page_that_is_not_current_says_what_to_do(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "controls.md").write_text("old\n")
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "controls", "--check"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    expected = "error: docs/controls.md does not show the controls as they are now; run: python -m analysis controls\n"

    assert (done.returncode, done.stderr) == (1, expected)
