"""A peer: the same stack as a troposphere script that people write first, ending in `to_yaml()`.

usage: python naive.py WORKSTATIONS DIRECTORY

One set of resources for each workstation, as many in a template as CloudFormation's limits let.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from awacs import ec2 as ec2_actions
from awacs import logs as logs_actions
from awacs import ssm as ssm_actions
from awacs import ssmmessages, sts
from awacs.aws import Allow, Condition, PolicyDocument, Principal, Statement, StringEquals, StringLike
from troposphere import Base64, GetAtt, Output, Parameter, Ref, Sub, Tags, Template
from troposphere.ec2 import (
    EIP,
    VPC,
    BlockDeviceMapping,
    EbsBlockDevice,
    FlowLog,
    Instance,
    InternetGateway,
    LaunchTemplate,
    LaunchTemplateData,
    LaunchTemplateSpecification,
    MetadataOptions,
    NatGateway,
    NetworkInterfaceProperty,
    Route,
    RouteTable,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
    SubnetRouteTableAssociation,
    Volume,
    VolumeAttachment,
    VPCEndpoint,
    VPCGatewayAttachment,
)
from troposphere.iam import InstanceProfile, ManagedPolicy, Role
from troposphere.logs import LogGroup
from troposphere.ssm import Document

WORKSTATIONS_IN_A_TEMPLATE = 100  # 4 resources each, of the 500 that CloudFormation allows, and room for their outputs
INSTANCES = Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/*")
DOCUMENTS = Sub("arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:document/*")
ASSOCIATIONS = Sub("arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:association/*")
SESSIONS = Sub("arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:session/${!aws:userid}-*")
OWN = {"ssm:resourceTag/Owner": "${aws:username}", "ssm:resourceTag/Environment": Ref("AWS::StackName")}
FIRST_BOOT = "#!/bin/bash\nset -euo pipefail\nsystemctl enable --now amazon-ssm-agent\n"


def tags(role: str) -> Tags:
    return Tags(Environment=Ref("AWS::StackName"), Name=Sub(f"${{AWS::StackName}}-{role}"))


def environment() -> Template:
    template = Template()
    template.set_version()
    template.set_description("Environment for data scientists")
    for letter in "AB":
        template.add_parameter(Parameter(f"AvailabilityZoneId{letter}", Type="String"))
    add_network(template)
    add_flow_log(template)
    add_access(template)
    for name in ("Vpc", "PrivateSubnetA", "PrivateSubnetB", "WorkstationSecurityGroup", "WorkstationInstanceProfile"):
        template.add_output(Output(f"{name}Id", Value=Ref(name)))
    return template


def add_network(template: Template) -> None:
    add = template.add_resource
    vpc = add(
        VPC("Vpc", CidrBlock="10.38.0.0/20", EnableDnsSupport=True, EnableDnsHostnames=True, Tags=tags("environment"))
    )
    gateway = add(InternetGateway("InternetGateway", Tags=tags("environment")))
    add(VPCGatewayAttachment("InternetGatewayAttachment", VpcId=Ref(vpc), InternetGatewayId=Ref(gateway)))
    public = add(RouteTable("PublicRouteTable", VpcId=Ref(vpc), Tags=tags("public")))
    add(
        Route(
            "PublicDefaultRoute",
            DependsOn="InternetGatewayAttachment",
            RouteTableId=Ref(public),
            DestinationCidrBlock="0.0.0.0/0",
            GatewayId=Ref(gateway),
        )
    )
    for letter, block in (("A", "10.38.0.0/24"), ("B", "10.38.1.0/24")):
        add_subnet(template, f"Public{letter}", block, public)
    address = add(EIP("NatAddressA", DependsOn="InternetGatewayAttachment", Domain="vpc", Tags=tags("nat-a")))
    nat = add(
        NatGateway(
            "NatGatewayA",
            AllocationId=GetAtt(address, "AllocationId"),
            SubnetId=Ref("PublicSubnetA"),
            Tags=tags("nat-a"),
        )
    )
    for letter, block in (("A", "10.38.8.0/23"), ("B", "10.38.10.0/23")):
        table = add(RouteTable(f"PrivateRouteTable{letter}", VpcId=Ref(vpc), Tags=tags(f"private-{letter.lower()}")))
        add_subnet(template, f"Private{letter}", block, table)
        add(
            Route(
                f"PrivateDefaultRoute{letter}",
                RouteTableId=Ref(table),
                DestinationCidrBlock="0.0.0.0/0",
                NatGatewayId=Ref(nat),
            )
        )
    add_boundaries(template, vpc)


def add_subnet(template: Template, place: str, block: str, table: RouteTable) -> None:
    tier, letter = place[:-1], place[-1]
    subnet = template.add_resource(
        Subnet(
            f"{tier}Subnet{letter}",
            VpcId=Ref("Vpc"),
            AvailabilityZoneId=Ref(f"AvailabilityZoneId{letter}"),
            CidrBlock=block,
            MapPublicIpOnLaunch=False,
            Tags=tags(f"{tier}-{letter}".lower()),
        )
    )
    template.add_resource(
        SubnetRouteTableAssociation(
            f"{tier}RouteTableAssociation{letter}", SubnetId=Ref(subnet), RouteTableId=Ref(table)
        )
    )


def add_boundaries(template: Template, vpc: VPC) -> None:
    template.add_resource(
        SecurityGroup(
            "WorkstationSecurityGroup",
            GroupDescription="Workstations: no ingress",
            VpcId=Ref(vpc),
            SecurityGroupEgress=[
                SecurityGroupRule(IpProtocol="tcp", FromPort=port, ToPort=port, CidrIp="0.0.0.0/0")
                for port in (80, 443)
            ],
            Tags=tags("workstation"),
        )
    )
    template.add_resource(
        VPCEndpoint(
            "S3Endpoint",
            VpcId=Ref(vpc),
            VpcEndpointType="Gateway",
            ServiceName=Sub("com.amazonaws.${AWS::Region}.s3"),
            RouteTableIds=[Ref("PrivateRouteTableA"), Ref("PrivateRouteTableB")],
            Tags=tags("s3"),
        )
    )


def allow(actions: list[Any], resources: list[Any], **conditions: Any) -> Statement:
    return Statement(Effect=Allow, Action=actions, Resource=resources, **conditions)


def policy(title: str, *parts: Statement) -> ManagedPolicy:
    return ManagedPolicy(title, PolicyDocument=PolicyDocument(Version="2012-10-17", Statement=list(parts)))


def role(title: str, service: str, policies: list[Any], **more: Any) -> Role:
    trust = Statement(Effect=Allow, Principal=Principal("Service", f"{service}.amazonaws.com"), Action=[sts.AssumeRole])
    return Role(
        title,
        AssumeRolePolicyDocument=PolicyDocument(Version="2012-10-17", Statement=[trust]),
        ManagedPolicyArns=policies,
        Tags=tags(title.lower()),
        **more,
    )


def add_flow_log(template: Template) -> None:
    add = template.add_resource
    group = add(LogGroup("FlowLogGroup", RetentionInDays=400, DeletionPolicy="Retain", UpdateReplacePolicy="Retain"))
    actions = [
        logs_actions.CreateLogStream,
        logs_actions.DescribeLogGroups,
        logs_actions.DescribeLogStreams,
        logs_actions.PutLogEvents,
    ]
    written = add(policy("FlowLogPolicy", allow(actions, [GetAtt(group, "Arn")])))
    writer = add(role("FlowLogRole", "vpc-flow-logs", [Ref(written)]))
    add(
        FlowLog(
            "FlowLog",
            ResourceId=Ref("Vpc"),
            ResourceType="VPC",
            TrafficType="ALL",
            LogDestinationType="cloud-watch-logs",
            LogGroupName=Ref(group),
            DeliverLogsPermissionArn=GetAtt(writer, "Arn"),
            Tags=tags("flow-log"),
        )
    )


def add_access(template: Template) -> None:
    add = template.add_resource
    agent = (
        allow(
            [
                ssmmessages.CreateControlChannel,
                ssmmessages.CreateDataChannel,
                ssmmessages.OpenControlChannel,
                ssmmessages.OpenDataChannel,
            ],
            ["*"],
        ),
        allow([ssm_actions.ListInstanceAssociations, ssm_actions.UpdateInstanceInformation], [INSTANCES]),
        allow(
            [
                ssm_actions.DescribeAssociation,
                ssm_actions.UpdateAssociationStatus,
                ssm_actions.UpdateInstanceAssociationStatus,
            ],
            [INSTANCES, ASSOCIATIONS, DOCUMENTS],
        ),
        allow([ssm_actions.DescribeDocument, ssm_actions.GetDocument], [DOCUMENTS]),
    )
    boundary = add(policy("WorkstationBoundary", *agent))
    workstation = add(policy("WorkstationPolicy", *agent))
    machine = add(role("WorkstationRole", "ec2", [Ref(workstation)], PermissionsBoundary=Ref(boundary)))
    add(InstanceProfile("WorkstationInstanceProfile", Roles=[Ref(machine)]))
    content = {"schemaVersion": "1.0", "sessionType": "Standard_Stream", "inputs": {"idleSessionTimeout": "60"}}
    add(Document("ShellDocument", DocumentType="Session", DocumentFormat="JSON", Content=content, Tags=tags("shell")))
    for title in ("DataScientistUserPolicy", "DataScientistSessionPolicy"):
        add(policy(title, *access()))


def access() -> tuple[Statement, ...]:
    return (
        allow([ssm_actions.StartSession], [INSTANCES], Condition=Condition(StringEquals(OWN))),
        allow([ssm_actions.StartSession], [DOCUMENTS]),
        allow(
            [ssm_actions.ResumeSession, ssm_actions.TerminateSession],
            [SESSIONS],
            Condition=Condition(StringLike({"ssm:resourceTag/aws:ssmmessages:session-id": ["${aws:userid}-*"]})),
        ),
        allow([ssmmessages.OpenDataChannel], [SESSIONS]),
        allow(
            [ec2_actions.StartInstances, ec2_actions.StopInstances],
            [INSTANCES],
            Condition=Condition(StringEquals({"ec2:ResourceTag/Owner": "${aws:username}"})),
        ),
        allow([ec2_actions.DescribeInstances, ssm_actions.DescribeInstanceInformation], ["*"]),
    )


def workstations(first: int, last: int) -> Template:
    template = Template()
    template.set_version()
    template.set_description("Workstations of data scientists")
    for name in ("SubnetId", "AvailabilityZone", "SecurityGroupId", "InstanceProfileName", "ImageId"):
        template.add_parameter(Parameter(name, Type="String"))
    for number in range(first, last):
        add_workstation(template, f"w{number:03}")
    return template


def add_workstation(template: Template, name: str) -> None:
    title, add = name.capitalize(), template.add_resource
    named = Tags(Environment=Ref("AWS::StackName"), Name=Sub(f"${{AWS::StackName}}-{name}"), Owner=name)
    options = MetadataOptions(
        HttpEndpoint="enabled", HttpTokens="required", HttpPutResponseHopLimit=1, InstanceMetadataTags="enabled"
    )
    launch = add(
        LaunchTemplate(f"{title}LaunchTemplate", LaunchTemplateData=LaunchTemplateData(MetadataOptions=options))
    )
    interface = NetworkInterfaceProperty(
        DeviceIndex="0",
        SubnetId=Ref("SubnetId"),
        GroupSet=[Ref("SecurityGroupId")],
        AssociatePublicIpAddress=False,
        DeleteOnTermination=True,
    )
    disk = EbsBlockDevice(VolumeType="gp3", VolumeSize=30, Encrypted=True, DeleteOnTermination=True)
    machine = add(
        Instance(
            f"{title}Instance",
            LaunchTemplate=LaunchTemplateSpecification(LaunchTemplateId=Ref(launch), Version="1"),
            ImageId=Ref("ImageId"),
            InstanceType="m7i.xlarge",
            IamInstanceProfile=Ref("InstanceProfileName"),
            NetworkInterfaces=[interface],
            BlockDeviceMappings=[BlockDeviceMapping(DeviceName="/dev/xvda", Ebs=disk)],
            EbsOptimized=True,
            Monitoring=False,
            InstanceInitiatedShutdownBehavior="stop",
            PropagateTagsToVolumeOnCreation=True,
            UserData=Base64(FIRST_BOOT),
            Tags=named,
        )
    )
    home = add(
        Volume(
            f"{title}HomeVolume",
            DeletionPolicy="Snapshot",
            UpdateReplacePolicy="Snapshot",
            AvailabilityZone=Ref("AvailabilityZone"),
            VolumeType="gp3",
            Size=100,
            Iops=3000,
            Throughput=125,
            Encrypted=True,
            Tags=named,
        )
    )
    add(
        VolumeAttachment(f"{title}HomeVolumeAttachment", InstanceId=Ref(machine), VolumeId=Ref(home), Device="/dev/sdf")
    )
    template.add_output(Output(f"{title}InstanceId", Value=Ref(machine)))
    template.add_output(Output(f"{title}HomeVolumeId", Value=Ref(home)))


def main(count: int, directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "environment.yaml").write_text(environment().to_yaml())
    for first in range(0, count, WORKSTATIONS_IN_A_TEMPLATE):
        last = min(first + WORKSTATIONS_IN_A_TEMPLATE, count)
        (directory / f"workstations-{first:03}.yaml").write_text(workstations(first, last).to_yaml())


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
