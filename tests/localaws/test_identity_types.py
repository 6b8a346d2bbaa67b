"""Roles, policies, profiles, groups, flow logs, log groups, keys and documents, as their templates say."""

# ruff: noqa: FBT003 - `agree` compares values, and some are booleans

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tests.localaws.parts import OTHER_TAGS, TAGS, allow, network, role
from tests.localaws.stack import Template, TemplateStack, get_att, ref, resource, template

Agree = Callable[[str, object, object], None]


def own(tags: list[dict[str, str]], key: str = "Key", value: str = "Value") -> dict[str, str]:
    return {tag[key]: tag[value] for tag in tags if not tag[key].startswith("aws:")}


def code(work: Callable[[], Any]) -> str:
    """The error code that `work` ends in; empty when it does not fail."""
    try:
        work()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""


def described_role(stack: TemplateStack) -> dict[str, Any]:
    iam, name = stack.client("iam"), stack.id("Role")
    shown = iam.get_role(RoleName=name)["Role"]
    return {
        "boundary": shown.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "description": shown.get("Description", ""),
        "attached": [item["PolicyArn"] for item in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]],
        "inline": {
            item: iam.get_role_policy(RoleName=name, PolicyName=item)["PolicyDocument"]
            for item in iam.list_role_policies(RoleName=name)["PolicyNames"]
        },
        "hours": shown["MaxSessionDuration"] // 3600,
        "path": shown["Path"],
        "tags": own(iam.list_role_tags(RoleName=name)["Tags"]),
        "trusts": shown["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"],
    }


def test_a_role_is_what_its_template_says(stack: TemplateStack, agree: Agree) -> None:
    parts = {
        "Role": role(
            PermissionsBoundary=ref("Boundary"),
            ManagedPolicyArns=[ref("Policy")],
            Policies=[{"PolicyName": "inline", "PolicyDocument": allow("s3:GetObject")}],
            Description="first",
            MaxSessionDuration=7200,
            Path="/people/",
            Tags=TAGS,
        ),
        "Boundary": resource("AWS::IAM::ManagedPolicy", {"PolicyDocument": allow("*")}),
        "Policy": resource("AWS::IAM::ManagedPolicy", {"PolicyDocument": allow("ssm:GetParameter")}),
    }
    outputs = {"Arn": {"Value": get_att("Role", "Arn")}}
    stack.create({**template(**parts), "Outputs": outputs})
    shown = described_role(stack)
    agree("Role PermissionsBoundary create", stack.id("Boundary"), shown["boundary"])
    agree("Role ManagedPolicyArns create", [stack.id("Policy")], shown["attached"])
    agree("Role Policies create", {"inline": allow("s3:GetObject")}, shown["inline"])
    agree("Role Description create", "first", shown["description"])
    agree("Role MaxSessionDuration create", 2, shown["hours"])
    agree("Role Path create", "/people/", shown["path"])
    agree("Role Tags create", {"Name": "first"}, shown["tags"])
    agree("Role AssumeRolePolicyDocument create", "ec2.amazonaws.com", shown["trusts"])
    agree("Role Arn", f"arn:aws:iam::123456789012:role/people/{stack.id('Role')}", stack.outputs()["Arn"])

    first = stack.id("Role")
    parts["Role"] = role(
        Policies=[{"PolicyName": "other", "PolicyDocument": allow("s3:*")}], Path="/people/", Tags=OTHER_TAGS
    )
    trust = parts["Role"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    trust["Principal"] = {"Service": "batch.amazonaws.com"}
    stack.update(template(**parts))
    shown = described_role(stack)
    agree("Role update keeps", first, stack.id("Role"))
    agree("Role PermissionsBoundary update", None, shown["boundary"])
    agree("Role ManagedPolicyArns update", [], shown["attached"])
    agree("Role Policies update", {"other": allow("s3:*")}, shown["inline"])
    agree("Role Tags update", {"Owner": "ada"}, shown["tags"])
    agree("Role AssumeRolePolicyDocument update", "batch.amazonaws.com", shown["trusts"])

    parts["Role"]["Properties"]["Path"] = "/"
    stack.update(template(**parts))
    iam, second = stack.client("iam"), stack.id("Role")
    agree("Role Path replace", (False, "/"), (second == first, described_role(stack)["path"]))
    agree("Role replace removes the old one", "NoSuchEntity", code(lambda: iam.get_role(RoleName=first)))
    stack.delete()
    agree("Role delete", "NoSuchEntity", code(lambda: iam.get_role(RoleName=second)))


def test_a_managed_policy_is_what_its_template_says(stack: TemplateStack, agree: Agree) -> None:
    iam = stack.client("iam")

    def body(action: str, **properties: Any) -> Template:
        given = {"PolicyDocument": allow(action), **properties}
        return template(Role=role(), Policy=resource("AWS::IAM::ManagedPolicy", given))

    def document(arn: str) -> dict[str, Any]:
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]

    stack.create(body("s3:GetObject", Description="reads", Roles=[ref("Role")]))
    arn = stack.id("Policy")
    attached = iam.list_attached_role_policies(RoleName=stack.id("Role"))["AttachedPolicies"]
    agree("ManagedPolicy PolicyDocument create", allow("s3:GetObject"), document(arn))
    agree("ManagedPolicy Roles create", [arn], [item["PolicyArn"] for item in attached])
    agree("ManagedPolicy Description create", "reads", iam.get_policy(PolicyArn=arn)["Policy"]["Description"])

    for number in range(6):  # IAM keeps five versions
        stack.update(body(f"s3:Get{number}", Description="reads"))
    agree("ManagedPolicy PolicyDocument update", allow("s3:Get5"), document(arn))
    agree("ManagedPolicy versions", 5, len(iam.list_policy_versions(PolicyArn=arn)["Versions"]))
    attached = iam.list_attached_role_policies(RoleName=stack.id("Role"))["AttachedPolicies"]
    agree("ManagedPolicy Roles update", [], attached)

    stack.update(body("s3:GetObject", Description="another"))
    agree("ManagedPolicy Description replace", False, arn == stack.id("Policy"))
    agree("ManagedPolicy replace removes the old one", "NoSuchEntity", code(lambda: iam.get_policy(PolicyArn=arn)))
    arn = stack.id("Policy")
    stack.delete()
    agree("ManagedPolicy delete", "NoSuchEntity", code(lambda: iam.get_policy(PolicyArn=arn)))


