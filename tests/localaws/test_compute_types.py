"""Launch templates, instances, volumes and attachments, as their templates say."""

# ruff: noqa: FBT003 - `agree` compares values, and some are booleans

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from tests.localaws.parts import OTHER_TAGS, TAGS, machine, network, role, volume
from tests.localaws.stack import Template, TemplateStack, get_att, ref, resource, template

Agree = Callable[[str, object, object], None]


def instance(stack: TemplateStack) -> dict[str, Any]:
    shown = stack.client("ec2").describe_instances(InstanceIds=[stack.id("Instance")])
    return shown["Reservations"][0]["Instances"][0]


def own(described: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in described.get("Tags", ()) if not tag["Key"].startswith("aws:")}


def attribute(stack: TemplateStack, name: str) -> Any:
    shown = stack.client("ec2").describe_instance_attribute(InstanceId=stack.id("Instance"), Attribute=name)
    return next(value for key, value in shown.items() if key.lower() == name.lower())["Value"]


def test_an_instance_is_what_its_template_says(stack: TemplateStack, agree: Agree, image_id: str) -> None:
    ec2 = stack.client("ec2")
    outputs = {
        "Zone": {"Value": get_att("Instance", "AvailabilityZone")},
        "Ip": {"Value": get_att("Instance", "PrivateIp")},
    }
    stack.create({**template(**machine(image_id)), "Outputs": outputs})
    shown = instance(stack)
    metadata = shown["MetadataOptions"]
    agree("Instance IMDSv2 through the launch template", "required", metadata["HttpTokens"])
    agree("Instance hop limit through the launch template", 1, metadata["HttpPutResponseHopLimit"])
    agree("Instance metadata tags through the launch template", "enabled", metadata["InstanceMetadataTags"])
    agree("Instance ImageId create", image_id, shown["ImageId"])
    agree("Instance InstanceType create", "m7i.xlarge", shown["InstanceType"])
    agree("Instance SubnetId create", stack.id("Private"), shown["SubnetId"])
    agree("Instance GroupSet create", [stack.id("Group")], [item["GroupId"] for item in shown["SecurityGroups"]])
    agree("Instance AssociatePublicIpAddress create", None, shown.get("PublicIpAddress"))
    agree("Instance IamInstanceProfile create", True, shown["IamInstanceProfile"]["Arn"].endswith(stack.id("Profile")))
    agree("Instance Monitoring create", "disabled", shown["Monitoring"]["State"])
    agree("Instance EbsOptimized create", True, shown["EbsOptimized"])
    agree("Instance without a key", None, shown.get("KeyName"))
    agree("Instance Tags create", {"Name": "first"}, own(shown))
    agree("Instance shutdown behaviour", "stop", attribute(stack, "instanceInitiatedShutdownBehavior"))
    user_data = base64.b64decode(attribute(stack, "userData")).decode()
    agree("Instance UserData create", "#!/bin/bash\necho ready\n", user_data)
    agree("Instance GetAtt AvailabilityZone", shown["Placement"]["AvailabilityZone"], stack.outputs()["Zone"])
    agree("Instance GetAtt PrivateIp", shown["PrivateIpAddress"], stack.outputs()["Ip"])
    devices = {item["DeviceName"]: item["Ebs"] for item in shown["BlockDeviceMappings"]}
    agree("Instance BlockDeviceMappings create", ["/dev/xvda"], list(devices))
    agree("Instance DeleteOnTermination create", True, devices["/dev/xvda"]["DeleteOnTermination"])
    root = ec2.describe_volumes(VolumeIds=[devices["/dev/xvda"]["VolumeId"]])["Volumes"][0]
    held = (root["Size"], root["VolumeType"], root["Encrypted"], root["Iops"], root["Throughput"])
    agree("Instance root volume create", (30, "gp3", True, 3000, 125), held)
    agree("Instance PropagateTagsToVolumeOnCreation", {"Name": "first"}, own(root))
    interfaces = [item["NetworkInterfaceId"] for item in shown["NetworkInterfaces"]]
    stack.delete()
    gone = ec2.describe_instances(InstanceIds=[shown["InstanceId"]])["Reservations"][0]["Instances"][0]
    agree("Instance delete", "terminated", gone["State"]["Name"])
    left = ec2.describe_network_interfaces(Filters=[{"Name": "network-interface-id", "Values": interfaces}])
    agree("Instance delete removes its interface", [], left["NetworkInterfaces"])
    left = ec2.describe_volumes(Filters=[{"Name": "volume-id", "Values": [root["VolumeId"]]}])
    agree("Instance delete removes its root volume", [], left["Volumes"])


