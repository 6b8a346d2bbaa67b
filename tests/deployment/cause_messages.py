"""A real message for each common cause, and a message that looks like it and is another matter.

The messages are those of AWS, as people show them in bug reports; ids and accounts are made up.
"""

from __future__ import annotations

EC2 = "AWS::EC2::"
TAIL = "(Service: Ec2, Status Code: 400, Request ID: 6b8cf3d3-1afc-40de-91d7-4ac4c55bfc32) (SDK Attempt Count: 1)"


def handler(message: str, code: str = "GeneralServiceException") -> str:
    """As a resource's handler says it through CloudFormation."""
    token = "RequestToken: 5f2495db-493f-e12b-ebf1-187d26148fde"
    return f'Resource handler returned message: "{message}" ({token}, HandlerErrorCode: {code})'


def ec2(message: str, code: str = "GeneralServiceException") -> str:
    return handler(f"{message} {TAIL}", code)


def old(message: str, code: str) -> str:
    """The form of the resource types that are older than the handlers."""
    return f"{message} (Service: AmazonEC2; Status Code: 400; Error Code: {code}; Request ID: 07119c69; Proxy: null)"


def denied(action: str, why: str) -> str:
    user = "arn:aws:sts::111122223333:assumed-role/Deployer/ada"
    return handler(f"User: {user} is not authorized to perform: {action} on resource: * {why} {TAIL}", "AccessDenied")


FREE = "You can currently get g5.xlarge capacity by not specifying an Availability Zone or choosing us-east-1b."
SMALL = "Specify an instance type and an AMI that have matching architectures, and try again."
DNS = "private-dns-enabled cannot be set because there is already a conflicting DNS domain for"

