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
        "to try: another type than m7i.xlarge: instance_type, or a list in fallback_instance_types, in the config",
        'to try: another zone: zone = "b" for this workstation in the config; nothing of it is there yet',
    )


def test_the_next_type_of_the_list_is_an_option_to_type(plan: Plan, ada: StackPlan) -> None:
    listed = replace(ada, fallback_instance_types=("m7a.xlarge", "m6i.xlarge"))

    assert elsewhere(plan, listed, failed(NO_CAPACITY))[:2] == (
        "to try: m7a.xlarge, the next of its types: "
        "the same command with --parameter ada.InstanceType=m7a.xlarge; after that m6i.xlarge",
        'once it runs: instance_type = "m7a.xlarge" in the config, or the next deploy changes it back',
    )


def test_a_list_that_was_tried_in_part_goes_on_and_one_tried_whole_says_so(plan: Plan, ada: StackPlan) -> None:
    listed = replace(ada, fallback_instance_types=("m7a.xlarge", "m6i.xlarge"))

    def tried(instance_type: str) -> tuple[str, ...]:
        return elsewhere(
            plan, replace(listed, parameters={**listed.parameters, "InstanceType": instance_type}), failed(NO_CAPACITY)
        )

    assert tried("m7a.xlarge")[0] == (
        "to try: m6i.xlarge, the next of its types: the same command with --parameter ada.InstanceType=m6i.xlarge"
    )
    assert tried("m6i.xlarge")[0] == (
        "to try: the same again in some minutes, m6i.xlarge is the last of its types; or more types in the config"
    )


def test_a_workstation_with_a_volume_stays_in_its_zone(plan: Plan, ada: StackPlan) -> None:
    there = replace(ada, exists=True)

    assert elsewhere(plan, there, failed(NO_CAPACITY))[1:] == (
        "not another zone: its home volume is in zone a, and no deploy moves it",
    )


def test_another_failure_offers_nothing(plan: Plan, ada: StackPlan) -> None:
    assert elsewhere(plan, ada, failed(QUOTA)) == ()
    assert elsewhere(plan, ada, replace(failed(NO_CAPACITY), failure=None)) == ()


def test_the_list_of_types_comes_from_the_stacks_file(root: Path) -> None:
    ada = read(root / "templates" / "maximal").workstations[0]

    assert ada.fallback_instance_types == ("g6e.2xlarge", "g5.2xlarge")