def test_an_instance_changes_in_place_where_aws_does(stack: TemplateStack, agree: Agree, image_id: str) -> None:
    stack.create(template(**machine(image_id)))
    first = stack.id("Instance")
    parts = {
        **machine(
            image_id,
            InstanceType="m7i.2xlarge",
            UserData={"Fn::Base64": "#!/bin/bash\necho changed\n"},
            Monitoring=True,
            DisableApiTermination=True,
            IamInstanceProfile=ref("OtherProfile"),
            InstanceInitiatedShutdownBehavior="terminate",
            EbsOptimized=False,
            Tags=OTHER_TAGS,
        ),
        "OtherRole": role(),
        "OtherProfile": resource("AWS::IAM::InstanceProfile", {"Roles": [ref("OtherRole")]}),
    }
    stack.update(template(**parts))
    shown = instance(stack)
    agree("Instance update keeps", first, stack.id("Instance"))
    agree("Instance still runs", "running", shown["State"]["Name"])
    agree("Instance InstanceType update", "m7i.2xlarge", shown["InstanceType"])
    user_data = base64.b64decode(attribute(stack, "userData")).decode()
    agree("Instance UserData update", "#!/bin/bash\necho changed\n", user_data)
    agree("Instance Monitoring update", "enabled", shown["Monitoring"]["State"])
    agree("Instance DisableApiTermination update", True, attribute(stack, "disableApiTermination"))
    profile = shown["IamInstanceProfile"]["Arn"]
    agree("Instance IamInstanceProfile update", True, profile.endswith(stack.id("OtherProfile")))
    agree("Instance shutdown behaviour update", "terminate", attribute(stack, "instanceInitiatedShutdownBehavior"))
    agree("Instance EbsOptimized update", False, shown["EbsOptimized"])
    agree("Instance Tags update", {"Owner": "ada"}, own(shown))
    parts["Instance"]["Properties"]["DisableApiTermination"] = False
    stack.update(template(**parts))
    agree("Instance DisableApiTermination back", False, attribute(stack, "disableApiTermination"))


UBUNTU = "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id"


@pytest.mark.parametrize("name", ["ImageId", "KeyName", "NetworkInterfaces", "BlockDeviceMappings", "LaunchTemplate"])
def test_an_instance_is_replaced_where_aws_does(stack: TemplateStack, agree: Agree, image_id: str, name: str) -> None:
    ec2 = stack.client("ec2")
    other_image = stack.client("ssm").get_parameter(Name=UBUNTU)["Parameter"]["Value"]
    if name == "KeyName":
        ec2.create_key_pair(KeyName=stack.name)
    stack.create(template(**machine(image_id)))
    first, before = stack.id("Instance"), machine(image_id)["Instance"]["Properties"]
    ebs = {"VolumeType": "gp3", "VolumeSize": 40, "Encrypted": True}
    changed = {
        "ImageId": other_image,
        "KeyName": stack.name,
        "NetworkInterfaces": [{**before["NetworkInterfaces"][0], "SubnetId": ref("Public")}],
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": ebs}],
        "LaunchTemplate": {"LaunchTemplateId": ref("OtherTemplate"), "Version": "1"},
    }
    parts = machine(image_id, **{name: changed[name]})
    parts["OtherTemplate"] = parts["LaunchTemplate"]
    stack.update(template(**parts))
    shown = instance(stack)
    agree(f"Instance {name} replace", False, first == shown["InstanceId"])
    volume_id = shown["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    held = {
        "ImageId": shown["ImageId"] == other_image,
        "KeyName": shown.get("KeyName") == stack.name,
        "NetworkInterfaces": shown["SubnetId"] == stack.id("Public"),
        "BlockDeviceMappings": ec2.describe_volumes(VolumeIds=[volume_id])["Volumes"][0]["Size"] == 40,
        "LaunchTemplate": {"Key": "aws:ec2launchtemplate:id", "Value": stack.id("OtherTemplate")} in shown["Tags"],
    }
    agree(f"Instance {name} replaced value", True, held[name])
    gone = ec2.describe_instances(InstanceIds=[first])["Reservations"][0]["Instances"][0]
    agree(f"Instance {name} replace removes the old one", "terminated", gone["State"]["Name"])


