"""Environment and workstation templates with our logical ids, small enough to count by hand."""

from __future__ import annotations

from typing import Any

ZONES = ("A", "B")
ZONE_ID = {"Type": "String", "AllowedPattern": "[a-z0-9]+-az[0-9]"}


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def get_att(name: str, attribute: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, attribute]}


def resource(kind: str, *, depends_on: str = "", policy: str = "", **properties: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"Type": f"AWS::{kind}", "Properties": properties}
    if depends_on:
        made["DependsOn"] = depends_on
    if policy:
        made |= {"DeletionPolicy": policy, "UpdateReplacePolicy": policy}
    return made


def environment(nat: str = "single") -> dict[str, Any]:
    """The environment with NAT `single`, `per-zone` or `none`."""
    resources: dict[str, Any] = {"Vpc": resource("EC2::VPC", CidrBlock="10.0.0.0/20", EnableDnsHostnames=True)}
    if nat != "none":
        resources |= internet()
    for index, zone in enumerate(ZONES):
        resources |= zone_resources(zone, index, nat)
    resources |= access(nat)
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {f"AvailabilityZoneId{zone}": ZONE_ID for zone in ZONES}
        | ({"S3PrefixListId": {"Type": "String"}} if nat == "none" else {}),
        "Resources": resources,
        "Outputs": {
            "VpcId": {"Value": ref("Vpc")},
            "WorkstationSecurityGroupId": {"Value": get_att("WorkstationSecurityGroup", "GroupId")},
            "WorkstationInstanceProfileName": {"Value": ref("WorkstationInstanceProfile")},
            **{f"PrivateSubnetId{zone}": {"Value": ref(f"PrivateSubnet{zone}")} for zone in ZONES},
        },
    }


def internet() -> dict[str, Any]:
    return {
        "InternetGateway": resource("EC2::InternetGateway"),
        "InternetGatewayAttachment": resource(
            "EC2::VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=ref("InternetGateway")
        ),
        "PublicRouteTable": resource("EC2::RouteTable", VpcId=ref("Vpc")),
        "PublicDefaultRoute": resource(
            "EC2::Route",
            depends_on="InternetGatewayAttachment",
            RouteTableId=ref("PublicRouteTable"),
            DestinationCidrBlock="0.0.0.0/0",
            GatewayId=ref("InternetGateway"),
        ),
    }


def zone_resources(zone: str, index: int, nat: str) -> dict[str, Any]:
    made = {
        f"PrivateSubnet{zone}": subnet(zone, f"10.0.{4 + 4 * index}.0/22"),
        f"PrivateRouteTable{zone}": resource("EC2::RouteTable", VpcId=ref("Vpc")),
        f"PrivateRouteTableAssociation{zone}": association(f"PrivateSubnet{zone}", f"PrivateRouteTable{zone}"),
    }
    if nat == "none":
        return made
    made |= {
        f"PublicSubnet{zone}": subnet(zone, f"10.0.{index}.0/24"),
        f"PublicRouteTableAssociation{zone}": association(f"PublicSubnet{zone}", "PublicRouteTable"),
    }
    nat_zone = zone if nat == "per-zone" else ZONES[0]
    if nat_zone == zone:
        made |= {
            f"NatAddress{zone}": resource("EC2::EIP", depends_on="InternetGatewayAttachment", Domain="vpc"),
            f"NatGateway{zone}": resource(
                "EC2::NatGateway",
                AllocationId=get_att(f"NatAddress{zone}", "AllocationId"),
                SubnetId=ref(f"PublicSubnet{zone}"),
            ),
        }
    made[f"PrivateDefaultRoute{zone}"] = resource(
        "EC2::Route",
        RouteTableId=ref(f"PrivateRouteTable{zone}"),
        DestinationCidrBlock="0.0.0.0/0",
        NatGatewayId=ref(f"NatGateway{nat_zone}"),
    )
    return made


def subnet(zone: str, block: str) -> dict[str, Any]:
    return resource(
        "EC2::Subnet", VpcId=ref("Vpc"), CidrBlock=block, AvailabilityZoneId=ref(f"AvailabilityZoneId{zone}")
    )


def association(subnet_name: str, table: str) -> dict[str, Any]:
    return resource("EC2::SubnetRouteTableAssociation", SubnetId=ref(subnet_name), RouteTableId=ref(table))


