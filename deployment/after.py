"""What is done once the stacks stand: our VPC's default security group is emptied, and the machines are waited for."""

from __future__ import annotations

from typing import Any

from cloud.errors import CloudError, denied
from cloud.session import Cloud, wait_until
from deployment.execute import Outcome, Tools
from deployment.findings import Stopped
from generator.contract import WorkstationOutput

ONLINE_SECONDS = 600
"""From start to an answering agent an instance takes one to three minutes; a first boot with updates more."""
POLL_SECONDS = 5
NEEDED = (
    "ask for ec2:DescribeSecurityGroups, ec2:RevokeSecurityGroupIngress and ec2:RevokeSecurityGroupEgress, then deploy "
    "again; or have somebody remove its rules by hand"
)


def close_default_group(tools: Tools, vpc: str) -> None:
    """Empty the default security group of a VPC that we made, and say what came of it.

    Without the permission the deploy goes on: no machine of ours is in that group. Raises `CloudError`, `Stopped`.
    """
    try:
        emptied = empty_default_group(tools.cloud, vpc)
    except CloudError as error:
        if not denied(error):
            raise
        tools.talk.say(f"warning: the default security group of {vpc} was not emptied: {error.cause}; {NEEDED}")
        return
    if emptied:
        tools.talk.say("the VPC's default security group: emptied")


def empty_default_group(cloud: Cloud, vpc: str) -> bool:
    """Remove every rule of the VPC's default security group, which CloudFormation cannot; False when it had none.

    Raises `CloudError`, or `Stopped` when a rule is still there afterwards.
    """
    group = _default_group(cloud, vpc)
    rules = (
        ("RevokeSecurityGroupIngress", group["IpPermissions"]),
        ("RevokeSecurityGroupEgress", group["IpPermissionsEgress"]),
    )
    if not any(permissions for _, permissions in rules):
        return False
    for operation, permissions in rules:
        if permissions:
            cloud.call("ec2", operation, GroupId=group["GroupId"], IpPermissions=permissions)
    after = _default_group(cloud, vpc)
    if after["IpPermissions"] or after["IpPermissionsEgress"]:
        raise Stopped(f"the default security group {group['GroupId']} of {vpc} still has rules; remove them by hand")
    return True


def wait_for_agent(tools: Tools, outcome: Outcome) -> str | None:
    """Wait until the machine can be reached; one line when it cannot, None when all is well."""
    instance = outcome.outputs[WorkstationOutput.INSTANCE_ID]
    with tools.talk.step(f"{outcome.label}: waiting for the SSM agent of {instance}") as step:
        state = _state(tools.cloud, instance)
        if state in ("stopping", "stopped"):
            step.result = "the machine is stopped; nothing to wait for"
            return None
        try:
            answer = wait_until(
                lambda: _online(tools.cloud, instance),
                what=f"the SSM agent of {instance}",
                timeout_seconds=ONLINE_SECONDS,
                poll_seconds=POLL_SECONDS,
                sleep=tools.processes.sleep,
            )
        except CloudError as error:
            step.result = "no answer"
            return f"{outcome.label}: {error.cause}; see the machine's system log: {_console_command(tools, instance)}"
        step.result = f"it answers{_simulated(answer)}"
    return None


def _default_group(cloud: Cloud, vpc: str) -> dict[str, Any]:
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    return cloud.call("ec2", "DescribeSecurityGroups", Filters=filters)["SecurityGroups"][0]


def _state(cloud: Cloud, instance: str) -> str:
    answer = cloud.call("ec2", "DescribeInstances", InstanceIds=[instance])
    return answer["Reservations"][0]["Instances"][0]["State"]["Name"]


def _online(cloud: Cloud, instance: str) -> dict[str, Any] | None:
    filters = [{"Key": "InstanceIds", "Values": [instance]}]
    found = cloud.call("ssm", "DescribeInstanceInformation", Filters=filters)["InstanceInformationList"]
    return next((answer for answer in found if answer["PingStatus"] == "Online"), None)


def _simulated(answer: dict[str, Any]) -> str:
    """The local AWS has no machine behind it, and says so in its answer."""
    return " (simulated)" if "simulated" in f"{answer.get('AgentVersion')} {answer.get('PlatformName')}".lower() else ""


def _console_command(tools: Tools, instance: str) -> str:
    return f"aws ec2 get-console-output --latest --region {tools.cloud.region} --instance-id {instance}"
