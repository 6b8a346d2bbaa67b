"""The written tables behind the rules hold what the project's templates and EC2's types need."""

from __future__ import annotations

from pathlib import Path

import botocore.session
import pytest

from analysis.template_text import load
from deployment.rules.permissions import ALWAYS, BY_TYPE
from deployment.vcpu import STANDARD, family

WITHOUT = ("cc1.", "cc2.", "cg1.", "cr1.", "hi1.", "hs1.", "mac")
"""Retired types, which nobody can start any more, and Macs, which run on Dedicated Hosts with quotas of their own."""
TYPES = botocore.session.get_session().get_service_model("ec2").shape_for("InstanceType").enum


@pytest.mark.parametrize("instance_type", TYPES)
def test_every_instance_type_has_its_quota(instance_type: str) -> None:
    assert (family(instance_type) is None) == instance_type.startswith(WITHOUT)


@pytest.mark.parametrize(
    ("instance_type", "quota"),
    [
        ("m7i.xlarge", STANDARD.quota),
        ("im4gn.large", STANDARD.quota),
        ("g6.xlarge", "L-DB2E81BA"),
        ("p5.48xlarge", "L-417A185B"),
        ("inf2.xlarge", "L-1945791B"),
        ("trn1.2xlarge", "L-2C3B7624"),
        ("u-6tb1.metal", "L-43DA4232"),
        ("u7i-12tb.224xlarge", "L-43DA4232"),
        ("x2idn.16xlarge", "L-7295265B"),
    ],
)
def test_a_type_counts_against_the_quota_of_its_letters(instance_type: str, quota: str) -> None:
    found = family(instance_type)

    assert found is not None
    assert quota == found.quota


def test_the_table_of_permissions_has_every_type_of_the_templates(root: Path) -> None:
    bodies = [load(path.read_text()) for path in (root / "templates").rglob("*.yaml")]
    types = {resource["Type"] for body in bodies for resource in body["Resources"].values()}

    assert types == set(BY_TYPE)


def test_every_permission_is_an_operation_of_its_service() -> None:
    session = botocore.session.get_session()
    other = {"s3:GetObject", "s3:PutObject", "iam:PassRole", "logs:CreateLogDelivery"}
    """Actions that are no operation of the same name in botocore's models."""
    actions = {*ALWAYS, *(action for needed in BY_TYPE.values() for action in needed)} - other
    operations = {
        f"{service}:{operation}"
        for service in {action.partition(":")[0] for action in actions}
        for operation in session.get_service_model(service).operation_names
    }

    assert set() == actions - operations