def test_an_instance_profile_is_what_its_template_says(stack: TemplateStack, agree: Agree) -> None:
    iam = stack.client("iam")

    def body(name: str, path: str = "/") -> Template:
        profile = resource("AWS::IAM::InstanceProfile", {"Roles": [ref(name)], "Path": path})
        outputs = {"Arn": {"Value": get_att("Profile", "Arn")}}
        return {**template(Role=role(), Other=role(), Profile=profile), "Outputs": outputs}

    def roles() -> list[str]:
        shown = iam.get_instance_profile(InstanceProfileName=stack.id("Profile"))["InstanceProfile"]
        return [item["RoleName"] for item in shown["Roles"]]

    stack.create(body("Role"))
    first = stack.id("Profile")
    agree("InstanceProfile Roles create", [stack.id("Role")], roles())
    agree("InstanceProfile Arn", f"arn:aws:iam::123456789012:instance-profile/{first}", stack.outputs()["Arn"])
    stack.update(body("Other"))
    agree("InstanceProfile Roles update", [stack.id("Other")], roles())
    stack.update(body("Other", "/people/"))
    agree("InstanceProfile Path replace", False, first == stack.id("Profile"))
    second = stack.id("Profile")
    stack.delete()
    gone = [code(lambda name=name: iam.get_instance_profile(InstanceProfileName=name)) for name in (first, second)]
    agree("InstanceProfile delete", ["NoSuchEntity"] * 2, gone)


HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0", "Description": "https out"}


def rules(stack: TemplateStack, direction: str) -> list[tuple[Any, ...]]:
    """Protocol, ports and peer of each rule."""
    group = stack.client("ec2").describe_security_groups(GroupIds=[stack.id("Tested")])["SecurityGroups"][0]
    return sorted(
        (
            item["IpProtocol"],
            item.get("FromPort"),
            peer.get("CidrIp") or peer.get("PrefixListId") or peer.get("GroupId"),
        )
        for item in group[direction]
        for peers in ("IpRanges", "PrefixListIds", "UserIdGroupPairs")
        for peer in item[peers]
    )


