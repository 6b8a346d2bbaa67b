"""What a stack still holds after its creation failed and was undone: nothing, as a rule, but only AWS knows."""

from __future__ import annotations

from collections.abc import Sequence

from cloud.session import Cloud
from deployment.existing import Stack
from deployment.findings import Problem


def left_behind(cloud: Cloud, stack: str) -> tuple[str, ...]:
    """`HomeVolume (AWS::EC2::Volume) vol-1` for each resource that was made and not removed. Raises `CloudError`.

    A resource without a physical id was never made; one that is retained is DELETE_SKIPPED, and still there.
    """
    found = cloud.pages("cloudformation", "ListStackResources", "StackResourceSummaries", StackName=stack)
    return tuple(
        f"{one['LogicalResourceId']} ({one['ResourceType']}) {one['PhysicalResourceId']}"
        for one in found
        if one["ResourceStatus"] != "DELETE_COMPLETE" and one.get("PhysicalResourceId")
    )


def standing_against(stack: Stack, left: Sequence[str], *, region: str) -> Problem | None:
    """What keeps us from removing a stack whose creation failed; None if nothing does."""
    about, where = f"stack {stack.name}", f"--region {region} --stack-name {stack.name}"
    if left:
        value = f"is {stack.status} and still holds {', '.join(left)}"
        hint = f"look at each; to remove the stack and keep them: aws cloudformation delete-stack {where}"
        return Problem(about, value, "one that holds nothing, to be made again", hint)
    if stack.protected:
        command = f"aws cloudformation update-termination-protection --no-enable-termination-protection {where}"
        hint = f"somebody protected it, though it holds nothing: {command}"
        return Problem(about, f"is {stack.status} and protected", "one that may be removed and made again", hint)
    return None
