"""SSM documents."""

from __future__ import annotations

import json

from localaws.handlers.base import Handler, Job, Made, Old, ignore


def create_document(job: Job) -> Made:
    name = job.get("Name") or job.generated_name()
    arguments = job.only("DocumentFormat", "DocumentType", "TargetType", "VersionName")
    job.client("ssm").create_document(Name=name, Content=_content(job), Tags=job.tag_list(), **arguments)
    return Made(name)


def update_document(job: Job, old: Old) -> Made:
    """With `UpdateMethod: NewVersion`, changed content is a new version, which becomes the default."""
    ssm, name = job.client("ssm"), old.physical_id
    if job.get("Content") != old.properties.get("Content"):
        arguments = job.only("DocumentFormat", "TargetType", "VersionName")
        answer = ssm.update_document(Name=name, Content=_content(job), DocumentVersion="$LATEST", **arguments)
        version = answer["DocumentDescription"]["DocumentVersion"]
        ssm.update_document_default_version(Name=name, DocumentVersion=version)
    target = {"ResourceType": "Document", "ResourceId": name}
    present = {tag["Key"] for tag in ssm.list_tags_for_resource(**target)["TagList"]}
    gone = sorted(present - set(job.all_tags()))
    if gone:
        ssm.remove_tags_from_resource(**target, TagKeys=gone)
    ssm.add_tags_to_resource(**target, Tags=job.tag_list())
    return old.made


def _content(job: Job) -> str:
    content = job.get("Content")
    return content if isinstance(content, str) else json.dumps(content)


def delete_document(job: Job, name: str) -> None:
    ignore(["InvalidDocument"], lambda: job.client("ssm").delete_document(Name=name))


HANDLERS = {
    "AWS::SSM::Document": Handler(
        create=create_document,
        update=update_document,
        delete=delete_document,
        properties=(
            "Content",
            "DocumentFormat",
            "DocumentType",
            "Name",
            "Tags",
            "TargetType",
            "UpdateMethod",
            "VersionName",
        ),
        name_property="Name",
        replaces=lambda _old, new: new.get("UpdateMethod", "Replace") == "Replace",
    ),
}