def test_a_security_group_has_exactly_the_rules_of_its_template(stack: TemplateStack, agree: Agree) -> None:
    ec2 = stack.client("ec2")

    def body(description: str = "first", **properties: Any) -> Template:
        given = {"GroupDescription": description, "VpcId": ref("Vpc"), **properties}
        return template(**network(), Tested=resource("AWS::EC2::SecurityGroup", given))

    stack.create(body(Tags=TAGS))
    first = stack.id("Tested")
    agree("SecurityGroup default egress", [("-1", None, "0.0.0.0/0")], rules(stack, "IpPermissionsEgress"))
    agree("SecurityGroup default ingress", [], rules(stack, "IpPermissions"))
    shown = ec2.describe_security_groups(GroupIds=[first])["SecurityGroups"][0]
    agree("SecurityGroup GroupDescription create", "first", shown["Description"])
    agree("SecurityGroup VpcId create", stack.id("Vpc"), shown["VpcId"])
    agree("SecurityGroup Tags create", {"Name": "first"}, own(shown["Tags"]))

    ingress = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "SourceSecurityGroupId": ref("Group")}
    stack.update(body(SecurityGroupEgress=[HTTPS], SecurityGroupIngress=[ingress], Tags=OTHER_TAGS))
    agree("SecurityGroup SecurityGroupEgress update", [("tcp", 443, "0.0.0.0/0")], rules(stack, "IpPermissionsEgress"))
    agree("SecurityGroup SecurityGroupIngress update", [("tcp", 443, stack.id("Group"))], rules(stack, "IpPermissions"))
    shown = ec2.describe_security_groups(GroupIds=[first])["SecurityGroups"][0]
    agree("SecurityGroup Tags update", {"Owner": "ada"}, own(shown["Tags"]))
    told = shown["IpPermissionsEgress"][0]["IpRanges"][0]["Description"]
    agree("SecurityGroup rule Description", "https out", told)

    prefix = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "DestinationPrefixListId": "pl-63a5400a"}
    stack.update(body("second", SecurityGroupEgress=[HTTPS, prefix]))
    agree("SecurityGroup GroupDescription replace", False, first == stack.id("Tested"))
    expected = [("tcp", 443, "0.0.0.0/0"), ("tcp", 443, "pl-63a5400a")]
    agree("SecurityGroup SecurityGroupEgress create", expected, rules(stack, "IpPermissionsEgress"))
    agree("SecurityGroup SecurityGroupIngress replace", [], rules(stack, "IpPermissions"))
    stack.update(body("second", SecurityGroupEgress=[]))
    agree("SecurityGroup empty egress", [], rules(stack, "IpPermissionsEgress"))
    second = stack.id("Tested")
    stack.delete()
    left = ec2.describe_security_groups(Filters=[{"Name": "group-id", "Values": [first, second]}])["SecurityGroups"]
    agree("SecurityGroup delete", [], left)


def test_log_groups_and_flow_logs_are_what_their_template_says(stack: TemplateStack, agree: Agree) -> None:
    ec2, logs = stack.client("ec2"), stack.client("logs")
    parts = {
        "Vpc": network()["Vpc"],
        "Role": role(),
        "Key": resource("AWS::KMS::Key", {"KeyPolicy": allow("kms:*")}),
        "Logs": resource(
            "AWS::Logs::LogGroup", {"RetentionInDays": 30, "KmsKeyId": get_att("Key", "Arn"), "Tags": TAGS}
        ),
        "Flow": resource(
            "AWS::EC2::FlowLog",
            {
                "ResourceId": ref("Vpc"),
                "ResourceType": "VPC",
                "TrafficType": "ALL",
                "LogDestinationType": "cloud-watch-logs",
                "LogGroupName": ref("Logs"),
                "DeliverLogsPermissionArn": get_att("Role", "Arn"),
                "MaxAggregationInterval": 60,
                "Tags": TAGS,
            },
        ),
    }
    outputs = {"Arn": {"Value": get_att("Logs", "Arn")}, "Key": {"Value": get_att("Key", "Arn")}}

    def group() -> dict[str, Any]:
        return logs.describe_log_groups(logGroupNamePrefix=stack.id("Logs"))["logGroups"][0]

    def group_tags() -> dict[str, str]:
        shown = logs.list_tags_for_resource(resourceArn=stack.outputs()["Arn"].removesuffix(":*"))["tags"]
        return {key: value for key, value in shown.items() if not key.startswith("aws:")}

    stack.create({**template(**parts), "Outputs": outputs})
    agree("LogGroup RetentionInDays create", 30, group()["retentionInDays"])
    agree("LogGroup KmsKeyId create", stack.outputs()["Key"], group()["kmsKeyId"])
    agree("LogGroup Tags create", {"Name": "first"}, group_tags())
    agree("LogGroup Arn", group()["arn"], stack.outputs()["Arn"])
    flow = ec2.describe_flow_logs(FlowLogIds=[stack.id("Flow")])["FlowLogs"][0]
    shown = (flow["ResourceId"], flow["TrafficType"], flow["LogGroupName"], flow["MaxAggregationInterval"])
    agree("FlowLog create", (stack.id("Vpc"), "ALL", stack.id("Logs"), 60), shown)
    agree("FlowLog Tags create", {"Name": "first"}, own(flow["Tags"]))

    parts["Logs"]["Properties"] = {"RetentionInDays": 7, "Tags": OTHER_TAGS}
    parts["OtherLogs"] = resource("AWS::Logs::LogGroup")
    parts["Flow"]["Properties"] |= {"TrafficType": "REJECT", "LogGroupName": ref("OtherLogs"), "Tags": OTHER_TAGS}
    stack.update({**template(**parts), "Outputs": outputs})
    agree("LogGroup RetentionInDays update", 7, group()["retentionInDays"])
    agree("LogGroup KmsKeyId update", None, group().get("kmsKeyId"))
    agree("LogGroup Tags update", {"Owner": "ada"}, group_tags())
    flows = ec2.describe_flow_logs(Filters=[{"Name": "resource-id", "Values": [stack.id("Vpc")]}])["FlowLogs"]
    agree(
        "FlowLog TrafficType replace",
        [("REJECT", stack.id("Flow"))],
        [(f["TrafficType"], f["FlowLogId"]) for f in flows],
    )

    first = stack.id("Logs")
    parts["Logs"]["Properties"] |= {"LogGroupName": "/named"}
    stack.update({**template(**parts), "Outputs": outputs})
    agree("LogGroup LogGroupName replace", "/named", stack.id("Logs"))
    parts["Flow"]["Properties"]["Tags"] = TAGS
    stack.update({**template(**parts), "Outputs": outputs})
    flow = ec2.describe_flow_logs(FlowLogIds=[stack.id("Flow")])["FlowLogs"][0]
    agree("FlowLog Tags update", {"Name": "first"}, own(flow["Tags"]))
    stack.delete()
    names = [item["logGroupName"] for item in logs.describe_log_groups()["logGroups"]]
    agree("LogGroup delete", (False, False), (first in names, "/named" in names))


