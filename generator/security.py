"""Security groups: nothing may start a connection to a workstation; endpoints answer on 443 only."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import GetAtt, Ref, Tags
from troposphere.ec2 import SecurityGroup, SecurityGroupRule

from generator.config import NetworkConfig
from generator.network import ANYWHERE
from generator.network_parameters import EnvironmentParameters
from generator.place import Place
from generator.tags import name_tag

HTTPS = 443

NO_EGRESS = SecurityGroupRule(
    IpProtocol="-1",
    CidrIp="127.0.0.1/32",
    Description="No egress: an unreachable address takes the place of AWS's default rule",
)
"""Without any egress rule AWS adds one that allows everything; a rule for an unreachable address is the way out
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-securitygroup.html)."""


class SecurityGroups(NamedTuple):
    """The workstations' group and, where there are interface endpoints, theirs."""

    workstation: SecurityGroup
    endpoint: SecurityGroup | None


def security_groups(config: NetworkConfig, place: Place, parameters: EnvironmentParameters) -> SecurityGroups:
    """No ingress at all for workstations: sessions arrive over a connection that the SSM agent opened.

    A new GroupDescription or VPC would replace the group, and with it every machine: leave them as they are.
    """
    endpoint = _endpoint_group(place) if config.interface_endpoint_services else None
    return SecurityGroups(
        workstation=SecurityGroup(
            "WorkstationSecurityGroup",
            GroupDescription="Workstations: no ingress",
            VpcId=place.vpc_id,
            SecurityGroupEgress=_workstation_egress(config, endpoint, parameters),
            Tags=Tags(name_tag("workstation")),
        ),
        endpoint=endpoint,
    )


def _endpoint_group(place: Place) -> SecurityGroup:
    return SecurityGroup(
        "EndpointSecurityGroup",
        GroupDescription=f"Interface endpoints: HTTPS from {place.endpoint_users}",
        VpcId=place.vpc_id,
        SecurityGroupIngress=[
            SecurityGroupRule(
                IpProtocol="tcp",
                FromPort=HTTPS,
                ToPort=HTTPS,
                CidrIp=source.block,
                Description=f"HTTPS from {source.name}",
            )
            for source in place.endpoint_sources
        ],
        SecurityGroupEgress=[NO_EGRESS],
        Tags=Tags(name_tag("endpoint")),
    )


def _workstation_egress(
    config: NetworkConfig, endpoint: SecurityGroup | None, parameters: EnvironmentParameters
) -> list[SecurityGroupRule]:
    # DNS, time and instance metadata come from the VPC itself and pass no security group:
    # https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
    if parameters.s3_prefix_list_id is None:
        return [
            SecurityGroupRule(
                IpProtocol="tcp", FromPort=port, ToPort=port, CidrIp=ANYWHERE, Description=f"TCP {port} to anywhere"
            )
            for port in sorted(config.egress_tcp_ports)
        ]
    return [
        SecurityGroupRule(
            IpProtocol="tcp",
            FromPort=HTTPS,
            ToPort=HTTPS,
            DestinationSecurityGroupId=GetAtt(endpoint, "GroupId"),
            Description="HTTPS to the interface endpoints",
        ),
        SecurityGroupRule(
            IpProtocol="tcp",
            FromPort=HTTPS,
            ToPort=HTTPS,
            DestinationPrefixListId=Ref(parameters.s3_prefix_list_id),
            Description="HTTPS to S3 through its gateway endpoint",
        ),
    ]
