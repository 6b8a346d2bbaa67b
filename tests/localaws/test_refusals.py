"""What AWS refuses is refused here: bad templates before anything is made, bad calls as EC2 words them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.localaws.parts import machine, network, volume
from tests.localaws.stack import Template, TemplateStack, get_att, ref, resource, template
from tests.localaws.test_stack_operations import refused

VPC = network()["Vpc"]
CIRCLE = template(
    A=resource("AWS::Logs::LogGroup", {"LogGroupName": ref("B")}),
    B=resource("AWS::Logs::LogGroup", {"LogGroupName": ref("A")}),
)


def parameter(**declaration: Any) -> Template:
    return {"Parameters": {"P": declaration}, **template(Vpc=VPC)}


@pytest.mark.parametrize(
    ("body", "parameters", "message"),
    [
        (template(X=resource("AWS::Foo::Bar")), {}, "Unrecognized resource types: [AWS::Foo::Bar]"),
        (template(X=resource("AWS::SNS::Topic")), {}, "does not support the resource types: [AWS::SNS::Topic]"),
        (
            template(Vpc=resource("AWS::EC2::VPC", {"CidrBlok": "10.0.0.0/16"})),
            {},
            "Properties validation failed for resource Vpc with message: #: extraneous key [CidrBlok] is not permitted",
        ),
        (
            template(Vpc=resource("AWS::EC2::VPC", {"Tags": [{"Key": "a", "Value": "b", "Other": "c"}]})),
            {},
            "#/Tags/0: extraneous key [Other] is not permitted",
        ),
        (template(Vpc=resource("AWS::EC2::VPC", {"VpcId": "vpc-1"})), {}, "#: extraneous key [VpcId] is not permitted"),
        (
            template(Vpc=resource("AWS::EC2::VPC", {"VpcEncryptionControl": {"Mode": "monitor"}})),
            {},
            "The local AWS does not support the property VpcEncryptionControl of AWS::EC2::VPC (Vpc)",
        ),
        (template(X=resource("AWS::EC2::Subnet")), {}, "#: required key [VpcId] not found"),
        (
            template(Vpc=resource("AWS::EC2::VPC", {"EnableDnsSupport": "maybe"})),
            {},
            "#/EnableDnsSupport: expected type: Boolean, found: str",
        ),
        (
            {**template(Vpc=VPC), "Outputs": {"X": {"Value": get_att("Vpc", "Arn")}}},
            {},
            "Template error: resource Vpc does not support attribute type Arn in Fn::GetAtt",
        ),
        (template(Vpc={**VPC, "DeletionPolicy": "Snapshot"}), {}, "does not support deletion policy Snapshot"),
        (template(Vpc={**VPC, "DeletionPolicy": "Keep"}), {}, "DeletionPolicy Keep of resource Vpc is none of"),
        (
            CIRCLE,
            {},
            "Circular dependency between resources: [A, B]",
        ),
        (
            template(Vpc=resource("AWS::EC2::VPC", {"CidrBlock": ref("No")})),
            {},
            "Unresolved resource dependencies [No]",
        ),
        (template(Vpc=resource("AWS::EC2::VPC", {"CidrBlock": {"Fn::Nope": 1}})), {}, "Fn::Nope is no function"),
        (
            template(Vpc=resource("AWS::EC2::VPC", {"CidrBlock": "{{resolve:ssm:/x}}"})),
            {},
            "The local AWS does not support dynamic references",
        ),
        (parameter(Type="String", AllowedValues=["a"]), {"P": "b"}, "Parameter 'P' must be one of AllowedValues"),
        (parameter(Type="String", AllowedPattern="[a-z]+"), {"P": "B"}, "Parameter 'P' must match pattern [a-z]+"),
        (parameter(Type="Number", MinValue=10), {"P": "9"}, "Parameter 'P' must be a number not less than 10"),
        (parameter(Type="String"), {}, "Parameters: [P] must have values"),
        (parameter(Type="String", Default="x"), {"Q": "1"}, "Parameters: [Q] do not exist in the template"),
        (
            parameter(Type="AWS::EC2::Image::Id"),
            {"P": "ami-0123456789abcdef0"},
            "parameter value ami-0123456789abcdef0 for parameter name P does not exist",
        ),
        (
            parameter(Type="AWS::EC2::Subnet::Id"),
            {"P": "subnet-0123456789abcdef0"},
            "parameter value subnet-0123456789abcdef0 for parameter name P does not exist",
        ),
        (
            parameter(Type="AWS::EC2::KeyPair::KeyName"),
            {"P": "nobody"},
            "parameter value nobody for parameter name P does not exist",
        ),
    ],
)
def test_a_bad_template_is_refused_before_anything_is_made(
    stack: TemplateStack, body: Template, parameters: dict[str, str], message: str
) -> None:
    code, told = refused(lambda: stack.create(body, parameters))

    assert code == "ValidationError"
    assert message in told
    assert stack.name not in [item["StackName"] for item in stack.cloudformation.describe_stacks()["Stacks"]]


@pytest.mark.parametrize("name", ["1stack", "a_b", "a b", "x" * 129, "$(id)"])
def test_an_illegal_stack_name_is_refused(stack: TemplateStack, name: str) -> None:
    code, told = refused(lambda: stack.cloudformation.create_stack(StackName=name, TemplateBody='{"Resources": {}}'))

    assert code == "ValidationError"
    assert "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*" in told


def first_failure(stack: TemplateStack) -> str:
    return next(reason for _, status, reason in stack.events() if status.endswith("_FAILED"))


def nat_without_gateway(_image_id: str) -> Template:
    parts = network()
    nat = resource(
        "AWS::EC2::NatGateway", {"SubnetId": ref("Public"), "AllocationId": get_att("Address", "AllocationId")}
    )
    return {"Vpc": parts["Vpc"], "Public": parts["Public"], "Address": resource("AWS::EC2::EIP"), "Nat": nat}


def volume_elsewhere(image_id: str) -> Template:
    attachment = {"InstanceId": ref("Instance"), "VolumeId": ref("Home"), "Device": "/dev/sdf"}
    home = volume(AvailabilityZone="us-east-1f")
    return {**machine(image_id), "Home": home, "HomeAttachment": resource("AWS::EC2::VolumeAttachment", attachment)}


def endpoint(service: str, vpc: dict[str, Any] | None = None) -> Callable[[str], Template]:
    def body(_image_id: str) -> Template:
        properties = {
            "VpcId": ref("Vpc"),
            "ServiceName": {"Fn::Sub": f"com.amazonaws.${{AWS::Region}}.{service}"},
            "VpcEndpointType": "Interface",
            "PrivateDnsEnabled": True,
        }
        made = resource("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16", "EnableDnsHostnames": True, **(vpc or {})})
        return {"Vpc": made, "Endpoint": resource("AWS::EC2::VPCEndpoint", properties)}

    return body


def only(kind: Callable[[], Template]) -> Callable[[str], Template]:
    return lambda _image_id: {"Home": kind()}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (volume_elsewhere, "InvalidVolume.ZoneMismatch"),
        (nat_without_gateway, "Gateway.NotAttached"),
        (lambda image: machine(image, InstanceType="m9z.huge"), "InvalidInstanceType"),
        (lambda image: machine(image, InstanceType="m7g.xlarge"), "does not match the architecture"),
        (lambda image: machine(image, KeyName="nobody"), "InvalidKeyPair.NotFound"),
        (lambda _image: machine("ami-0123456789abcdef0"), "InvalidAMIID.NotFound"),
        (lambda image: machine(image, IamInstanceProfile="nobody"), "NoSuchEntity"),
        (endpoint("nothing"), "InvalidServiceName"),
        (endpoint("ssm", {"EnableDnsHostnames": False}), "Enabling private DNS requires both"),
        (only(lambda: volume(AvailabilityZone="us-east-1a", Iops=2000)), "outside 3000 to 80000"),
        (only(lambda: volume(AvailabilityZone="us-east-1a", Size=10, Iops=6000)), "Iops to volume size ratio"),
        (only(lambda: volume(AvailabilityZone="us-east-1a", Throughput=800)), "Throughput (MiBps) to iops ratio"),
        (only(lambda: volume(AvailabilityZone="us-east-1a", Encrypted=True, KmsKeyId="no-key")), "does not exist"),
        (only(lambda: volume(AvailabilityZone="us-east-1z")), "InvalidZone"),
    ],
)
def test_what_aws_refuses_fails_the_create_and_leaves_nothing(
    stack: TemplateStack, image_id: str, body: Callable[[str], Template], code: str
) -> None:
    assert stack.create(template(**body(image_id))) == "ROLLBACK_COMPLETE"
    assert code in first_failure(stack)


def test_a_network_in_use_is_not_deleted(stack: TemplateStack, image_id: str) -> None:
    ec2 = stack.client("ec2")
    stack.create(template(**machine(image_id)))
    calls = {
        "subnet": lambda: ec2.delete_subnet(SubnetId=stack.id("Private")),
        "vpc": lambda: ec2.delete_vpc(VpcId=stack.id("Vpc")),
        "group": lambda: ec2.delete_security_group(GroupId=stack.id("Group")),
    }

    assert {name: refused(call)[0] for name, call in calls.items()} == dict.fromkeys(calls, "DependencyViolation")


def test_a_gateway_that_a_nat_gateway_needs_is_not_detached(stack: TemplateStack) -> None:
    ec2 = stack.client("ec2")
    address = resource("AWS::EC2::EIP", DependsOn="Attachment")
    nat = {"AllocationId": get_att("Address", "AllocationId"), "SubnetId": ref("Public")}
    stack.create(template(**network(), Address=address, Nat=resource("AWS::EC2::NatGateway", nat)))
    arguments = {"InternetGatewayId": stack.id("Gateway"), "VpcId": stack.id("Vpc")}

    assert refused(lambda: ec2.detach_internet_gateway(**arguments))[0] == "DependencyViolation"


def test_a_call_that_moto_lacks_is_an_error_that_says_so(stack: TemplateStack) -> None:
    code, message = refused(lambda: stack.client("ec2").monitor_instances(InstanceIds=["i-0123456789abcdef0"]))

    assert code == "InvalidAction"
    assert message.startswith("The local AWS cannot do ec2:MonitorInstances")
