"""The record of who talked to whom."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import AWSHelperFn, GetAtt, Ref, Tags
from troposphere.ec2 import FlowLog
from troposphere.iam import ManagedPolicy, Role
from troposphere.kms import Key
from troposphere.logs import LogGroup

from generator.config import NetworkConfig
from generator.place import Place
from generator.policies import assume_role_policy, flow_log_policy, statements
from generator.tags import name_tag

FLOW_LOG_SERVICE = "vpc-flow-logs"


class FlowLogs(NamedTuple):
    """The flow logs, the group that keeps them, and the role that writes them."""

    flow_log_group: LogGroup
    flow_log_policy: ManagedPolicy
    flow_log_role: Role
    flow_logs: tuple[FlowLog, ...]


def flow_logs(config: NetworkConfig, place: Place, key: Key | None) -> FlowLogs | None:
    """In CloudWatch Logs: of the whole VPC where it is ours, else of the machines' subnets; None where turned off."""
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
    return FlowLogs(
        flow_log_group=group,
        flow_log_policy=policy,
        flow_log_role=role,
        flow_logs=_flow_logs(config, place, group, role),
    )


def _flow_logs(config: NetworkConfig, place: Place, group: LogGroup, role: Role) -> tuple[FlowLog, ...]:
    if config.is_ours:
        return (_flow_log(config, "FlowLog", ("VPC", place.vpc_id), group, role),)
    return tuple(
        _flow_log(config, f"FlowLog{zone.letter}", ("Subnet", zone.subnet_id), group, role) for zone in place.zones
    )


def _flow_log(config: NetworkConfig, title: str, of: tuple[str, AWSHelperFn], group: LogGroup, role: Role) -> FlowLog:
    kind, identifier = of
    return FlowLog(
        title,
        ResourceId=identifier,
        ResourceType=kind,
        TrafficType="ALL" if config.flow_log == "all" else "REJECT",
        LogDestinationType="cloud-watch-logs",
        LogGroupName=Ref(group),
        DeliverLogsPermissionArn=GetAtt(role, "Arn"),
        Tags=Tags(name_tag()),
    )
