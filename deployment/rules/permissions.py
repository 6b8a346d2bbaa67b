"""Which actions a deploy needs, by the types in its templates: a table that people have read, not the schemas' lists.

CloudFormation's schemas name every call that a handler may make in any case; most deploys make few of them.
Reviewed against docs.aws.amazon.com/service-authorization in November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from deployment.rules.facts import Facts
from deployment.rules.wanted import resources
from deployment.stacks import Template

ALWAYS = (
    "cloudformation:CreateChangeSet",
    "cloudformation:DeleteChangeSet",
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStacks",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:GetTemplate",
    "cloudformation:GetTemplateSummary",
    "cloudformation:ListChangeSets",
    "cloudformation:UpdateTerminationProtection",
    "ec2:CreateTags",
    "s3:GetObject",
    "s3:PutObject",
    "ssm:DescribeInstanceInformation",
)
"""What every deploy does, whatever is in its templates."""

BY_TYPE = {
    "AWS::EC2::EIP": ("ec2:AllocateAddress",),
    "AWS::EC2::FlowLog": ("ec2:CreateFlowLogs", "iam:PassRole", "logs:CreateLogDelivery"),
    "AWS::EC2::Instance": ("ec2:RunInstances", "ec2:DescribeInstances", "iam:PassRole"),
    "AWS::EC2::InternetGateway": ("ec2:CreateInternetGateway",),
    "AWS::EC2::LaunchTemplate": ("ec2:CreateLaunchTemplate", "ec2:DescribeLaunchTemplates"),
    "AWS::EC2::NatGateway": ("ec2:CreateNatGateway", "ec2:DescribeNatGateways"),
    "AWS::EC2::Route": ("ec2:CreateRoute",),
    "AWS::EC2::RouteTable": ("ec2:CreateRouteTable",),
    "AWS::EC2::SecurityGroup": (
        "ec2:CreateSecurityGroup",
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:AuthorizeSecurityGroupIngress",
    ),
    "AWS::EC2::Subnet": ("ec2:CreateSubnet", "ec2:ModifySubnetAttribute"),
    "AWS::EC2::SubnetRouteTableAssociation": ("ec2:AssociateRouteTable",),
    "AWS::EC2::VPC": (
        "ec2:CreateVpc",
        "ec2:ModifyVpcAttribute",
        "ec2:DescribeSecurityGroups",  # these three are for its default security group, which is emptied
        "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
    ),
    "AWS::EC2::VPCBlockPublicAccessOptions": ("ec2:ModifyVpcBlockPublicAccessOptions",),
    "AWS::EC2::VPCEndpoint": ("ec2:CreateVpcEndpoint", "ec2:DescribeVpcEndpoints"),
    "AWS::EC2::VPCGatewayAttachment": ("ec2:AttachInternetGateway",),
    "AWS::EC2::Volume": ("ec2:CreateVolume", "ec2:DescribeVolumes"),
    "AWS::EC2::VolumeAttachment": ("ec2:AttachVolume",),
    "AWS::IAM::InstanceProfile": ("iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"),
    "AWS::IAM::ManagedPolicy": ("iam:CreatePolicy",),
    "AWS::IAM::Role": ("iam:CreateRole", "iam:AttachRolePolicy", "iam:PutRolePolicy"),
    "AWS::KMS::Key": ("kms:CreateKey", "kms:PutKeyPolicy", "kms:EnableKeyRotation"),
    "AWS::Logs::LogGroup": ("logs:CreateLogGroup", "logs:PutRetentionPolicy"),
    "AWS::SSM::Document": ("ssm:CreateDocument",),
}

SERVICE_LINKED = {
    "AWS::EC2::SpotFleet": ("spotfleet.amazonaws.com", "AWSServiceRoleForEC2SpotFleet"),
    "AWS::EFS::FileSystem": ("elasticfilesystem.amazonaws.com", "AWSServiceRoleForAmazonElasticFileSystem"),
    "AWS::Batch::ComputeEnvironment": ("batch.amazonaws.com", "AWSServiceRoleForBatch"),
}
"""Type to the service that needs a role of its own, and the role's name.

docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html; today's types need none.
"""


def actions_for(types: Iterable[str]) -> tuple[str, ...]:
    """Every action that a deploy of these types needs, sorted."""
    return tuple(sorted({*ALWAYS, *(action for kind in types for action in BY_TYPE[kind])}))


def service_linked_roles(template: Template) -> dict[str, str]:
    """Service to the role that it needs, for the types in the template."""
    return dict(entry for kind, entry in SERVICE_LINKED.items() if resources(template, kind))


def policy_source(facts: Facts) -> str | None:
    """The user or role whose policies are simulated; None for the account's root user.

    A role session does not tell the path of its role, which IAM Identity Center uses: the role is asked for it.
    """
    arn = str(facts.identity()["Arn"])
    session = re.fullmatch(r"arn:[a-z-]+:sts::\d+:assumed-role/([^/]+)/.+", arn)
    if session:
        return str(facts.cloud.call("iam", "GetRole", RoleName=session[1])["Role"]["Arn"])
    return None if arn.endswith(":root") else arn
