"""Resources that several tests build on."""

from __future__ import annotations

from typing import Any

from tests.localaws.stack import Template, get_att, ref, resource

AMAZON_LINUX = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
TAGS = [{"Key": "Name", "Value": "first"}]
OTHER_TAGS = [{"Key": "Owner", "Value": "ada"}]


def network() -> Template:
    """A VPC with a public and a private subnet, an internet gateway and a security group."""
    return {
        "Vpc": resource(
            "AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16", "EnableDnsHostnames": True, "EnableDnsSupport": True}
        ),
        "Gateway": resource("AWS::EC2::InternetGateway"),
        "Attachment": resource(
            "AWS::EC2::VPCGatewayAttachment", {"VpcId": ref("Vpc"), "InternetGatewayId": ref("Gateway")}
        ),
        "Public": subnet("10.0.0.0/24", "use1-az1"),
        "Private": subnet("10.0.1.0/24", "use1-az1"),
        "Group": resource("AWS::EC2::SecurityGroup", {"GroupDescription": "a group", "VpcId": ref("Vpc")}),
        "Table": resource("AWS::EC2::RouteTable", {"VpcId": ref("Vpc")}),
    }


def subnet(cidr: str, zone_id: str, **properties: Any) -> Template:
    given = {"VpcId": ref("Vpc"), "CidrBlock": cidr, "AvailabilityZoneId": zone_id, **properties}
    return resource("AWS::EC2::Subnet", given)


def role(**properties: Any) -> Template:
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
    return resource("AWS::IAM::Role", {"AssumeRolePolicyDocument": trust, **properties})


def allow(action: str) -> dict[str, Any]:
    """A policy document with one statement."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def machine(image_id: str, **properties: Any) -> Template:
    """A network with an instance as `workstation.yaml` makes it."""
    return {
        **network(),
        "Role": role(),
        "Profile": resource("AWS::IAM::InstanceProfile", {"Roles": [ref("Role")]}),
        "LaunchTemplate": resource(
            "AWS::EC2::LaunchTemplate",
            {
                "LaunchTemplateData": {
                    "MetadataOptions": {
                        "HttpEndpoint": "enabled",
                        "HttpTokens": "required",
                        "HttpPutResponseHopLimit": 1,
                        "InstanceMetadataTags": "enabled",
                    }
                }
            },
        ),
        "Instance": resource("AWS::EC2::Instance", {**instance_properties(image_id), **properties}),
    }


def instance_properties(image_id: str) -> dict[str, Any]:
    return {
        "ImageId": image_id,
        "InstanceType": "m7i.xlarge",
        "LaunchTemplate": {"LaunchTemplateId": ref("LaunchTemplate"), "Version": "1"},
        "IamInstanceProfile": ref("Profile"),
        "NetworkInterfaces": [
            {
                "DeviceIndex": "0",
                "SubnetId": ref("Private"),
                "GroupSet": [ref("Group")],
                "AssociatePublicIpAddress": False,
                "DeleteOnTermination": True,
            }
        ],
        "BlockDeviceMappings": [
            {
                "DeviceName": "/dev/xvda",
                "Ebs": {"VolumeType": "gp3", "VolumeSize": 30, "Encrypted": True, "DeleteOnTermination": True},
            }
        ],
        "EbsOptimized": True,
        "Monitoring": False,
        "InstanceInitiatedShutdownBehavior": "stop",
        "PropagateTagsToVolumeOnCreation": True,
        "UserData": {"Fn::Base64": "#!/bin/bash\necho ready\n"},
        "Tags": TAGS,
    }


def volume(**properties: Any) -> Template:
    given = {"AvailabilityZone": get_att("Private", "AvailabilityZone"), "Size": 100, "VolumeType": "gp3"}
    return resource("AWS::EC2::Volume", {**given, **properties})