def test_a_launch_template_is_what_its_template_says(stack: TemplateStack, agree: Agree) -> None:
    ec2 = stack.client("ec2")

    def body(tokens: str, **properties: Any) -> Template:
        data = {"MetadataOptions": {"HttpTokens": tokens, "HttpEndpoint": "enabled"}}
        given = {"LaunchTemplateData": data, **properties}
        outputs = {"Version": {"Value": get_att("LaunchTemplate", "LatestVersionNumber")}}
        return {**template(LaunchTemplate=resource("AWS::EC2::LaunchTemplate", given)), "Outputs": outputs}

    def data(version: str) -> dict[str, Any]:
        shown = ec2.describe_launch_template_versions(LaunchTemplateId=stack.id("LaunchTemplate"), Versions=[version])
        return shown["LaunchTemplateVersions"][0]["LaunchTemplateData"]["MetadataOptions"]["HttpTokens"]

    tags = [{"ResourceType": "launch-template", "Tags": TAGS}]
    stack.create(body("required", TagSpecifications=tags))
    first = stack.id("LaunchTemplate")
    agree("LaunchTemplate LaunchTemplateData create", "required", data("1"))
    shown = ec2.describe_launch_templates(LaunchTemplateIds=[first])["LaunchTemplates"][0]
    agree("LaunchTemplate TagSpecifications create", {"Name": "first"}, own(shown))
    agree("LaunchTemplate LatestVersionNumber", "1", stack.outputs()["Version"])
    stack.update(body("optional", TagSpecifications=tags))
    agree("LaunchTemplate LaunchTemplateData update", (first, "optional"), (stack.id("LaunchTemplate"), data("2")))
    agree("LaunchTemplate keeps version 1", "required", data("1"))
    agree("LaunchTemplate LatestVersionNumber update", "2", stack.outputs()["Version"])
    stack.update(body("optional", LaunchTemplateName=f"{stack.name}-named"))
    agree("LaunchTemplate LaunchTemplateName replace", False, first == stack.id("LaunchTemplate"))
    second = stack.id("LaunchTemplate")
    stack.delete()
    left = {item["LaunchTemplateId"] for item in ec2.describe_launch_templates()["LaunchTemplates"]}
    agree("LaunchTemplate delete", set(), left & {first, second})


def volumes(stack: TemplateStack, volume_id: str) -> list[dict[str, Any]]:
    return stack.client("ec2").describe_volumes(Filters=[{"Name": "volume-id", "Values": [volume_id]}])["Volumes"]


