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
from deployment.findings import Problem
from deployment.plan import Resolved
from deployment.stacks import Workstation
from generator.contract import ROOT_DEVICE_NAMES, WorkstationParameter

IMAGE_ID = WorkstationParameter.IMAGE_ID
OPERATING_SYSTEM = WorkstationParameter.OPERATING_SYSTEM
Given = Mapping[str | None, Mapping[str, str]]
"""The user's parameters, by workstation; None for the environment."""


@dataclass(frozen=True)
class Image:
    """What EC2 says about an AMI."""

    architecture: str
    root_device_name: str


def choose(
    workstation: Workstation, *, deployed: Stack | None, given: Mapping[str, str], latest: Mapping[str, str]
) -> tuple[Resolved | None, Problem | None]:
    """The AMI of one workstation, or why there is none.

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
        value = f"{workstation.image} is not in this region"
        return None, Problem(
            f"workstation {workstation.name}", value, "a public parameter with an AMI", f"{hint}: {option}"
        )
    return Resolved(latest[workstation.image], "latest now, kept from now on"), None


def pinned(workstation: Workstation, given: Given) -> bool:
    """Whether the config or the user names an AMI outright."""
    return workstation.image.startswith("ami-") or IMAGE_ID in given.get(workstation.name, {})


def settled(workstation: Workstation, deployed: Stack | None, given: Given) -> bool:
    """Whether the AMI is known without a look at the public parameter."""
    return pinned(workstation, given) or (deployed is not None and IMAGE_ID in deployed.parameters)


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


def missing(workstation: Workstation, chosen: Resolved, images: Mapping[str, Image]) -> Iterator[Problem]:
    """Whether the AMI cannot be had; a running machine outlives its own."""
    if chosen.value not in images and chosen.reason != "as deployed":
        value = f"AMI {chosen.value[:64]!a} ({chosen.reason}) is not in this region, or not shared with us"
        yield Problem(_label(workstation), value, "an AMI that we may use", _choose_another(workstation))


def other_architecture(
    workstation: Workstation, chosen: Resolved, images: Mapping[str, Image], types: Mapping[str, tuple[str, ...]]
) -> Iterator[Problem]:
    """Whether AMI and instance type are for different processors; `types` are those that are known, and theirs."""
    type_ = workstation.parameters[WorkstationParameter.INSTANCE_TYPE]
    wanted = types.get(type_, (workstation.architecture,))
    image = images.get(chosen.value)
    if image and image.architecture not in wanted:
        value = f"AMI {chosen.value} ({chosen.reason}) is {image.architecture}"
        yield Problem(_label(workstation), value, f"{' or '.join(wanted)} ({type_})", _choose_another(workstation))


def other_root_device(workstation: Workstation, chosen: Resolved, images: Mapping[str, Image]) -> Iterator[Problem]:
    """Whether the AMI's root is elsewhere than the template says; it would get a second, empty disk."""
    system = workstation.parameters[OPERATING_SYSTEM]
    wanted, image = ROOT_DEVICE_NAMES.get(system), images.get(chosen.value)
    if wanted and image and image.root_device_name != wanted:
        value = f"AMI {chosen.value} ({chosen.reason}) has its root on {image.root_device_name}"
        yield Problem(_label(workstation), value, f"{wanted} ({system})", _choose_another(workstation))


def _label(workstation: Workstation) -> str:
    return f"workstation {workstation.name}"


def _choose_another(workstation: Workstation) -> str:
    return f"choose another: --parameter {workstation.name}.{IMAGE_ID}=ami-…"


def _other_system(name: str, before: str, now: str) -> Problem:
    hint = f"give it another name in the config, or choose the AMI yourself: --parameter {name}.{IMAGE_ID}=ami-…"
    value = f"{OPERATING_SYSTEM} changes from {before} to {now}, which replaces the machine"
    return Problem(f"workstation {name}", value, before, hint)