def test_a_key_is_what_its_template_says(stack: TemplateStack, agree: Agree) -> None:
    kms = stack.client("kms")

    def body(**properties: Any) -> Template:
        return template(Key=resource("AWS::KMS::Key", properties))

    def shown() -> dict[str, Any]:
        key = stack.id("Key")
        return {
            "rotates": kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"],
            "policy": json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]),
            "description": kms.describe_key(KeyId=key)["KeyMetadata"]["Description"],
            "tags": own(kms.list_resource_tags(KeyId=key)["Tags"], "TagKey", "TagValue"),
        }

    stack.create(body(EnableKeyRotation=True, KeyPolicy=allow("kms:*"), Description="first", Tags=TAGS))
    key = stack.id("Key")
    expected = {"rotates": True, "policy": allow("kms:*"), "description": "first", "tags": {"Name": "first"}}
    agree("Key create", expected, shown())
    stack.update(body(EnableKeyRotation=False, KeyPolicy=allow("kms:Encrypt"), Description="second", Tags=OTHER_TAGS))
    expected = {"rotates": False, "policy": allow("kms:Encrypt"), "description": "second", "tags": {"Owner": "ada"}}
    agree("Key update", (key, expected), (stack.id("Key"), shown()))
    agree(
        "Key KeySpec is refused",
        "UPDATE_ROLLBACK_COMPLETE",
        stack.update(body(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")),
    )
    stack.delete()
    agree("Key delete", "PendingDeletion", kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"])


def test_a_session_document_is_what_its_template_says(stack: TemplateStack, agree: Agree) -> None:
    ssm = stack.client("ssm")

    def body(text: str, **properties: Any) -> Template:
        content = {"schemaVersion": "1.0", "description": text, "sessionType": "Standard_Stream", "inputs": {}}
        given = {"DocumentType": "Session", "DocumentFormat": "JSON", "Content": content, **properties}
        return template(Document=resource("AWS::SSM::Document", given))

    def shown() -> str:
        return json.loads(ssm.get_document(Name=stack.id("Document"))["Content"])["description"]

    stack.create(body("first", UpdateMethod="NewVersion", Tags=TAGS))
    first = stack.id("Document")
    described = ssm.describe_document(Name=first)["Document"]
    agree("Document Content create", "first", shown())
    agree("Document DocumentType create", "Session", described["DocumentType"])
    tags = ssm.list_tags_for_resource(ResourceType="Document", ResourceId=first)["TagList"]
    agree("Document Tags create", {"Name": "first"}, own(tags))
    stack.update(body("second", UpdateMethod="NewVersion", Tags=OTHER_TAGS))
    agree("Document Content update", (first, "second"), (stack.id("Document"), shown()))
    tags = ssm.list_tags_for_resource(ResourceType="Document", ResourceId=first)["TagList"]
    agree("Document Tags update", {"Owner": "ada"}, own(tags))
    stack.update(body("third", UpdateMethod="Replace"))
    agree("Document Content replace", (False, "third"), (first == stack.id("Document"), shown()))
    second = stack.id("Document")
    stack.delete()
    gone = [code(lambda name=name: ssm.describe_document(Name=name)) for name in (first, second)]
    agree("Document delete", ["InvalidDocument"] * 2, gone)
