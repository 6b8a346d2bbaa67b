"""Where AWS has no machine free, the next type and another zone are offered; a volume stays where it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from deployment.capacity import elsewhere
from deployment.causes import explain
from deployment.execute import Outcome
from deployment.failure import Failure
from deployment.plan import Plan, Resolved, StackPlan, environment_plan, workstation_plan
from deployment.stacks import Stacks, read

NO_CAPACITY = (
    "We currently do not have sufficient m7i.xlarge capacity in the Availability Zone you requested (us-east-1a)."
)
QUOTA = "The maximum number of addresses has been reached."


@pytest.fixture(scope="module")
def stacks(root: Path) -> Stacks:
    return read(root / "templates")


@pytest.fixture(scope="module")
def ada(stacks: Stacks) -> StackPlan:
    resolved = {"ImageId": Resolved("ami-0123456789abcdef0", "")}
    return workstation_plan("demo", stacks.workstations[0], resolved=resolved, exists=False)


@pytest.fixture(scope="module")
def plan(stacks: Stacks, ada: StackPlan) -> Plan:
    return Plan(
        account="123456789012",
        region="us-east-1",
        local=False,
        bucket="demo-bucket",
        create_bucket=False,
        environment=environment_plan("demo", stacks, resolved={}, exists=True),
        workstations=(ada,),
        left_over=(),
    )


def failed(reason: str) -> Outcome:
    kind = "AWS::EC2::Instance"
    failure = Failure("demo-ada", "Instance", kind, explain(kind, reason))
    return Outcome("demo-ada", "workstation ada", "failed", reason, failure=failure)


def test_a_new_workstation_may_go_to_another_zone_or_take_another_type(plan: Plan, ada: StackPlan) -> None:
    assert elsewhere(plan, ada, failed(NO_CAPACITY)) == (
        "to try: another type than m7i.xlarge: instance_type in the config",
        'to try: another zone: zone = "b" for this workstation in the config; nothing of it is there yet',
    )


def test_the_next_type_of_the_list_is_a_command_to_type(plan: Plan, ada: StackPlan) -> None:
    listed = replace(ada, fallback_instance_types=("m7i.xlarge", "m7a.xlarge", "m6i.xlarge"))

    assert elsewhere(plan, listed, failed(NO_CAPACITY))[0] == (
        "to try: m7a.xlarge, the next of its types: "
        "./deploy.sh demo demo-bucket us-east-1 --parameter ada.InstanceType=m7a.xlarge; after that m6i.xlarge"
    )


def test_a_workstation_with_a_volume_stays_in_its_zone(plan: Plan, ada: StackPlan) -> None:
    there = replace(ada, exists=True)

    assert elsewhere(plan, there, failed(NO_CAPACITY))[1] == (
        "to try: nothing in another zone: its home volume is in zone a, and no deploy moves it"
    )


def test_another_failure_offers_nothing(plan: Plan, ada: StackPlan) -> None:
    assert elsewhere(plan, ada, failed(QUOTA)) == ()
    assert elsewhere(plan, ada, replace(failed(NO_CAPACITY), failure=None)) == ()


def test_the_list_of_types_comes_from_the_stacks_file(root: Path, tmp_path: Path) -> None:
    for name in ("environment.yaml", "workstation.yaml"):
        (tmp_path / name).write_text((root / "templates" / name).read_text())
    text = (root / "templates" / "stacks.json").read_text()
    (tmp_path / "stacks.json").write_text(text.replace('"zone":', '"fallback_instance_types": ["m7a.xlarge"], "zone":'))

    assert read(tmp_path).workstations[0].fallback_instance_types == ("m7a.xlarge",)
