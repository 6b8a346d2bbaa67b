"""What a dry run says of a change is what the change set of the local AWS would say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analysis.resolve import Context
from deployment.differences import Version
from deployment.effects import changes
from deployment.foresight import foresee
from deployment.stacks import Template, read

PARAMETERS = {
    "EnvironmentName": "demo",
    "WorkstationName": "ada",
    "Owner": "ada",
    "OperatingSystem": "amazon-linux-2023",
    "ImageId": "ami-0123456789abcdef0",
    "InstanceType": "m7i.xlarge",
    "RootVolumeGiB": "30",
    "HomeVolumeGiB": "100",
    "SubnetId": "subnet-0123456789abcdef0",
    "AvailabilityZone": "us-east-1a",
    "SecurityGroupId": "sg-0123456789abcdef0",
    "InstanceProfileName": "profile",
}


@pytest.fixture(scope="module")
def template(root: Path) -> Template:
    return read(root / "templates").workstations[0].template


def foreseen(template: Template, **parameters: str) -> dict[str, str]:
    versions = (Version(template.body, PARAMETERS), Version(template.body, {**PARAMETERS, **parameters}))
    answers = foresee(*versions, Context())
    return {item.logical_id: item.effect for item in changes(answers, before={}, after={})}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, {}),
        ({"InstanceType": "m7i.2xlarge"}, {"Instance": "stop and start", "HomeVolumeAttachment": "no restart"}),
        ({"ImageId": "ami-1123456789abcdef0"}, {"Instance": "replaced", "HomeVolumeAttachment": "may be replaced"}),
        ({"InstanceProfileName": "other"}, {"Instance": "no restart"}),
        ({"HomeVolumeGiB": "200"}, {"HomeVolume": "no restart"}),
        ({"KeyName": "laptop"}, {"Instance": "replaced", "HomeVolumeAttachment": "may be replaced"}),
    ],
)
def test_each_parameter_has_the_effect_that_aws_gives_it(
    template: Template, parameters: dict[str, str], expected: dict[str, str]
) -> None:
    assert foreseen(template, **parameters) == expected


def without(template: Template, name: str) -> dict[str, Any]:
    rest = {key: value for key, value in template.body["Resources"].items() if key != name}
    return {**template.body, "Resources": rest, "Outputs": {}}


def test_a_resource_that_comes_or_goes_is_foreseen(template: Template) -> None:
    more, less = Version(template.body, PARAMETERS), Version(without(template, "HomeVolumeAttachment"), PARAMETERS)

    (added,), (removed,) = foresee(less, more, Context()), foresee(more, less, Context())

    assert (added["Action"], removed["Action"], removed["PolicyAction"]) == ("Add", "Remove", "Delete")


def test_a_change_at_the_end_of_a_long_value_is_foreseen() -> None:
    def version(end: str) -> Version:
        document = f"arn:aws:ssm:us-east-1:123456789012:document/{'a' * 60}-{end}"
        return Version({"Resources": {"Shell": {"Type": "AWS::SSM::Document", "Properties": {"Name": document}}}}, {})

    (answer,) = foresee(version("old"), version("new"), Context())

    assert [detail["Target"]["Name"] for detail in answer["Details"]] == ["Name"]