MESSAGES: dict[str, tuple[str, str, str]] = {
    "address-quota": (
        "EIP",
        ec2("The maximum number of addresses has been reached."),
        ec2("The maximum number of addresses per network interface has been reached."),
    ),
    "vpc-quota": (
        "VPC",
        ec2("The maximum number of VPCs has been reached.", "ServiceLimitExceeded"),
        ec2("The maximum number of VPC peering connections has been reached."),
    ),
    "internet-gateway-quota": (
        "InternetGateway",
        ec2("The maximum number of internet gateways has been reached.", "ServiceLimitExceeded"),
        ec2("The maximum number of egress only internet gateways is 5"),
    ),
    "nat-gateway-quota": (
        "NatGateway",
        ec2("Performing this operation would exceed the limit of 5 NAT gateways"),
        ec2("Performing this operation would exceed the limit of 8 addresses of a NAT gateway"),
    ),
    "endpoint-quota": (
        "VPCEndpoint",
        ec2("The maximum number of VPC endpoints has been reached.", "ServiceLimitExceeded"),
        ec2("The VPC endpoint cannot be modified now."),
    ),
    "security-group-rules-quota": (
        "SecurityGroup",
        ec2("The maximum number of rules per security group has been reached.", "ServiceLimitExceeded"),
        ec2("The maximum number of security groups for network interface has been reached."),
    ),
    "vcpu-quota": (
        "Instance",
        ec2(
            "You have requested more vCPU capacity than your current vCPU limit of 0 allows for the instance bucket "
            "that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request "
            "to request an adjustment to this limit."
        ),
        ec2("You have requested more instances (6) than your current instance limit of 5 allows"),
    ),
    "volume-quota": (
        "Volume",
        old("You have exceeded your maximum gp3 storage limit of 50 TiB in this region.", "VolumeLimitExceeded"),
        old("You have exceeded the number of volumes that one machine may have.", "AttachmentLimitExceeded"),
    ),
    "iam-quota": (
        "AWS::IAM::Role",
        handler("Cannot exceed quota for RolesPerAccount: 1000 (Service: Iam, Status Code: 409)", "LimitExceeded"),
        handler("Role description must not exceed 1000 characters (Service: Iam, Status Code: 400)"),
    ),
    "capacity": (
        "Instance",
        ec2(
            "We currently do not have sufficient g5.xlarge capacity in the Availability Zone you requested "
            f"(us-east-1a). Our system will be working on provisioning additional capacity. {FREE}"
        ),
        ec2("The capacity reservation does not have sufficient instances."),
    ),
    "type-not-in-zone": (
        "Instance",
        ec2(
            "Your requested instance type (m7a.4xlarge) is not supported in your requested Availability Zone "
            "(us-east-1a). Please retry your request by not specifying an Availability Zone or choosing us-east-1c."
        ),
        ec2("Your requested instance type (m7a.4xlarge) does not support hibernation."),
    ),
    "type-unsupported": (
        "Instance",
        old(
            "The requested configuration is currently not supported. Please check the documentation for supported "
            "configurations.",
            "Unsupported",
        ),
        old("The requested tenancy is currently not supported for this VPC.", "Unsupported"),
    ),
    "free-plan": (
        "Instance",
        ec2(
            "The specified instance type is not eligible for Free Tier. For a list of Free Tier instance types, "
            "run 'describe-instance-types' with the filter 'free-tier-eligible=true'."
        ),
        ec2("The specified instance type is not eligible for this Savings Plan."),
    ),
    "denied-by-organisation": (
        "VPC",
        denied("ec2:CreateVpc", "with an explicit deny in a service control policy"),
        denied("ec2:CreateVpc", "with an explicit deny in an identity-based policy"),
    ),
    "denied-by-boundary": (
        "AWS::IAM::Role",
        denied("iam:CreateRole", "because no permissions boundary allows the iam:CreateRole action"),
        denied("iam:CreateRole", "because no identity-based policy allows the iam:CreateRole action"),
    ),
    "declarative-policy": (
        "VPCBlockPublicAccessOptions",
        ec2("This functionality has been disabled by a Declarative Policy. Custom Message: ask security@example.com"),
        ec2("This functionality has been disabled for the account."),
    ),
    "service-linked-role": (
        "VPCEndpoint",
        denied("iam:CreateServiceLinkedRole", "because no identity-based policy allows the action"),
        denied("iam:CreateRole", "because no identity-based policy allows the action"),
    ),
    "pass-role": (
        "Instance",
        denied("iam:PassRole", "because no identity-based policy allows the iam:PassRole action"),
        denied("iam:PassRole", "with an explicit deny in a service control policy"),
    ),
    "marketplace": (
        "Instance",
        handler(
            "In order to use this AWS Marketplace product you need to accept terms and subscribe. To do so please "
            "visit https://aws.amazon.com/marketplace/pp?sku=abc (Service: Ec2, Status Code: 401)",
            "AccessDenied",
        ),
        handler("You are not subscribed to this service. (Service: Ec2, Status Code: 401)", "OptInRequired"),
    ),
    "denied": (
        "InternetGateway",
        "API: ec2:CreateInternetGateway You are not authorized to perform this operation. "
        "Encoded authorization failure message: rFesh0U9-aB_c",
        "API: ec2:CreateInternetGateway The request was not authenticated in time.",
    ),
    "session-expired": (
        "NatGateway",
        handler("The security token included in the request is expired (Service: Ec2, Status Code: 400)"),
        handler("The security token included in the request is from another partition"),
    ),
    "hook": (
        "VPC",
        "The following hook(s) failed: [AWS::ControlTower::Hook]",
        "The following resource(s) failed to create: [Vpc].",
    ),
    "account-not-verified": (
        "Instance",
        ec2(
            "Your request for accessing resources in this region is being validated, and you will not be able to "
            "launch additional resources in this region until the validation is complete."
        ),
        ec2("Your request is being throttled."),
    ),
    "region-not-enabled": (
        "VPC",
        old(
            "You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe.", "OptInRequired"
        ),
        old("In order to use this AWS Marketplace product accept terms and subscribe.", "OptInRequired"),
    ),
    "block-public-access-taken": (
        "VPCBlockPublicAccessOptions",
        handler(
            "Resource of type 'AWS::EC2::VPCBlockPublicAccessOptions' with identifier '111122223333' already exists.",
            "AlreadyExists",
        ),
        handler("VPC Block Public Access is being changed by another request."),
    ),
    "route-taken": (
        "Route",
        ec2("The route identified by 0.0.0.0/0 already exists.", "AlreadyExists"),
        ec2("The route identified by 0.0.0.0/0 does not exist."),
    ),
    "name-taken": (
        "AWS::Logs::LogGroup",
        handler("Resource of type 'AWS::Logs::LogGroup' with identifier '/demo/flow' already exists.", "AlreadyExists"),
        handler("Resource of type 'AWS::Logs::LogGroup' with identifier '/demo/flow' was not found.", "NotFound"),
    ),
    "key-pair-missing": (
        "Instance",
        ec2("The key pair 'ada-laptop' does not exist"),
        ec2("The placement group 'ada-laptop' does not exist"),
    ),
    "image-missing": (
        "Instance",
        ec2("The image id '[ami-0f123456789abcdef]' does not exist"),
        ec2("The snapshot 'snap-0f123456789abcdef' does not exist."),
    ),
    "image-architecture": (
        "Instance",
        ec2(
            "The architecture 'arm64' of the specified instance type does not match the architecture 'x86_64' of "
            f"the specified AMI. {SMALL}"
        ),
        ec2("The architecture of the specified instance type is not supported."),
    ),
    "root-volume-too-small": (
        "Instance",
        ec2("Volume of size 8GB is smaller than snapshot 'snap-0a2a6b21a0c4cda56', expect size >= 30GB"),
        ec2("Volume of size 20000GB is larger than the volume type allows"),
    ),
    "root-device": (
        "Instance",
        old("Invalid device name /dev/sda", "InvalidBlockDeviceMapping"),
        old("Volume of size 8GB is smaller than snapshot 'snap-0a', expect size >= 30GB", "InvalidBlockDeviceMapping"),
    ),
    "instance-profile-not-visible": (
        "Instance",
        ec2(
            "Value (demo-WorkstationInstanceProfile-1) for parameter iamInstanceProfile.name is invalid. "
            "Invalid IAM Instance Profile name"
        ),
        ec2("Value (demo) for parameter placement.groupName is invalid."),
    ),
    "flow-log-role": (
        "FlowLog",
        ec2("Unable to assume given IAM role"),
        ec2("Unable to deliver to the given log destination"),
    ),
    "policy-malformed": (
        "AWS::IAM::ManagedPolicy",
        "Syntax errors in policy. (Service: AmazonIdentityManagement; Status Code: 400; Error Code: "
        "MalformedPolicyDocument; Request ID: 07119c69)",
        "The policy is attached to too many roles.",
    ),
    "subnet-full": (
        "Instance",
        ec2(
            "There are not enough free addresses in subnet 'subnet-12345678' to satisfy the requested number of "
            "instances."
        ),
        ec2("There are not enough instances in the fleet."),
    ),
    "subnet-conflict": (
        "Subnet",
        ec2("The CIDR '10.0.2.0/24' conflicts with another subnet"),
        ec2("The CIDR '10.9.2.0/24' is invalid."),
    ),
    "zone-missing": (
        "Subnet",
        ec2(
            "Value (us-east-1z) for parameter availabilityZone is invalid. Subnets can currently only be created in "
            "the following availability zones: us-east-1a, us-east-1b."
        ),
        ec2("Value (10.0.0.0/8) for parameter cidrBlock is invalid."),
    ),
    "gateway-not-attached": (
        "NatGateway",
        ec2("Network vpc-0a1d60da86c95ac61 has no Internet gateway attached"),
        ec2("Network vpc-0a1d60da86c95ac61 has no IPv6 address block"),
    ),
    "endpoint-not-in-zone": (
        "VPCEndpoint",
        ec2(
            "The VPC endpoint service com.amazonaws.us-east-1.ssm does not support the availability zone of the "
            "subnet: subnet-0b49bdb25117da505."
        ),
        ec2("The VPC endpoint service com.amazonaws.us-east-1.ssm does not support IPv6."),
    ),
    "endpoint-missing": (
        "VPCEndpoint",
        ec2("The Vpc Endpoint Service 'com.amazonaws.us-iso-east-1.ssmmessages' does not exist"),
        ec2("The vpc endpoint 'vpce-1' does not exist"),
    ),
    "endpoint-name-taken": (
        "VPCEndpoint",
        old(f"{DNS} ssm.us-east-1.amazonaws.com in the VPC vpc-02320065bbc98001a", "InvalidParameter"),
        old("private-dns-enabled cannot be set because the VPC does not resolve DNS", "InvalidParameter"),
    ),
    "volume-in-other-zone": (
        "VolumeAttachment",
        ec2(
            "The volume 'vol-0b2c3d4e5f6a78901' is not in the same availability zone as instance 'i-0123456789abcdef0'"
        ),
        ec2("The volume 'vol-0b2c3d4e5f6a78901' does not exist."),
    ),
    "volume-in-use": (
        "VolumeAttachment",
        ec2("vol-0c1d403ac05096dfe is already attached to an instance"),
        ec2("eni-0c1d403ac05096dfe is already attached to an instance"),
    ),
    "device-in-use": (
        "VolumeAttachment",
        ec2("Invalid value '/dev/sdf' for unixDevice. Attachment point /dev/sdf is already in use"),
        ec2("Invalid value 'sdf' for unixDevice. Attachment point sdf is not recognised"),
    ),
    "volume-numbers": (
        "Volume",
        ec2("Iops to volume size ratio of 1200.000000 is too high; maximum is 500"),
        ec2("The volume size is too high"),
    ),
    "key-for-launch": (
        "Instance",
        "Instance i-002063fcc56a1fa19 failed to stabilize. Current state: shutting-down. Reason: "
        "Client.InternalError: Client error on launch",
        "Instance i-002063fcc56a1fa19 failed to stabilize. Current state: shutting-down. Reason: "
        "Server.InsufficientInstanceCapacity: Insufficient capacity",
    ),
    "key-state": (
        "AWS::EC2::Volume",
        handler(
            "arn:aws:kms:us-east-1:111122223333:key/1234abcd is pending deletion. (Service: Kms, Status Code: 400)"
        ),
        handler("The secret demo is pending deletion. (Service: SecretsManager, Status Code: 400)"),
    ),
    "key-for-logs": (
        "AWS::Logs::LogGroup",
        handler(
            "The specified KMS key does not exist or is not allowed to be used with LogGroup "
            "'arn:aws:logs:us-east-1:111122223333:log-group:/demo/flow' "
            "(Service: CloudWatchLogs, Status Code: 400)",
            "AccessDenied",
        ),
        handler("The specified log group does not exist. (Service: CloudWatchLogs, Status Code: 400)"),
    ),
    "security-group-in-use": (
        "SecurityGroup",
        old("resource sg-04eb9b4569cb59608 has a dependent object", "DependencyViolation"),
        old("resource rtb-04eb9b4569cb59608 has dependencies and cannot be deleted", "DependencyViolation"),
    ),
    "public-address-left": (
        "VPCGatewayAttachment",
        ec2(
            "Network vpc-0a1d60da86c95ac61 has some mapped public address(es). Please unmap those public address(es) "
            "before detaching the gateway."
        ),
        ec2("Network vpc-0a1d60da86c95ac61 has some endpoints."),
    ),
    "something-left": (
        "Subnet",
        ec2("The subnet 'subnet-018a56d9f6694def5' has dependencies and cannot be deleted.", "InvalidRequest"),
        old("resource sg-04eb9b4569cb59608 has a dependent object", "DependencyViolation"),
    ),
    "termination-protection": (
        "Instance",
        ec2(
            "The instance 'i-0d5acd04e0ccb548f' may not be terminated. Modify its 'disableApiTermination' instance "
            "attribute and try again."
        ),
        ec2("The instance 'i-0d5acd04e0ccb548f' may not be stopped."),
    ),
    "output-in-use": (
        "AWS::CloudFormation::Stack",
        "Export demo-VpcId cannot be deleted as it is in use by another-stack",
        "Export demo-VpcId is of another region",
    ),
    "throttled": (
        "NatGateway",
        handler("Rate exceeded (Service: Ec2, Status Code: 400)", "Throttling"),
        handler("Size exceeded (Service: Ec2, Status Code: 400)"),
    ),
    "no-signal": (
        "Instance",
        "Failed to receive 1 resource signal(s) within the specified duration",
        "Failed to receive the instance's console output",
    ),
    "took-too-long": (
        "VPCEndpoint",
        handler("Exceeded attempts to wait", "NotStabilized"),
        "Instance i-002063fcc56a1fa19 failed to stabilize. Reason: Client.InternalError: Client error on launch",
    ),
    "aws-fault": (
        "InternetGateway",
        "Internal Failure",
        "Internal gateways are not supported",
    ),
    "template-unreachable": (
        "AWS::CloudFormation::Stack",
        "S3 error: Access Denied For more information check http://docs.aws.amazon.com/AmazonS3/latest/API/",
        "S3 is not a region",
    ),
    "property-refused": (
        "AWS::KMS::Key",
        "Properties validation failed for resource HomeKey with message: #/PendingWindowInDays: 3 is not >= 7",
        "Properties of the resource HomeKey were changed by hand",
    ),
}
"""Cause: the type of the resource (`AWS::EC2::` may be left out), the message, the near miss."""


def full_type(name: str) -> str:
    return name if "::" in name else f"{EC2}{name}"
