"""The boundaries at which runs are ended are those of the code: none is missing, none is of yesterday."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from botocore.session import get_session

from tests.conftest import ROOT
from tests.faults.boundaries import CALLS_ELSEWHERE, ON_THE_WIRE, POINTS, STEPS, STEPS_ELSEWHERE, Point
from tests.faults.kills import CASES, READING, SIGNALS, Case, recorded
from tests.faults.stage import Stage
from tests.figures import WANTED

SERVICES = ("cloudformation", "ec2", "iam", "kms", "s3", "service-quotas", "ssm", "sts")


def steps(source: str) -> Iterator[str]:
    """The words of each `….step(…)`, as they are written."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "step":
            words = node.args[0]
            if isinstance(words, ast.Constant):
                yield words.value
            else:
                text = ast.unparse(words)
                yield text[2:-1] if isinstance(words, ast.JoinedStr) else f"{{{text}}}"


def changing_calls(source: str) -> Iterator[str]:
    """Every operation of a service that is named and that may change something."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and node.value in operations() and not node.value.startswith(READING):
            yield node.value


@cache
def operations() -> frozenset[str]:
    session = get_session()
    return frozenset(name for service in SERVICES for name in session.get_service_model(service).operation_names)


def modules() -> tuple[Path, ...]:
    return tuple(path for room in ("cloud", "deployment") for path in sorted((ROOT / room).rglob("*.py")))


def test_every_step_of_the_code_is_one_at_which_runs_are_ended() -> None:
    found = {(path.stem, words) for path in modules() for words in steps(path.read_text())}
    lines = {point.line for points in POINTS.values() for point in points}

    assert found == {*STEPS, *STEPS_ELSEWHERE}
    assert set(STEPS.values()) <= lines
    assert [place for place in STEPS_ELSEWHERE.values() if not (ROOT / place).is_file()] == []


def test_every_call_that_changes_something_is_one_before_which_runs_are_ended() -> None:
    found = {ON_THE_WIRE.get(name, name) for path in modules() for name in changing_calls(path.read_text())}
    ended = {point.operation for points in POINTS.values() for point in points}

    assert found - ended - {*CALLS_ELSEWHERE} == set()
    assert {*CALLS_ELSEWHERE} & ended == set()
    assert {*CALLS_ELSEWHERE} <= found


def test_a_step_that_is_new_is_found() -> None:
    source = 'with talk.step("polish"), talk.step(f"{name} shines"), talk.step(name): call("ec2", "DeleteVpc")'

    assert list(steps(source)) == ["polish", "{name} shines", "{name}"]
    assert list(changing_calls(source)) == ["DeleteVpc"]


def test_the_figure_counts_every_boundary_and_signal() -> None:
    assert WANTED["kill-points"].least == len(SIGNALS) * sum(map(len, POINTS.values()))


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_run_without_faults_has_the_boundaries_of_the_table_and_no_other(stage: Stage, case: Case) -> None:
    lines, calls = recorded(stage, case)
    wanted = {Point(line=line) for line in lines} | {call for call in calls if not call.operation.startswith(READING)}
    ended = set(POINTS[case.name])

    assert ended - wanted - set(calls) == set()
    assert case.partly or wanted - ended == set()
