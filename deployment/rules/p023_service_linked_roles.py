"""The roles that AWS's services need of us are there."""

from __future__ import annotations

from collections.abc import Iterator

from cloud.errors import CloudError
from deployment.findings import Problem
from deployment.rules.facts import Facts
from deployment.rules.permissions import service_linked_roles
from deployment.rules.rule import Rule


def check(facts: Facts) -> Iterator[Problem]:
    for service, role in service_linked_roles(facts.asked.stacks.template).items():
        try:
            facts.cloud.call("iam", "GetRole", RoleName=role)
        except CloudError as error:
            if error.code != "NoSuchEntity":
                raise
            hint = f"make it once: aws iam create-service-linked-role --aws-service-name {service}"
            value = f"{role} is not there; AWS makes it at first use, if you have iam:CreateServiceLinkedRole"
            yield Problem("service-linked role", value, "the role", hint)


RULE = Rule(
    id="P023",
    level="warning",
    title="The service-linked roles that the templates need are there",
    actions=("iam:GetRole",),
    hint="make the role once",
    link="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html",
    check=check,
    on_local=False,
)
