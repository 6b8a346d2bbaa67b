"""Launch templates."""

from __future__ import annotations

from typing import Any

from localaws.handlers.base import Handler, Job, Made, Old, ignore, retag_ec2


def create_launch_template(job: Job) -> Made:
    ec2 = job.client("ec2")
    name = job.get("LaunchTemplateName") or job.generated_name()
    template = ec2.create_launch_template(
        LaunchTemplateName=name,
        LaunchTemplateData=job.get("LaunchTemplateData"),
        TagSpecifications=_template_tags(job),
        **job.only("VersionDescription"),
    )["LaunchTemplate"]
    return Made(template["LaunchTemplateId"], _template_attributes(template))


def update_launch_template(job: Job, old: Old) -> Made:
    """Changed data is a new version, which becomes the default as CloudFormation does."""
    ec2, template_id = job.client("ec2"), old.physical_id
    if job.get("LaunchTemplateData") != old.properties.get("LaunchTemplateData"):
        made = ec2.create_launch_template_version(
            LaunchTemplateId=template_id,
            LaunchTemplateData=job.get("LaunchTemplateData"),
            **job.only("VersionDescription"),
        )["LaunchTemplateVersion"]
        ec2.modify_launch_template(LaunchTemplateId=template_id, DefaultVersion=str(made["VersionNumber"]))
    retag_ec2(job, old)
    ec2.create_tags(Resources=[template_id], Tags=_template_tags(job)[0]["Tags"])
    template = ec2.describe_launch_templates(LaunchTemplateIds=[template_id])["LaunchTemplates"][0]
    return Made(template_id, _template_attributes(template))


def _template_tags(job: Job) -> list[dict[str, Any]]:
    own = [tag for item in job.get("TagSpecifications", ()) for tag in item["Tags"]]
    merged = {**{tag["Key"]: tag["Value"] for tag in job.tag_list()}, **{tag["Key"]: tag["Value"] for tag in own}}
    tags = [{"Key": key, "Value": value} for key, value in merged.items()]
    return [{"ResourceType": "launch-template", "Tags": tags}]


def _template_attributes(template: dict[str, Any]) -> dict[str, Any]:
    return {
        "DefaultVersionNumber": str(template["DefaultVersionNumber"]),
        "LatestVersionNumber": str(template["LatestVersionNumber"]),
        "LaunchTemplateId": template["LaunchTemplateId"],
    }


def delete_launch_template(job: Job, template_id: str) -> None:
    ec2 = job.client("ec2")
    codes = ["InvalidLaunchTemplateId.NotFound", "InvalidLaunchTemplateName.NotFoundException"]
    ignore(codes, lambda: ec2.delete_launch_template(LaunchTemplateId=template_id))


HANDLERS = {
    "AWS::EC2::LaunchTemplate": Handler(
        create=create_launch_template,
        update=update_launch_template,
        delete=delete_launch_template,
        properties=("LaunchTemplateData", "LaunchTemplateName", "TagSpecifications", "VersionDescription"),
        attributes=("DefaultVersionNumber", "LatestVersionNumber", "LaunchTemplateId"),
        name_property="LaunchTemplateName",
    ),
}