def access(nat: str) -> dict[str, Any]:
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    made = {
        "WorkstationSecurityGroup": resource(
            "EC2::SecurityGroup",
            VpcId=ref("Vpc"),
            GroupDescription="Workstations",
            SecurityGroupEgress=[https | {"CidrIp": "0.0.0.0/0"}],
        ),
        "S3Endpoint": resource(
            "EC2::VPCEndpoint",
            VpcId=ref("Vpc"),
            VpcEndpointType="Gateway",
            ServiceName={"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"},
            RouteTableIds=[ref(f"PrivateRouteTable{zone}") for zone in ZONES],
        ),
        "FlowLogGroup": resource("Logs::LogGroup", policy="Retain", RetentionInDays=30),
        "FlowLog": resource(
            "EC2::FlowLog",
            ResourceId=ref("Vpc"),
            LogGroupName=ref("FlowLogGroup"),
            TrafficType="ALL",
            ResourceType="VPC",
        ),
        "WorkstationRole": resource("IAM::Role", AssumeRolePolicyDocument={}),
        "WorkstationInstanceProfile": resource("IAM::InstanceProfile", Roles=[ref("WorkstationRole")]),
    }
    if nat == "none":
        made["EndpointSecurityGroup"] = resource(
            "EC2::SecurityGroup",
            VpcId=ref("Vpc"),
            GroupDescription="Endpoints",
            SecurityGroupIngress=[https | {"SourceSecurityGroupId": get_att("WorkstationSecurityGroup", "GroupId")}],
            SecurityGroupEgress=[{"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}],
        )
        made["SsmEndpoint"] = interface_endpoint("ssm")
        made["SsmMessagesEndpoint"] = interface_endpoint("ssmmessages")
    return made


def interface_endpoint(service: str, zones: tuple[str, ...] = ZONES) -> dict[str, Any]:
    return resource(
        "EC2::VPCEndpoint",
        VpcId=ref("Vpc"),
        VpcEndpointType="Interface",
        ServiceName={"Fn::Sub": f"com.amazonaws.${{AWS::Region}}.{service}"},
        SubnetIds=[ref(f"PrivateSubnet{zone}") for zone in zones],
        SecurityGroupIds=[get_att("EndpointSecurityGroup", "GroupId")],
    )


def workstation() -> dict[str, Any]:
    parameters = {
        "WorkstationName": {"Type": "String", "AllowedPattern": "[a-z][a-z0-9-]*"},
        "OperatingSystem": {"Type": "String", "Default": "amazon-linux-2023"},
        "InstanceType": {"Type": "String", "Default": "m7i.xlarge"},
        "KeyName": {"Type": "String", "Default": ""},
        "RootVolumeGiB": {"Type": "Number", "Default": 30},
        "HomeVolumeGiB": {"Type": "Number", "Default": 100},
        "ImageId": {"Type": "AWS::EC2::Image::Id"},
        "SubnetId": {"Type": "AWS::EC2::Subnet::Id"},
        "AvailabilityZone": {"Type": "AWS::EC2::AvailabilityZone::Name"},
        "SecurityGroupId": {"Type": "AWS::EC2::SecurityGroup::Id"},
        "InstanceProfileName": {"Type": "String"},
    }
    disk = {"VolumeType": "gp3", "VolumeSize": ref("RootVolumeGiB"), "Encrypted": True}
    network = {
        "DeviceIndex": "0",
        "SubnetId": ref("SubnetId"),
        "GroupSet": [ref("SecurityGroupId")],
        "AssociatePublicIpAddress": False,
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": parameters,
        "Conditions": {"HasKeyName": {"Fn::Not": [{"Fn::Equals": [ref("KeyName"), ""]}]}},
        "Resources": {
            "LaunchTemplate": resource(
                "EC2::LaunchTemplate", LaunchTemplateData={"MetadataOptions": {"HttpTokens": "required"}}
            ),
            "Instance": resource(
                "EC2::Instance",
                ImageId=ref("ImageId"),
                InstanceType=ref("InstanceType"),
                IamInstanceProfile=ref("InstanceProfileName"),
                KeyName={"Fn::If": ["HasKeyName", ref("KeyName"), ref("AWS::NoValue")]},
                LaunchTemplate={"LaunchTemplateId": ref("LaunchTemplate"), "Version": "1"},
                NetworkInterfaces=[network],
                BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": disk}],
            ),
            "HomeVolume": resource(
                "EC2::Volume",
                policy="Snapshot",
                AvailabilityZone=ref("AvailabilityZone"),
                Size=ref("HomeVolumeGiB"),
                VolumeType="gp3",
                Encrypted=True,
            ),
            "HomeVolumeAttachment": resource(
                "EC2::VolumeAttachment", InstanceId=ref("Instance"), VolumeId=ref("HomeVolume"), Device="/dev/sdf"
            ),
        },
    }


def stacks(*names_and_zones: tuple[str, str]) -> dict[str, Any]:
    """The deploy step's input for workstations (name, zone)."""
    wanted = names_and_zones or (("ada", "A"),)
    return {
        "environment": {"template": "environment.yaml", "zones": list(ZONES), "parameters": {}},
        "workstations": [
            {
                "name": name,
                "template": "workstation.yaml",
                "zone": zone,
                "architecture": "x86_64",
                "image": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
                "parameters": {"WorkstationName": name, "InstanceType": "m7i.xlarge", "HomeVolumeGiB": "100"},
            }
            for name, zone in wanted
        ],
    }
