"""The workstations' role, and the policies that people are given."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import Ref, Tags
from troposphere.iam import InstanceProfile, ManagedPolicy, Role
from troposphere.ssm import Document

from generator.policies import agent_statements, assume_role_policy, data_scientist_statements, statements
from generator.tags import name_tag


class WorkstationIdentity(NamedTuple):
    """What a workstation may do: be reached. The boundary is the ceiling whatever else is attached later."""

    workstation_boundary: ManagedPolicy
    workstation_policy: ManagedPolicy
    workstation_role: Role
    workstation_instance_profile: InstanceProfile


class Access(NamedTuple):
    """What people may do, to be attached to groups, roles or permission sets."""

    shell_document: Document
    data_scientist_user_policy: ManagedPolicy
    data_scientist_session_policy: ManagedPolicy


def workstation_identity() -> WorkstationIdentity:
    """One role and profile for all workstations, made beside the NAT gateway.

    Creating a profile takes about 130 s, so a workstation stack with its own would take 190 s instead of 40 s.
    """
    boundary = ManagedPolicy(
        "WorkstationBoundary",
        Description="The most that a workstation may ever do: be reached through Session Manager",
        PolicyDocument=statements(*agent_statements()),
    )
    policy = ManagedPolicy(
        "WorkstationPolicy",
        Description="Lets the SSM agent of a workstation register, be reached and run associations",
        PolicyDocument=statements(*agent_statements()),
    )
    role = Role(
        "WorkstationRole",
        AssumeRolePolicyDocument=assume_role_policy("ec2"),
        ManagedPolicyArns=[Ref(policy)],
        PermissionsBoundary=Ref(boundary),
        Tags=Tags(name_tag("workstation")),
    )
    return WorkstationIdentity(
        workstation_boundary=boundary,
        workstation_policy=policy,
        workstation_role=role,
        workstation_instance_profile=InstanceProfile("WorkstationInstanceProfile", Roles=[Ref(role)]),
    )


def access() -> Access:
    """One policy for IAM users, one for roles and Identity Center; each person reaches only their own workstation.

    `aws:username` is empty for role sessions, hence the second form with the session's `Owner` tag.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    shell = shell_document()
    return Access(
        shell_document=shell,
        data_scientist_user_policy=ManagedPolicy(
            "DataScientistUserPolicy",
            Description="For IAM users: reach the workstations whose Owner tag is your user name",
            PolicyDocument=statements(
                *data_scientist_statements(
                    owner="${aws:username}", callers=("${aws:userid}", "${aws:username}"), shell=shell
                )
            ),
        ),
        data_scientist_session_policy=ManagedPolicy(
            "DataScientistSessionPolicy",
            Description="For roles and Identity Center: reach the workstations whose Owner tag is your session's",
            PolicyDocument=statements(
                *data_scientist_statements(owner="${aws:PrincipalTag/Owner}", callers=("${aws:userid}",), shell=shell)
            ),
        ),
    )


def shell_document() -> Document:
    """A session document of our own, so that the account's default is never touched.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html
    """
    return Document(
        "ShellDocument",
        DocumentType="Session",
        DocumentFormat="JSON",
        UpdateMethod="NewVersion",
        Content={
            "schemaVersion": "1.0",
            "description": "A shell on a workstation",
            "sessionType": "Standard_Stream",
            "inputs": {"idleSessionTimeout": "60", "runAsEnabled": False},
        },
        Tags=Tags(name_tag("shell")),
    )
