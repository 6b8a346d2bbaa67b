"""The VPC, its gateway to the internet, and its flow log."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import GetAtt, Ref, Tags
from troposphere.ec2 import VPC, FlowLog, InternetGateway, VPCBlockPublicAccessOptions, VPCGatewayAttachment
from troposphere.iam import ManagedPolicy, Role
from troposphere.kms import Key
from troposphere.logs import LogGroup

from generator.config import NetworkConfig
from generator.policies import assume_role_policy, flow_log_policy, statements
from generator.tags import name_tag

FLOW_LOG_SERVICE = "vpc-flow-logs"


class Vpc(NamedTuple):
    """The VPC and, where there is a way to the internet, its gateway."""

    vpc: VPC
    internet_gateway: InternetGateway | None
    internet_gateway_attachment: VPCGatewayAttachment | None
    block_public_access_options: VPCBlockPublicAccessOptions | None


class VpcFlowLog(NamedTuple):
    """The record of who talked to whom, and the role that writes it."""

    flow_log_group: LogGroup
    flow_log_policy: ManagedPolicy
    flow_log_role: Role
    flow_log: FlowLog


def vpc(config: NetworkConfig) -> Vpc:
    """Both DNS attributes are on: private DNS of the endpoints needs them.

    https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
    """
    network = VPC(
        "Vpc",
        CidrBlock=config.cidr,
        EnableDnsSupport=True,
        EnableDnsHostnames=True,
        Tags=Tags(name_tag()),
    )
    gateway, attachment = None, None
    if config.nat != "none":
        gateway = InternetGateway("InternetGateway", Tags=Tags(name_tag()))
        attachment = VPCGatewayAttachment(
            "InternetGatewayAttachment", VpcId=Ref(network), InternetGatewayId=Ref(gateway)
        )
    return Vpc(
        vpc=network,
        internet_gateway=gateway,
        internet_gateway_attachment=attachment,
        block_public_access_options=_block_public_access() if config.block_public_access else None,
    )


def _block_public_access() -> VPCBlockPublicAccessOptions:
    # Account- and region-wide, so never on by default. NAT gateways keep working in this mode.
    # https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
    return VPCBlockPublicAccessOptions("BlockPublicAccessOptions", InternetGatewayBlockMode="block-ingress")


def flow_log(config: NetworkConfig, vpc: Vpc, key: Key | None) -> VpcFlowLog | None:
    """The VPC's flow log in CloudWatch Logs; None where the config turns it off."""
    if config.flow_log == "off":
        return None
    encryption = {"KmsKeyId": GetAtt(key, "Arn")} if key else {}
    group = LogGroup(
        "FlowLogGroup",
        RetentionInDays=config.flow_log_retention_days,
        DeletionPolicy="RetainExceptOnCreate",  # the group of a failed first deploy holds nothing
        UpdateReplacePolicy="Retain",
        **encryption,
    )
    policy = ManagedPolicy(
        "FlowLogPolicy",
        Description="Lets VPC Flow Logs write to its log group",
        PolicyDocument=statements(flow_log_policy(group)),
    )
    role = Role(
        "FlowLogRole",
        AssumeRolePolicyDocument=assume_role_policy(FLOW_LOG_SERVICE),
        ManagedPolicyArns=[Ref(policy)],
        Tags=Tags(name_tag("flow-log")),
    )
    return VpcFlowLog(
        flow_log_group=group,
        flow_log_policy=policy,
        flow_log_role=role,
        flow_log=FlowLog(
            "FlowLog",
            ResourceId=Ref(vpc.vpc),
            ResourceType="VPC",
            TrafficType="ALL" if config.flow_log == "all" else "REJECT",
            LogDestinationType="cloud-watch-logs",
            LogGroupName=Ref(group),
            DeliverLogsPermissionArn=GetAtt(role, "Arn"),
            Tags=Tags(name_tag()),
        ),
    )
