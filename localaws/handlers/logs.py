"""Log groups and KMS keys."""

from __future__ import annotations

import json

from localaws.handlers.base import Handler, Job, Made, Old, ignore
from localaws.moto_objects import backend

# -- Log group -------------------------------------------------------------------------------------------------


def create_log_group(job: Job) -> Made:
    logs = job.client("logs")
    name = job.get("LogGroupName") or job.generated_name(512)
    arguments = {
        key: value
        for key, value in (("kmsKeyId", job.get("KmsKeyId")), ("logGroupClass", job.get("LogGroupClass")))
        if value
    }
    logs.create_log_group(logGroupName=name, tags=job.all_tags(), **arguments)
    job.identify(name)
    _set_retention(job, name)
    return Made(name, {"Arn": f"arn:aws:logs:{job.region}:{job.account}:log-group:{name}:*"})


def update_log_group(job: Job, old: Old) -> Made:
    logs, name = job.client("logs"), old.physical_id
    _set_retention(job, name)
    backend("logs", job.region).groups[name].kms_key_id = job.get("KmsKeyId")  # moto has no AssociateKmsKey
    arn = old.made.attributes["Arn"].removesuffix(":*")
    present = logs.list_tags_for_resource(resourceArn=arn)["tags"]
    gone = sorted(set(present) - set(job.all_tags()))
    if gone:
        logs.untag_resource(resourceArn=arn, tagKeys=gone)
    logs.tag_resource(resourceArn=arn, tags=job.all_tags())
    return old.made


def _set_retention(job: Job, name: str) -> None:
    logs, days = job.client("logs"), job.get("RetentionInDays")
    if days is None:
        logs.delete_retention_policy(logGroupName=name)
    else:
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)


def delete_log_group(job: Job, name: str) -> None:
    ignore(["ResourceNotFoundException"], lambda: job.client("logs").delete_log_group(logGroupName=name))


# -- KMS key ---------------------------------------------------------------------------------------------------


def create_key(job: Job) -> Made:
    kms = job.client("kms")
    arguments = job.only("Description", "KeySpec", "KeyUsage", "MultiRegion")
    if job.get("KeyPolicy") is not None:
        arguments["Policy"] = json.dumps(job.get("KeyPolicy"))
    tags = [{"TagKey": key, "TagValue": value} for key, value in job.all_tags().items()]
    key = kms.create_key(**arguments, Tags=tags)["KeyMetadata"]
    job.identify(key["KeyId"])
    _set_rotation(job, key["KeyId"])
    return Made(key["KeyId"], {"Arn": key["Arn"], "KeyId": key["KeyId"]})


def update_key(job: Job, old: Old) -> Made:
    kms, key_id = job.client("kms"), old.physical_id
    kms.update_key_description(KeyId=key_id, Description=job.get("Description", ""))
    if job.get("KeyPolicy") != old.properties.get("KeyPolicy"):
        kms.put_key_policy(KeyId=key_id, PolicyName="default", Policy=json.dumps(job.get("KeyPolicy")))
    _set_rotation(job, key_id)
    present = {tag["TagKey"] for tag in kms.list_resource_tags(KeyId=key_id)["Tags"]}
    gone = sorted(present - set(job.all_tags()))
    if gone:
        kms.untag_resource(KeyId=key_id, TagKeys=gone)
    kms.tag_resource(KeyId=key_id, Tags=[{"TagKey": key, "TagValue": value} for key, value in job.all_tags().items()])
    return old.made


def _set_rotation(job: Job, key_id: str) -> None:
    kms = job.client("kms")
    if job.get("EnableKeyRotation"):
        kms.enable_key_rotation(KeyId=key_id, RotationPeriodInDays=job.get("RotationPeriodInDays", 365))
    else:
        kms.disable_key_rotation(KeyId=key_id)
    if job.get("Enabled", True):
        kms.enable_key(KeyId=key_id)
    else:
        kms.disable_key(KeyId=key_id)


def delete_key(job: Job, key_id: str) -> None:
    """A key is never gone at once: it waits 7 to 30 days for its deletion."""
    kms = job.client("kms")
    days = job.get("PendingWindowInDays", 30)
    ignore(
        ["NotFoundException", "KMSInvalidStateException"],
        lambda: kms.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=days),
    )


def _key_change_refused(old: dict, new: dict) -> str:
    for name in ("KeySpec", "KeyUsage", "MultiRegion", "Origin"):
        if old.get(name) != new.get(name):
            return f"You cannot change the {name} property of a KMS key; make a new key"
    return ""


HANDLERS = {
    "AWS::Logs::LogGroup": Handler(
        create=create_log_group,
        update=update_log_group,
        delete=delete_log_group,
        properties=("KmsKeyId", "LogGroupClass", "LogGroupName", "RetentionInDays", "Tags"),
        attributes=("Arn",),
        name_property="LogGroupName",
    ),
    "AWS::KMS::Key": Handler(
        create=create_key,
        update=update_key,
        delete=delete_key,
        properties=(
            "Description",
            "EnableKeyRotation",
            "Enabled",
            "KeyPolicy",
            "KeySpec",
            "KeyUsage",
            "MultiRegion",
            "PendingWindowInDays",
            "RotationPeriodInDays",
            "Tags",
        ),
        attributes=("Arn", "KeyId"),
        refuses=_key_change_refused,
    ),
}
