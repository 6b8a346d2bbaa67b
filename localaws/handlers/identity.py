"""IAM roles, managed policies and instance profiles."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from localaws.handlers.base import Handler, Job, Made, Old, ignore

GONE = ("NoSuchEntity",)


def _document(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


# -- Role ------------------------------------------------------------------------------------------------------


def create_role(job: Job) -> Made:
    iam = job.client("iam")
    name = job.get("RoleName") or job.generated_name(64)
    arguments = job.only("Description", "MaxSessionDuration", "Path", "PermissionsBoundary")
    trust = _document(job.get("AssumeRolePolicyDocument"))
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Tags=job.tag_list(), **arguments)["Role"]
    job.identify(name)
    _set_policies(job, name, previous=())
    return Made(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


def update_role(job: Job, old: Old) -> Made:
    iam, name = job.client("iam"), old.physical_id
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=_document(job.get("AssumeRolePolicyDocument")))
    iam.update_role(
        RoleName=name,
        Description=job.get("Description", ""),
        MaxSessionDuration=job.get("MaxSessionDuration", 3600),
    )
    if job.get("PermissionsBoundary"):
        iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=job.get("PermissionsBoundary"))
    elif old.properties.get("PermissionsBoundary"):
        iam.delete_role_permissions_boundary(RoleName=name)
    _set_policies(job, name, previous=tuple(old.properties.get("ManagedPolicyArns", ())))
    present = {tag["Key"] for tag in iam.list_role_tags(RoleName=name)["Tags"]}
    gone = sorted(present - set(job.all_tags()))
    if gone:
        iam.untag_role(RoleName=name, TagKeys=gone)
    iam.tag_role(RoleName=name, Tags=job.tag_list())
    return old.made


def _set_policies(job: Job, name: str, *, previous: tuple[str, ...]) -> None:
    """Attached and inline policies are what the template says; what others attached stays (`previous` was ours)."""
    iam = job.client("iam")
    wanted = job.get("ManagedPolicyArns", ())
    for arn in wanted:
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    for arn in previous:
        if arn not in wanted:
            ignore(GONE, lambda arn=arn: iam.detach_role_policy(RoleName=name, PolicyArn=arn))
    inline = {policy["PolicyName"]: _document(policy["PolicyDocument"]) for policy in job.get("Policies", ())}
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        if policy not in inline:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
    for policy, document in inline.items():
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=document)


def delete_role(job: Job, name: str) -> None:
    iam = job.client("iam")

    def delete() -> None:
        for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            if policy["PolicyArn"] in job.get("ManagedPolicyArns", ()):
                iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
        for policy_name in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy_name)
        iam.delete_role(RoleName=name)

    ignore(GONE, delete)


# -- Managed policy --------------------------------------------------------------------------------------------


def create_policy(job: Job) -> Made:
    iam = job.client("iam")
    name = job.get("ManagedPolicyName") or job.generated_name()
    document = _document(job.get("PolicyDocument"))
    arn = iam.create_policy(PolicyName=name, PolicyDocument=document, **job.only("Description", "Path"))["Policy"][
        "Arn"
    ]
    job.identify(arn)
    _attach(job, arn, {})
    return Made(arn, _policy_attributes(iam, arn))


def update_policy(job: Job, old: Old) -> Made:
    """A new default version; IAM keeps five, so the oldest goes first."""
    iam, arn = job.client("iam"), old.physical_id
    if job.get("PolicyDocument") != old.properties.get("PolicyDocument"):
        versions = [
            item for item in iam.list_policy_versions(PolicyArn=arn)["Versions"] if not item["IsDefaultVersion"]
        ]
        if len(versions) >= 4:
            oldest = min(versions, key=lambda item: int(item["VersionId"].removeprefix("v")))
            iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])
        document = _document(job.get("PolicyDocument"))
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)
    _attach(job, arn, old.properties)
    return Made(arn, _policy_attributes(iam, arn))


def _attach(job: Job, arn: str, before: dict[str, Any]) -> None:
    iam = job.client("iam")
    for kind, noun in (("Roles", "role"), ("Groups", "group"), ("Users", "user")):
        argument = f"{noun.capitalize()}Name"
        for name in job.get(kind, ()):
            getattr(iam, f"attach_{noun}_policy")(PolicyArn=arn, **{argument: name})
        for name in set(before.get(kind, ())) - set(job.get(kind, ())):
            detach = getattr(iam, f"detach_{noun}_policy")
            ignore(GONE, lambda detach=detach, name=name, argument=argument: detach(PolicyArn=arn, **{argument: name}))


def _policy_attributes(iam: Any, arn: str) -> dict[str, Any]:
    policy = iam.get_policy(PolicyArn=arn)["Policy"]
    names = ("AttachmentCount", "DefaultVersionId", "IsAttachable", "PolicyId")
    return {"PolicyArn": arn, **{name: policy[name] for name in names}}


def delete_policy(job: Job, arn: str) -> None:
    iam = job.client("iam")

    def delete() -> None:
        _attach(_without_attachments(job), arn, job.properties)
        for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
        iam.delete_policy(PolicyArn=arn)

    ignore(GONE, delete)


def _without_attachments(job: Job) -> Job:
    return replace(job, properties={})


# -- Instance profile ------------------------------------------------------------------------------------------


def create_profile(job: Job) -> Made:
    iam = job.client("iam")
    name = job.get("InstanceProfileName") or job.generated_name()
    profile = iam.create_instance_profile(InstanceProfileName=name, **job.only("Path"))["InstanceProfile"]
    job.identify(name)
    for role in job.get("Roles"):
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
    return Made(name, {"Arn": profile["Arn"]})


def update_profile(job: Job, old: Old) -> Made:
    iam, name = job.client("iam"), old.physical_id
    for role in old.properties["Roles"]:
        if role not in job.get("Roles"):
            iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role)
    for role in job.get("Roles"):
        if role not in old.properties["Roles"]:
            iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
    return old.made


def delete_profile(job: Job, name: str) -> None:
    iam = job.client("iam")

    def delete() -> None:
        for role in iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]:
            iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role["RoleName"])
        iam.delete_instance_profile(InstanceProfileName=name)

    ignore(GONE, delete)


HANDLERS = {
    "AWS::IAM::Role": Handler(
        create=create_role,
        update=update_role,
        delete=delete_role,
        properties=(
            "AssumeRolePolicyDocument",
            "Description",
            "ManagedPolicyArns",
            "MaxSessionDuration",
            "Path",
            "PermissionsBoundary",
            "Policies",
            "RoleName",
            "Tags",
        ),
        attributes=("Arn", "RoleId"),
        name_property="RoleName",
    ),
    "AWS::IAM::ManagedPolicy": Handler(
        create=create_policy,
        update=update_policy,
        delete=delete_policy,
        properties=("Description", "Groups", "ManagedPolicyName", "Path", "PolicyDocument", "Roles", "Users"),
        attributes=("AttachmentCount", "DefaultVersionId", "IsAttachable", "PolicyArn", "PolicyId"),
        name_property="ManagedPolicyName",
    ),
    "AWS::IAM::InstanceProfile": Handler(
        create=create_profile,
        update=update_profile,
        delete=delete_profile,
        properties=("InstanceProfileName", "Path", "Roles"),
        attributes=("Arn",),
        name_property="InstanceProfileName",
    ),
}
