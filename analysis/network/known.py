"""Which types and properties the model covers: what is in none of these lists is refused."""

from __future__ import annotations

EC2 = "AWS::EC2::"

SKIPPED = frozenset(
    {
        "AWS::Backup::BackupPlan",
        "AWS::Backup::BackupSelection",
        "AWS::Backup::BackupVault",
        "AWS::Budgets::Budget",
        "AWS::CloudWatch::Alarm",
        "AWS::DLM::LifecyclePolicy",
        "AWS::EC2::DHCPOptions",  # names only: DNS is not modelled
        "AWS::EC2::FlowLog",
        "AWS::EC2::KeyPair",
        "AWS::EC2::LaunchTemplate",  # what it says of the network is refused where an instance uses it
        "AWS::EC2::VPCDHCPOptionsAssociation",
        "AWS::EC2::Volume",
        "AWS::EC2::VolumeAttachment",
        "AWS::IAM::InstanceProfile",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::KMS::Alias",
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::SSM::Document",
        "AWS::SSM::Parameter",
    }
)
"""Types that no packet meets."""

_NOT_OF_THE_NETWORK = {
    "Instance": (
        "AvailabilityZone BlockDeviceMappings CpuOptions CreditSpecification DisableApiTermination EbsOptimized "
        "HibernationOptions IamInstanceProfile ImageId InstanceInitiatedShutdownBehavior InstanceType KeyName "
        "MetadataOptions Monitoring PropagateTagsToVolumeOnCreation Tenancy UserData Volumes"
    ),
    "NatGateway": "MaxDrainDurationSeconds",
    "SecurityGroup": "GroupDescription GroupName",
    "VPC": "EnableDnsHostnames EnableDnsSupport InstanceTenancy",
    "VPCEndpoint": "PolicyDocument PrivateDnsEnabled",
    "NetworkInterface": "Description",
}
"""Type to properties that change no packet's way."""

_MODELLED = {
    "EIP": "Domain InstanceId NetworkBorderGroup",
    "EIPAssociation": "AllocationId InstanceId NetworkInterfaceId",
    "EgressOnlyInternetGateway": "VpcId",
    "Instance": (
        "Ipv6AddressCount LaunchTemplate NetworkInterfaces PrivateIpAddress SecurityGroupIds SourceDestCheck SubnetId"
    ),
    "InternetGateway": "",
    "NatGateway": (
        "AllocationId AvailabilityMode AvailabilityZoneAddresses ConnectivityType PrivateIpAddress SubnetId VpcId"
    ),
    "NetworkAcl": "VpcId",
    "NetworkAclEntry": "CidrBlock Egress Icmp Ipv6CidrBlock NetworkAclId PortRange Protocol RuleAction RuleNumber",
    "NetworkInterface": "GroupSet Ipv6AddressCount PrivateIpAddress SourceDestCheck SubnetId",
    "Route": (
        "DestinationCidrBlock DestinationIpv6CidrBlock EgressOnlyInternetGatewayId GatewayId InstanceId NatGatewayId "
        "NetworkInterfaceId RouteTableId"
    ),
    "RouteTable": "VpcId",
    "SecurityGroup": "SecurityGroupEgress SecurityGroupIngress VpcId",
    "SecurityGroupEgress": (
        "CidrIp CidrIpv6 Description DestinationPrefixListId DestinationSecurityGroupId FromPort GroupId IpProtocol "
        "ToPort"
    ),
    "SecurityGroupIngress": (
        "CidrIp CidrIpv6 Description FromPort GroupId IpProtocol SourcePrefixListId SourceSecurityGroupId ToPort"
    ),
    "Subnet": (
        "AssignIpv6AddressOnCreation AvailabilityZone AvailabilityZoneId CidrBlock Ipv6CidrBlock MapPublicIpOnLaunch "
        "VpcId"
    ),
    "SubnetNetworkAclAssociation": "NetworkAclId SubnetId",
    "SubnetRouteTableAssociation": "RouteTableId SubnetId",
    "VPC": "CidrBlock Ipv4IpamPoolId Ipv4NetmaskLength",
    "VPCBlockPublicAccessOptions": "InternetGatewayBlockMode",
    "VPCCidrBlock": "AmazonProvidedIpv6CidrBlock CidrBlock Ipv6CidrBlock VpcId",
    "VPCEndpoint": "RouteTableIds SecurityGroupIds ServiceName SubnetIds VpcEndpointType VpcId",
    "VPCGatewayAttachment": "InternetGatewayId VpcId",
}

KNOWN = {
    EC2 + name: frozenset((*modelled.split(), *_NOT_OF_THE_NETWORK.get(name, "").split(), "Tags"))
    for name, modelled in _MODELLED.items()
}
"""Type to the properties that are read, or are known to change nothing."""

UNSET = {
    "EnableDns64": (False, "false"),
    "Ipv6Native": (False, "false"),
    "IpAddressType": ("ipv4",),
}
"""Property to values that are as good as leaving it out."""
