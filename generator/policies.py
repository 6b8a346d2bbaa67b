"""IAM policy statements, as functions; the reason and the AWS page are in each docstring."""

from __future__ import annotations

from awacs import ec2, logs, ssm, ssmmessages, sts
from awacs.aws import (
    Allow,
    BoolIfExists,
    Condition,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
    StringLike,
)
from troposphere import GetAtt, Ref, Sub
from troposphere.logs import LogGroup
from troposphere.ssm import Document

from generator.contract import Tag

ANY_RESOURCE = ["*"]  # only for actions without resource-level permissions; each use says so

EVERY_INSTANCE = Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/*")


def statements(*parts: Statement) -> PolicyDocument:
    """A policy document of these statements."""
    return PolicyDocument(Version="2012-10-17", Statement=list(parts))


def assume_role_policy(service: str) -> PolicyDocument:
    """Lets a service of AWS take the role, on behalf of this account only.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    EC2 sends no source account when it takes an instance's role, so for it the condition is left out.
    """
    condition = {}
    if service != "ec2":
        condition = {"Condition": Condition(StringEquals({"aws:SourceAccount": Ref("AWS::AccountId")}))}
    return statements(
        Statement(
            Effect=Allow,
            Principal=Principal("Service", f"{service}.amazonaws.com"),
            Action=[sts.AssumeRole],
            **condition,
        )
    )


def flow_log_policy(group: LogGroup) -> Statement:
    """Writing to the flow log's group, without the right to make another.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    """
    return Statement(
        Sid="WriteFlowLog",
        Effect=Allow,
        Action=[logs.CreateLogStream, logs.DescribeLogGroups, logs.DescribeLogStreams, logs.PutLogEvents],
        Resource=[GetAtt(group, "Arn")],
    )


def agent_statements() -> tuple[Statement, ...]:
    """What the SSM agent needs to be reached and to run this project's associations, and nothing else.

    A subset of AmazonSSMManagedInstanceCore, without its right to read every parameter of the account.
    https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html
    """
    return (
        Statement(
            Sid="SessionChannels",
            Effect=Allow,
            Action=[
                ssmmessages.CreateControlChannel,
                ssmmessages.CreateDataChannel,
                ssmmessages.OpenControlChannel,
                ssmmessages.OpenDataChannel,
            ],
            Resource=ANY_RESOURCE,  # these actions have no resource-level permissions
        ),
        Statement(
            Sid="Register",
            Effect=Allow,
            Action=[ssm.ListInstanceAssociations, ssm.UpdateInstanceInformation],
            Resource=[EVERY_INSTANCE],
        ),
        Statement(
            Sid="Associations",
            Effect=Allow,
            Action=[ssm.DescribeAssociation, ssm.UpdateAssociationStatus, ssm.UpdateInstanceAssociationStatus],
            Resource=[
                EVERY_INSTANCE,
                Sub("arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:association/*"),
                Sub("arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:document/*"),
            ],
        ),
        Statement(
            Sid="ReadDocuments",
            Effect=Allow,
            Action=[ssm.DescribeDocument, ssm.GetDocument],
            Resource=[Sub("arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:document/*")],
        ),
    )


def data_scientist_statements(*, owner: str, callers: tuple[str, ...], shell: Document) -> tuple[Statement, ...]:
    """Connecting to, starting and stopping one's own workstations, and seeing the list.

    `owner` is the policy variable that the Owner tag must equal, `callers` what one's session ids begin with.
    Instances and documents are separate statements: a tag condition on a document would deny every session.
    Without `ssm:SessionDocumentAccessCheck` a session that names no document would open the account's default shell.
    https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-quickstart.html
    https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-sessiondocumentaccesscheck.html
    """
    return (
        Statement(
            Sid="ConnectToOwnWorkstation",
            Effect=Allow,
            Action=[ssm.StartSession],
            Resource=[EVERY_INSTANCE],
            Condition=Condition(
                [
                    StringEquals(
                        {
                            f"ssm:resourceTag/{Tag.OWNER}": owner,
                            f"ssm:resourceTag/{Tag.ENVIRONMENT}": Ref("AWS::StackName"),
                        }
                    ),
                    BoolIfExists({"ssm:SessionDocumentAccessCheck": True}),
                ]
            ),
        ),
        Statement(
            Sid="BySshPortForwardingOrOurShell",
            Effect=Allow,
            Action=[ssm.StartSession],
            Resource=[
                Sub("arn:${AWS::Partition}:ssm:${AWS::Region}::document/AWS-StartPortForwardingSession"),
                Sub("arn:${AWS::Partition}:ssm:${AWS::Region}::document/AWS-StartSSHSession"),
                Sub(
                    "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:document/${Shell}",
                    Shell=Ref(shell),
                ),
            ],
        ),
        *_own_session_statements(callers),
        Statement(
            Sid="StartAndStopOwnWorkstation",
            Effect=Allow,
            Action=[ec2.StartInstances, ec2.StopInstances],
            Resource=[EVERY_INSTANCE],
            Condition=Condition(
                StringEquals(
                    {
                        f"ec2:ResourceTag/{Tag.OWNER}": owner,
                        f"ec2:ResourceTag/{Tag.ENVIRONMENT}": Ref("AWS::StackName"),
                    }
                )
            ),
        ),
        Statement(
            Sid="SeeTheList",
            Effect=Allow,
            Action=[ec2.DescribeInstances, ssm.DescribeInstanceInformation, ssm.DescribeSessions],
            Resource=ANY_RESOURCE,  # these actions have no resource-level permissions: everyone sees the list
        ),
    )


def _own_session_statements(callers: tuple[str, ...]) -> tuple[Statement, ...]:
    # A session's tag holds the user id of whoever started it: the form that also holds for role sessions.
    # https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-examples.html
    own = {"ssm:resourceTag/aws:ssmmessages:session-id": ["${aws:userid}", "${aws:userid}-*"]}
    session = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:session/"
    return (
        Statement(
            Sid="EndAndResumeOwnSessions",
            Effect=Allow,
            Action=[ssm.ResumeSession, ssm.TerminateSession],
            Resource=[Sub(session + "*")],
            Condition=Condition(StringLike(own)),
        ),
        Statement(
            Sid="OpenOwnDataChannel",
            Effect=Allow,
            Action=[ssmmessages.OpenDataChannel],
            Resource=[Sub(session + caller.replace("${", "${!") + "-*") for caller in callers],
        ),
    )