def test_a_volume_is_what_its_template_says(stack: TemplateStack, agree: Agree) -> None:
    key = resource("AWS::KMS::Key", {"KeyPolicy": {"Version": "2012-10-17", "Statement": []}})
    parts = {**network(), "Key": key, "Home": volume(Encrypted=True, KmsKeyId=get_att("Key", "Arn"), Tags=TAGS)}
    outputs = {"Key": {"Value": get_att("Key", "Arn")}, "Zone": {"Value": get_att("Private", "AvailabilityZone")}}
    stack.create({**template(**parts), "Outputs": outputs})
    home = stack.id("Home")
    shown = volumes(stack, home)[0]
    agree("Volume Size create", 100, shown["Size"])
    agree("Volume VolumeType create", "gp3", shown["VolumeType"])
    agree("Volume default Iops and Throughput", (3000, 125), (shown["Iops"], shown["Throughput"]))
    agree("Volume Encrypted create", True, shown["Encrypted"])
    agree("Volume KmsKeyId create", stack.outputs()["Key"], shown["KmsKeyId"])
    agree("Volume AvailabilityZone create", stack.outputs()["Zone"], shown["AvailabilityZone"])
    agree("Volume Tags create", {"Name": "first"}, own(shown))

    parts["Home"]["Properties"] |= {"Size": 200, "Iops": 4000, "Throughput": 250, "Tags": OTHER_TAGS}
    stack.update({**template(**parts), "Outputs": outputs})
    shown = volumes(stack, home)[0]
    held = (shown["Size"], shown["Iops"], shown["Throughput"])
    agree("Volume Size, Iops, Throughput update", (home, 200, 4000, 250), (stack.id("Home"), *held))
    agree("Volume Tags update", {"Owner": "ada"}, own(shown))

    for name, value in (("Size", 50), ("AvailabilityZone", "us-east-1f"), ("Encrypted", False)):
        before = parts["Home"]["Properties"]
        changed = {**parts, "Home": {**parts["Home"], "Properties": {**before, name: value}}}
        if name == "Encrypted":
            del changed["Home"]["Properties"]["KmsKeyId"]
        status = stack.update({**template(**changed), "Outputs": outputs})
        agree(f"Volume {name} is refused", "UPDATE_ROLLBACK_COMPLETE", status)
        agree(f"Volume {name} is as before", shown, volumes(stack, home)[0])
    stack.delete()
    agree("Volume delete", [], volumes(stack, home))


def test_an_attachment_is_what_its_template_says(stack: TemplateStack, agree: Agree, image_id: str) -> None:
    attachment = {"InstanceId": ref("Instance"), "VolumeId": ref("Home"), "Device": "/dev/sdf"}
    parts = {**machine(image_id), "Home": volume(), "Attachment": resource("AWS::EC2::VolumeAttachment", attachment)}
    gateway = parts.pop("Attachment")
    parts["HomeAttachment"] = gateway
    stack.create(template(**parts))
    home = stack.id("Home")

    def shown() -> list[tuple[str, str]]:
        return [(item["InstanceId"], item["Device"]) for item in volumes(stack, home)[0]["Attachments"]]

    agree("VolumeAttachment create", [(stack.id("Instance"), "/dev/sdf")], shown())
    mapped = [item["DeviceName"] for item in instance(stack)["BlockDeviceMappings"]]
    agree("VolumeAttachment shows on the instance", ["/dev/xvda", "/dev/sdf"], mapped)
    parts["HomeAttachment"]["Properties"]["Device"] = "/dev/sdg"
    status = stack.update(template(**parts))
    agree("VolumeAttachment replace fails while attached, as on AWS", "UPDATE_ROLLBACK_COMPLETE", status)
    agree("VolumeAttachment is as before", [(stack.id("Instance"), "/dev/sdf")], shown())
    del parts["HomeAttachment"]
    stack.update(template(**parts))
    agree("VolumeAttachment delete", [], shown())


@pytest.mark.parametrize(
    ("policy", "volumes_left", "snapshots_left"),
    [("Snapshot", 0, 1), ("Retain", 1, 0), ("RetainExceptOnCreate", 1, 0), ("Delete", 0, 0)],
)
def test_a_deleted_stack_leaves_what_its_deletion_policy_says(
    stack: TemplateStack, agree: Agree, policy: str, volumes_left: int, snapshots_left: int
) -> None:
    home = volume(AvailabilityZone="us-east-1a", Tags=TAGS)
    stack.create(template(Home={**home, "DeletionPolicy": policy}))
    volume_id = stack.id("Home")
    stack.delete()
    snapshots = stack.client("ec2").describe_snapshots(OwnerIds=["self"])["Snapshots"]
    kept = [item for item in snapshots if item["VolumeId"] == volume_id]
    agree(f"Volume {policy}", (volumes_left, snapshots_left), (len(volumes(stack, volume_id)), len(kept)))
    agree(f"Volume {policy} tags the snapshot", [{"Name": "first"}] * snapshots_left, [own(item) for item in kept])
