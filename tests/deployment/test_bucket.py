"""What S3 can answer about a bucket, and what we make of it; strict stubs, so that every word is S3's own."""

from __future__ import annotations

import json

import pytest
from botocore.stub import Stubber

from cloud.errors import CloudError
from cloud.session import Cloud
from deployment.bucket import create, finding, write_finding

ACCOUNT = "123456789012"
WANT = f"a bucket of account {ACCOUNT} in eu-west-1"
COMMAND = "./deploy.sh demo b eu-west-1"
WHERE = {"Bucket": "b", "ExpectedBucketOwner": ACCOUNT}
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "HttpsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }
)
KEY = {**WHERE, "Key": "demo/write-check"}


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    for key, value in {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(key, value)
    return Cloud(region="eu-west-1")


def ask(cloud: Cloud) -> tuple[bool | None, str | None]:
    here, problem = finding(cloud, "b", account=ACCOUNT, command=COMMAND)
    return here, str(problem) if problem else None


def test_a_bucket_of_ours_in_the_region_will_do(cloud: Cloud) -> None:
    with Stubber(cloud.client("s3")) as stub:
        stub.add_response("head_bucket", {"BucketRegion": "eu-west-1"}, WHERE)

        assert ask(cloud) == (True, None)


def test_a_bucket_in_another_region_names_both(cloud: Cloud) -> None:
    with Stubber(cloud.client("s3")) as stub:
        stub.add_response("head_bucket", {"BucketRegion": "us-west-2"}, WHERE)

        expected = f"bucket: b is in us-west-2, want {WANT}; choose a bucket in eu-west-1, or deploy to us-west-2"
        assert (True, expected) == ask(cloud)


@pytest.mark.parametrize(
    ("code", "here", "expected"),
    [
        ("404", False, f"bucket: b does not exist, want {WANT}; make it with `{COMMAND} --create-bucket`"),
        (
            "403",
            None,
            f"bucket: b exists, but is not open to account {ACCOUNT}, want {WANT}; "
            "choose another name, or ask its owner for s3:ListBucket",
        ),
        ("301", True, f"bucket: b is in another region, want {WANT}; choose one in eu-west-1"),
    ],
)
def test_missing_foreign_and_far_away_are_told_apart(cloud: Cloud, code: str, here: bool | None, expected: str) -> None:  # noqa: FBT001
    with Stubber(cloud.client("s3")) as stub:
        stub.add_client_error("head_bucket", code, expected_params=WHERE, http_status_code=int(code))

        assert (here, expected) == ask(cloud)


def test_expired_credentials_are_no_answer_about_the_bucket(cloud: Cloud) -> None:
    with Stubber(cloud.client("s3")) as stub:
        stub.add_client_error("head_bucket", "ExpiredToken", "too late")
        with pytest.raises(CloudError, match="the credentials have expired"):
            ask(cloud)


def test_writing_is_tried_without_leaving_anything(cloud: Cloud) -> None:
    with Stubber(cloud.client("s3")) as stub:
        stub.add_response("create_multipart_upload", {"UploadId": "u"}, KEY)
        stub.add_response("abort_multipart_upload", {}, {**KEY, "UploadId": "u"})

        assert write_finding(cloud, "b", prefix="demo", account=ACCOUNT) is None
        stub.assert_no_pending_responses()


def test_a_bucket_that_refuses_us_says_why_in_its_own_words(cloud: Cloud) -> None:
    with Stubber(cloud.client("s3")) as stub:
        stub.add_client_error(
            "create_multipart_upload", "AccessDenied", "explicit deny: no aws:kms", expected_params=KEY
        )

        expected = (
            "bucket: b cannot be written to: explicit deny: no aws:kms, want one to write to; "
            "ask its owner for s3:PutObject"
        )
        assert expected == str(write_finding(cloud, "b", prefix="demo", account=ACCOUNT))


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_a_new_bucket_is_private_encrypted_and_versioned(monkeypatch: pytest.MonkeyPatch, region: str) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    cloud = Cloud(region=region)
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    private = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}
    unfinished = {
        "ID": "unfinished-uploads",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }
    with Stubber(cloud.client("s3")) as stub:
        stub.add_response("create_bucket", {}, {"Bucket": "b", "ObjectOwnership": "BucketOwnerEnforced", **place})
        public = {"PublicAccessBlockConfiguration": dict.fromkeys(private, True)}
        stub.add_response("put_public_access_block", {}, {**WHERE, **public})
        stub.add_response(
            "put_bucket_encryption", {}, {**WHERE, "ServerSideEncryptionConfiguration": {"Rules": [rule]}}
        )
        stub.add_response("put_bucket_versioning", {}, {**WHERE, "VersioningConfiguration": {"Status": "Enabled"}})
        lifecycle = {"LifecycleConfiguration": {"Rules": [unfinished]}}
        stub.add_response("put_bucket_lifecycle_configuration", {}, {**WHERE, **lifecycle})
        stub.add_response("put_bucket_policy", {}, {**WHERE, "Policy": POLICY})

        create(cloud, "b", account=ACCOUNT)
        stub.assert_no_pending_responses()
