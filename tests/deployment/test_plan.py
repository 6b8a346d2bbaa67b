"""The plan is a value: what it says is what is done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.template_text import load
from deployment.arguments import Parameter
from deployment.existing import Stack
from deployment.plan import (
    Plan,
    Resolved,
    environment_plan,
    findings,
    left_over,
    lines,
    workstation_plan,
)
from deployment.preflight import by_workstation, parameter_findings
from deployment.stacks import Stacks, overridden, read

LATEST = Resolved("ami-0123456789abcdef0", "latest now, kept from now on")
ZONES = {
    "AvailabilityZoneIdA": Resolved("use1-az1", "chosen now, kept from now on"),
    "AvailabilityZoneIdB": Resolved("use1-az2", "as deployed"),
}


@pytest.fixture(scope="module")
def stacks(root: Path) -> Stacks:
    return read(root / "templates")


@pytest.fixture(scope="module")
def plan(stacks: Stacks) -> Plan:
    machines = (
        workstation_plan("demo", workstation, resolved={"ImageId": LATEST}, exists=False)
        for workstation in stacks.workstations
    )
    return Plan(
        account="123456789012",
        region="us-east-1",
        local=False,
        bucket="demo-bucket",
        create_bucket=True,
        environment=environment_plan("demo", stacks, resolved=ZONES, exists=True),
        workstations=tuple(machines),
        left_over=("demo-bob",),
    )


def deployed(name: str, status: str = "CREATE_COMPLETE", **parameters: str) -> Stack:
    return Stack(name, status, parameters, {}, protected=True, changed="1")


def test_the_plan_says_everything_that_will_be_done(plan: Plan) -> None:
    text = "\n".join(lines(plan))

    assert text.startswith(
        "plan for AWS account 123456789012, region us-east-1\n"
        "  bucket demo-bucket: make it: private, encrypted, versioned\n"
        "  environment demo (stack demo): update, if anything changed\n"
        "    AvailabilityZoneIdA = use1-az1  (chosen now, kept from now on)\n"
        "    AvailabilityZoneIdB = use1-az2  (as deployed)\n"
        "  workstation ada (stack demo-ada): create\n"
        "    EnvironmentName = demo\n"
    )
    assert "\n    KeyName = ''\n" in text
    assert "\n    ImageId = ami-0123456789abcdef0  (latest now, kept from now on)\n" in text
    assert "\n  a month: $" in text
    assert text.endswith(
        "  stack demo-bob is no longer in the config: it stays as it is, with its machine and its disk\n"
        "    to remove it: ./deploy.sh --remove demo-bob us-east-1"
    )


def test_a_workstation_gets_what_the_environment_puts_out(plan: Plan) -> None:
    expected = {
        "SubnetId": "PrivateSubnetIdA",
        "AvailabilityZone": "AvailabilityZoneA",
        "SecurityGroupId": "WorkstationSecurityGroupId",
        "InstanceProfileName": "WorkstationInstanceProfileName",
    }

    assert expected == plan.workstations[0].from_environment


def test_the_environment_has_every_output_that_is_handed_over(root: Path) -> None:
    for directory in (root / "templates", root / "templates" / "minimal", root / "templates" / "maximal"):
        stacks = read(directory)
        outputs = load(stacks.template.path.read_text())["Outputs"]
        for workstation in stacks.workstations:
            planned = workstation_plan("demo", workstation, resolved={"ImageId": LATEST}, exists=False)

            assert set(planned.from_environment.values()) <= set(outputs)
            given = {**planned.parameters, **planned.from_environment}
            assert set(given) == set(workstation.template.parameters)


def test_a_complete_plan_has_no_findings(plan: Plan) -> None:
    assert tuple(findings(plan)) == ()


def test_a_missing_an_unknown_and_a_wrong_parameter_are_found_together(plan: Plan) -> None:
    parameters = {"AvailabilityZoneIdA": "us-east-1a", "Surplus": "1"}
    broken = replace(plan, environment=replace(plan.environment, parameters=parameters))

    found = tuple(map(str, findings(broken)))

    assert found[0] == (
        "environment demo: parameter Surplus is not in environment.yaml, "
        "want one of AvailabilityZoneIdA, AvailabilityZoneIdB; leave it out"
    )
    assert found[1] == (
        "environment demo: parameter AvailabilityZoneIdB has no value, want one; "
        "pass one: --parameter AvailabilityZoneIdB=VALUE"
    )
    assert found[2].startswith("environment demo: ")
    assert "AvailabilityZoneIdA" in found[2]
    assert len(found) == 3


def test_a_parameter_of_nobody_is_answered_with_what_comes_close(stacks: Stacks) -> None:
    given = by_workstation(
        (
            Parameter(None, "AvailabilityZoneA", "x"),
            Parameter("ada", "InstanceTyp", "x"),
            Parameter("bob", "InstanceType", "x"),
        )
    )

    first, second, third = map(str, parameter_findings(given, stacks))

    assert first == (
        "parameter: got 'AvailabilityZoneA', want one of AvailabilityZoneIdA, AvailabilityZoneIdB (environment.yaml); "
        "did you mean AvailabilityZoneIdA?"
    )
    assert second.startswith("parameter: got 'InstanceTyp', want one of ")
    assert second.endswith(" (workstation.yaml); did you mean InstanceType?")
    assert third == "parameter: got workstation 'bob', want one of ada; see the config for their names"


def test_a_users_parameter_wins_over_the_config(stacks: Stacks) -> None:
    changed = overridden(stacks, {"ada": {"InstanceType": "m7i.large"}, None: {"AvailabilityZoneIdA": "use1-az4"}})

    assert changed.workstations[0].parameters["InstanceType"] == "m7i.large"
    assert changed.parameters == {"AvailabilityZoneIdA": "use1-az4"}


def test_only_workstations_of_this_environment_are_left_over(stacks: Stacks) -> None:
    there = {
        "demo": deployed("demo"),
        "demo-ada": deployed("demo-ada", EnvironmentName="demo"),
        "demo-bob": deployed("demo-bob", EnvironmentName="demo"),
        "demo-2-cy": deployed("demo-2-cy", EnvironmentName="demo-2"),
        "demo-else": deployed("demo-else"),
    }

    assert left_over("demo", stacks, there) == ("demo-bob",)
