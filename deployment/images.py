"""Which AMI each workstation starts from: looked up once, at its first deploy, and kept from then on.

A "latest" that moves by itself would replace the machine on an unrelated deploy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cloud.errors import CloudError
from cloud.session import Cloud
from deployment.existing import Stack
from deployment.plan import Resolved
from deployment.stacks import Workstation
from generator.contract import ROOT_DEVICE_NAMES, WorkstationParameter

IMAGE_ID = WorkstationParameter.IMAGE_ID
OPERATING_SYSTEM = WorkstationParameter.OPERATING_SYSTEM


@dataclass(frozen=True)
class Image:
    """What EC2 says about an AMI."""

    architecture: str
    root_device_name: str


def choose(
    workstation: Workstation, *, deployed: Stack | None, given: Mapping[str, str], latest: Mapping[str, str]
) -> tuple[Resolved | None, str | None]:
    """The AMI of one workstation, or one line that says why there is none.

    The user's `--parameter` wins, then an id in the config, then the deployed one, then `latest`
    (public parameter to AMI id).
    """
    if IMAGE_ID in given:
        return Resolved(given[IMAGE_ID], "--parameter"), None
    if workstation.image.startswith("ami-"):
        return Resolved(workstation.image, "config"), None
    if deployed and IMAGE_ID in deployed.parameters:
        before = deployed.parameters.get(OPERATING_SYSTEM)
        now = workstation.parameters[OPERATING_SYSTEM]
        if before != now:
            return None, _other_system(workstation.name, str(before), now)
        return Resolved(deployed.parameters[IMAGE_ID], "as deployed"), None
    if workstation.image not in latest:
        hint = "choose another operating system or region, or pass the AMI"
        option = f"--parameter {workstation.name}.{IMAGE_ID}=ami-…"
        return None, f"workstation {workstation.name}: {workstation.image} is not in this region; {hint}: {option}"
    return Resolved(latest[workstation.image], "latest now, kept from now on"), None


def latest(cloud: Cloud, parameters: Iterable[str]) -> dict[str, str]:
    """Public SSM parameter to the AMI that it names today; those that do not exist are left out."""
    found = {}
    for name in sorted(set(parameters)):
        try:
            found[name] = cloud.call("ssm", "GetParameter", Name=name)["Parameter"]["Value"]
        except CloudError as error:
            if error.code != "ParameterNotFound":
                raise
    return found


def describe(cloud: Cloud, images: Iterable[str]) -> dict[str, Image]:
    """AMI id to what EC2 says about it; those that do not exist (any more) are left out."""
    wanted = sorted(set(images))
    if not wanted:
        return {}
    filters = [{"Name": "image-id", "Values": wanted}]
    answers: list[dict[str, Any]] = cloud.call("ec2", "DescribeImages", Filters=filters)["Images"]
    return {
        answer["ImageId"]: Image(answer.get("Architecture", ""), answer.get("RootDeviceName", "")) for answer in answers
    }


def findings(workstation: Workstation, chosen: Resolved, images: Mapping[str, Image]) -> Iterator[str]:
    """What does not fit between a workstation and its AMI."""
    label = f"workstation {workstation.name}"
    image = images.get(chosen.value)
    if image is None:
        if chosen.reason != "as deployed":  # a running machine outlives its AMI
            yield f"{label}: AMI {chosen.value[:64]!a} ({chosen.reason}) is not in this region, or not shared with us"
        return
    if image.architecture != workstation.architecture:
        type_ = workstation.parameters[WorkstationParameter.INSTANCE_TYPE]
        wanted = f"{workstation.architecture} ({type_})"
        yield f"{label}: AMI {chosen.value} ({chosen.reason}) is {image.architecture}, want {wanted}"
    system = workstation.parameters[OPERATING_SYSTEM]
    wanted_device = ROOT_DEVICE_NAMES.get(system)
    if wanted_device and image.root_device_name != wanted_device:
        got = f"has its root on {image.root_device_name}"
        yield f"{label}: AMI {chosen.value} ({chosen.reason}) {got}, want {wanted_device} ({system})"


def _other_system(name: str, before: str, now: str) -> str:
    hint = f"give it another name in the config, or choose the AMI yourself: --parameter {name}.{IMAGE_ID}=ami-…"
    return f"workstation {name}: {OPERATING_SYSTEM} changes from {before} to {now}, which replaces the machine; {hint}"
