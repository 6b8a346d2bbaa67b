"""Security groups with exactly the template's rules, and flow logs."""

from __future__ import annotations

from typing import Any

from localaws.handlers.base import Handler, HandlerError, Job, Made, Old, ignore, retag_ec2, tags_only

ALLOW_ALL = ({"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"},)
"""The egress that AWS gives a group whose template names none."""


def create_security_group(job: Job) -> Made:
    ec2 = job.client("ec2")
    arguments = {
        "GroupName": job.get("GroupName") or job.generated_name(255),
        "Description": job.get("GroupDescription"),
    }
    answer = ec2.create_security_group(
        **arguments, **job.only("VpcId"), TagSpecifications=job.tag_specifications("security-group")
    )
    job.identify(answer["GroupId"])
    _apply_rules(job, answer["GroupId"])
    return Made(answer["GroupId"], {"GroupId": answer["GroupId"], "Id": answer["GroupId"], "VpcId": job.get("VpcId")})


def update_security_group(job: Job, old: Old) -> Made:
    _apply_rules(job, old.physical_id)
    retag_ec2(job, old)
    return old.made


def delete_security_group(job: Job, group_id: str) -> None:
    ignore(["InvalidGroup.NotFound"], lambda: job.client("ec2").delete_security_group(GroupId=group_id))


def _apply_rules(job: Job, group_id: str) -> None:
    """Make the group's rules what the template says: revoke what is there and not wanted, allow what is missing."""
    ec2 = job.client("ec2")
    group = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]
    directions = (
        ("IpPermissionsEgress", "SecurityGroupEgress", ALLOW_ALL, "egress"),
        ("IpPermissions", "SecurityGroupIngress", (), "ingress"),
    )
    for described, name, default, direction in directions:
        present = [one for permission in group[described] for one in single_peers(permission)]
        wanted = [permission_of(rule) for rule in job.get(name, default)]
        for permission in present:
            if permission not in wanted:
                getattr(ec2, f"revoke_security_group_{direction}")(GroupId=group_id, IpPermissions=[permission])
        for permission in wanted:
            if permission not in present:
                getattr(ec2, f"authorize_security_group_{direction}")(GroupId=group_id, IpPermissions=[permission])


PEERS = {
    "CidrIp": ("IpRanges", "CidrIp"),
    "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "DestinationPrefixListId": ("PrefixListIds", "PrefixListId"),
    "DestinationSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    "SourcePrefixListId": ("PrefixListIds", "PrefixListId"),
    "SourceSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
}
"""A rule's peer in a template, and where the API keeps it."""


def permission_of(rule: dict[str, Any]) -> dict[str, Any]:
    """A template's rule as the API's permission."""
    name = next((name for name in PEERS if name in rule), None)
    if name is None:
        raise HandlerError(f"A security group rule needs one of {', '.join(PEERS)}")
    plural, singular = PEERS[name]
    peer = {singular: rule[name]}
    if "Description" in rule:
        peer["Description"] = rule["Description"]
    permission = {"IpProtocol": str(rule["IpProtocol"]), plural: [peer]}
    if permission["IpProtocol"] != "-1":
        permission |= {"FromPort": rule.get("FromPort", -1), "ToPort": rule.get("ToPort", -1)}
    return permission


def single_peers(permission: dict[str, Any]) -> list[dict[str, Any]]:
    """A described permission as one permission for each peer."""
    base = {key: permission[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in permission}
    singles = []
    for plural, singular in dict.fromkeys(PEERS.values()):
        for peer in permission.get(plural, ()):
            kept = {key: peer[key] for key in (singular, "Description") if peer.get(key)}
            singles.append({**base, plural: [kept]})
    return singles


# -- Flow log --------------------------------------------------------------------------------------------------


def create_flow_log(job: Job) -> Made:
    names = ("DeliverLogsPermissionArn", "LogDestination", "LogDestinationType", "LogFormat", "LogGroupName")
    arguments = {
        **job.only(*names, "MaxAggregationInterval", "ResourceType", "TrafficType"),
        "ResourceIds": [job.get("ResourceId")],
        "TagSpecifications": job.tag_specifications("vpc-flow-log"),
    }
    answer = job.client("ec2").create_flow_logs(**arguments)
    if answer.get("Unsuccessful"):
        raise HandlerError(answer["Unsuccessful"][0]["Error"]["Message"])
    return Made(answer["FlowLogIds"][0], {"Id": answer["FlowLogIds"][0]})


def delete_flow_log(job: Job, flow_log_id: str) -> None:
    ignore(["InvalidFlowLogId.NotFound"], lambda: job.client("ec2").delete_flow_logs(FlowLogIds=[flow_log_id]))


HANDLERS = {
    "AWS::EC2::SecurityGroup": Handler(
        create=create_security_group,
        update=update_security_group,
        delete=delete_security_group,
        properties=("GroupDescription", "GroupName", "SecurityGroupEgress", "SecurityGroupIngress", "Tags", "VpcId"),
        attributes=("GroupId", "Id", "VpcId"),
        name_property="GroupName",
    ),
    "AWS::EC2::FlowLog": Handler(
        create=create_flow_log,
        update=tags_only,
        delete=delete_flow_log,
        properties=(
            "DeliverLogsPermissionArn",
            "LogDestination",
            "LogDestinationType",
            "LogFormat",
            "LogGroupName",
            "MaxAggregationInterval",
            "ResourceId",
            "ResourceType",
            "Tags",
            "TrafficType",
        ),
        attributes=("Id",),
    ),
}
