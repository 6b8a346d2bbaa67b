"""The bucket that the templates go through: is it there, ours, in the region, and may we write to it."""

from __future__ import annotations

import json
from typing import Any

from cloud.errors import CloudError
from cloud.session import Cloud
from deployment.findings import Problem

REFUSALS = ("AccessDenied", "403", "AllAccessDisabled", "AccountProblem", "KMS.DisabledException", "InvalidRequest")
"""Errors of S3 that are about this bucket: its policy, its key, its account."""

UNFINISHED = {
    "ID": "unfinished-uploads",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
}


def finding(cloud: Cloud, bucket: str, *, account: str, command: str) -> tuple[bool | None, Problem | None]:
    """Whether the bucket exists (None where S3 does not say whose it is), and why it will not do (None when it will).

    `command` is the deploy command of the user, for the hint. Raises `CloudError`.
    """
    want = f"a bucket of account {account} in {cloud.region}"
    try:
        answer = cloud.call("s3", "HeadBucket", Bucket=bucket, ExpectedBucketOwner=account)
    except CloudError as error:
        if error.code in ("404", "NoSuchBucket"):
            return False, Problem(
                "bucket", f"{bucket} does not exist", want, f"make it with `{command} --create-bucket`"
            )
        if error.code in ("403", "AccessDenied"):
            hint = "choose another name, or ask its owner for s3:ListBucket"
            return None, Problem("bucket", f"{bucket} exists, but is not open to account {account}", want, hint)
        if error.code in ("301", "PermanentRedirect"):
            return True, Problem("bucket", f"{bucket} is in another region", want, f"choose one in {cloud.region}")
        raise
    region = answer.get("BucketRegion", cloud.region)
    if region != cloud.region:
        hint = f"choose a bucket in {cloud.region}, or deploy to {region}"
        return True, Problem("bucket", f"{bucket} is in {region}", want, hint)
    return True, None


def write_finding(cloud: Cloud, bucket: str, *, prefix: str, account: str) -> Problem | None:
    """Why we may not write; None when we may. Raises `CloudError`.

    It is found out by an upload that is begun and given up, which leaves nothing.
    CreateMultipartUpload needs the permission s3:PutObject and that of the bucket's key
    (docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions).
    """
    where = {"Bucket": bucket, "Key": f"{prefix}/write-check", "ExpectedBucketOwner": account}
    try:
        upload = cloud.call("s3", "CreateMultipartUpload", **where)
        cloud.call("s3", "AbortMultipartUpload", UploadId=upload["UploadId"], **where)
    except CloudError as error:
        if error.code not in REFUSALS:
            raise
        value = f"{bucket} cannot be written to: {error.message or error.code}"
        return Problem("bucket", value, "one to write to", "ask its owner for s3:PutObject")
    return None


def create(cloud: Cloud, bucket: str, *, account: str) -> None:
    """Make the bucket: no public access, no ACLs, encrypted, versioned, by HTTPS only. Raises `CloudError`.

    AWS's own KMS key for S3 has no monthly price and needs no permission of its own.
    Uploads that were begun and never ended go after a week.
    """
    where = {"Bucket": bucket, "ExpectedBucketOwner": account}
    place = {} if cloud.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": cloud.region}}
    cloud.call("s3", "CreateBucket", Bucket=bucket, ObjectOwnership="BucketOwnerEnforced", **place)
    blocked = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    public = {"PublicAccessBlockConfiguration": dict.fromkeys(blocked, True)}
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}
    cloud.call("s3", "PutPublicAccessBlock", **where, **public)
    cloud.call("s3", "PutBucketEncryption", **where, ServerSideEncryptionConfiguration={"Rules": [rule]})
    cloud.call("s3", "PutBucketVersioning", **where, VersioningConfiguration={"Status": "Enabled"})
    cloud.call("s3", "PutBucketLifecycleConfiguration", **where, LifecycleConfiguration={"Rules": [UNFINISHED]})
    policy = json.dumps(https_only(bucket, partition=cloud.client("s3").meta.partition))
    cloud.call("s3", "PutBucketPolicy", **where, Policy=policy)


def https_only(bucket: str, *, partition: str) -> dict[str, Any]:
    """The policy that denies everything that is not HTTPS: S3.5 of the AWS Foundational Security Best Practices."""
    arn = f"arn:{partition}:s3:::{bucket}"
    statement = {
        "Sid": "HttpsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
