"""Cases of the rules about the account, the bucket and this machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cloud.credentials import Expiry
from cloud.errors import CloudError
from deployment.aws_cli import AwsCli
from tests.deployment.rules.account import Account
from tests.deployment.rules.case import Case, answer, every, nothing
from tests.deployment.rules.things import ACCOUNT

KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234"
INSTALL = (
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html"
)
CLI = "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
WANT_BUCKET = f"want a bucket of account {ACCOUNT} in us-east-1"


def ends_in(minutes: float) -> Callable[[Account], object]:
    def change(account: Account) -> None:
        account.expiry = Expiry("sso", datetime.now(UTC) + timedelta(minutes=minutes, seconds=30))

    return change


def bucket(code: str) -> Callable[[Account], object]:
    return answer(HeadBucket=CloudError("s3 HeadBucket: no", "", code=code))


def refused_write(account: Account) -> None:
    account.deny("s3:PutObject")


def key_is(state: str) -> Callable[[Account], object]:
    def change(account: Account) -> None:
        account.deploy("demo", outputs={"VolumeKmsKeyArn": KEY})
        account.answers["DescribeKey"] = {"KeyMetadata": {"KeyId": "1234", "KeyState": state}}

    return change


def session_of(arn: str, *refused: str) -> Callable[[Account], object]:
    def simulate(parameters: dict) -> dict:
        decision = {name: "implicitDeny" if name in refused else "allowed" for name in parameters["ActionNames"]}
        return {
            "EvaluationResults": [{"EvalActionName": name, "EvalDecision": word} for name, word in decision.items()]
        }

    identity = {"Account": ACCOUNT, "Arn": arn, "UserId": "A"}
    return answer(GetCallerIdentity=identity, SimulatePrincipalPolicy=simulate)


def plugin(version: str | None) -> Callable[[Account], object]:
    def change(account: Account) -> None:
        account.plugin = version

    return change


def clock(seconds: float) -> Callable[[Account], object]:
    def change(account: Account) -> None:
        account.clock = f"{datetime.now(UTC) + timedelta(seconds=seconds):%a, %d %b %Y %H:%M:%S GMT}"

    return change


CASES = (
    Case("P001", "keys without an end", nothing),
    Case("P001", "an end that is far away", ends_in(60)),
    Case(
        "P001",
        "an end that is near",
        ends_in(7),
        (
            "credentials: those of sso end in 7 min, want 20 min or more; "
            "sign in again first (`aws sso login`, `aws login`, or a new role session)",
        ),
    ),
    Case("P002", "no account named", nothing),
    Case("P002", "the account that was named", lambda account: account.change(wanted_account=ACCOUNT)),
    Case(
        "P002",
        "another account",
        lambda account: account.change(wanted_account="999999999999"),
        (
            f"account: the credentials are of {ACCOUNT}, want 999999999999 (--account); "
            "set AWS_PROFILE to a profile of that account, or pass the other number",
        ),
    ),
    Case("P003", "a region that is always on", nothing),
    Case(
        "P003",
        "a region that is off",
        answer(DescribeRegions={"Regions": [{"RegionName": "us-east-1", "OptInStatus": "not-opted-in"}]}),
        (
            "region: us-east-1 is not-opted-in, want a region that is enabled; "
            "enable it: aws account enable-region --region-name us-east-1",
        ),
    ),
    Case("P004", "a bucket of ours", nothing),
    Case(
        "P004",
        "a bucket that will be made",
        every(bucket("404"), lambda account: account.change(may_create_bucket=True)),
    ),
    Case(
        "P004",
        "no bucket",
        bucket("404"),
        (
            f"bucket: demo-bucket does not exist, {WANT_BUCKET}; "
            "make it with `./deploy.sh demo demo-bucket us-east-1 --create-bucket`",
        ),
    ),
    Case("P004", "a bucket that we may not list, but write to", bucket("403")),
    Case(
        "P004",
        "somebody else's bucket, and leave to make one",
        every(bucket("403"), refused_write, lambda account: account.change(may_create_bucket=True)),
        (
            f"bucket: demo-bucket exists, but is not open to account {ACCOUNT}, {WANT_BUCKET}; "
            "choose another name, or ask its owner for s3:ListBucket",
        ),
    ),
    Case(
        "P004",
        "a bucket elsewhere",
        answer(HeadBucket={"BucketRegion": "eu-west-1"}),
        (f"bucket: demo-bucket is in eu-west-1, {WANT_BUCKET}; choose a bucket in us-east-1, or deploy to eu-west-1",),
    ),
    Case("P005", "a bucket to write to", nothing),
    Case(
        "P005",
        "no bucket, of which P004 tells",
        every(bucket("404"), answer(CreateMultipartUpload=CloudError("s3: no", "", code="NoSuchBucket"))),
    ),
    Case(
        "P005",
        "a policy that wants a key",
        answer(
            CreateMultipartUpload=CloudError("s3: no", "", code="AccessDenied", message="explicit deny: no aws:kms")
        ),
        (
            "bucket: demo-bucket cannot be written to: explicit deny: no aws:kms, want one to write to; "
            "ask its owner for s3:PutObject",
        ),
    ),
    Case("P020", "no key of our own", lambda account: account.deploy("demo")),
    Case("P020", "a key that works", key_is("Enabled")),
    Case(
        "P020",
        "a key that is off",
        key_is("Disabled"),
        (
            "key of the volumes: 1234 is Disabled, want a key that is Enabled; "
            "enable it: aws kms enable-key --key-id 1234 --region us-east-1",
        ),
    ),
    Case(
        "P020",
        "a key that will be gone",
        key_is("PendingDeletion"),
        (
            "key of the volumes: 1234 is PendingDeletion, want a key that is Enabled; "
            "save it: aws kms cancel-key-deletion --key-id 1234 --region us-east-1, then enable it",
        ),
    ),
    Case(
        "P020",
        "a key that nobody can reach",
        key_is("Unavailable"),
        (
            "key of the volumes: 1234 is Unavailable, want a key that is Enabled; "
            "see what became of it: aws kms describe-key --key-id 1234 --region us-east-1",
        ),
    ),
    Case("P021", "a user who may do everything", nothing),
    Case("P021", "the root user, who is not simulated", session_of(f"arn:aws:iam::{ACCOUNT}:root", "ec2:CreateVpc")),
    Case(
        "P021",
        "a user who may not",
        session_of(f"arn:aws:iam::{ACCOUNT}:user/ann", "ec2:CreateVpc"),
        (
            f"permissions: arn:aws:iam::{ACCOUNT}:user/ann is not allowed ec2:CreateVpc, want what the templates need; "
            "ask whoever administers the account; a policy with conditions may allow them all the same",
        ),
    ),
    Case(
        "P021",
        "a session, by its role",
        session_of(f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Dev_1/ann", "ec2:CreateVpc", "iam:PassRole"),
        (
            f"permissions: arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_1 "
            "is not allowed ec2:CreateVpc, iam:PassRole, want what the templates need; "
            "ask whoever administers the account; a policy with conditions may allow them all the same",
        ),
    ),
    Case("P022", "a new one", nothing),
    Case("P022", "the oldest that will do", plugin("1.2.497.0")),
    Case(
        "P022",
        "none",
        plugin(None),
        (f"session-manager-plugin: not on PATH, want 1.2.497.0 or newer, to connect; install it: {INSTALL}",),
    ),
    Case(
        "P022",
        "an old one",
        plugin("1.2.463.0"),
        (
            "session-manager-plugin: PATH/session-manager-plugin is 1.2.463.0, want 1.2.497.0 or newer; "
            f"install a newer one: {INSTALL}",
        ),
    ),
    Case(
        "P022",
        "one that says nothing",
        plugin(""),
        (
            "session-manager-plugin: PATH/session-manager-plugin does not tell its version, want 1.2.497.0 or newer; "
            f"install a newer one: {INSTALL}",
        ),
    ),
    Case("P025", "a new CLI", nothing),
    Case(
        "P025",
        "an old CLI",
        lambda account: account.change(cli=AwsCli("/bin/aws", (2, 8, 13), own=False)),
        (f"AWS CLI: /bin/aws is 2.8.13, want 2.9.0 or newer; update it: {CLI}",),
    ),
    Case("P026", "the right time", nothing),
    Case(
        "P026",
        "a clock that is late",
        clock(200.5),
        ("clock: 200 s behind AWS, want at most 60 s; AWS refuses calls from 5 min on; set it (NTP)",),
    ),
    Case(
        "P026",
        "a clock that is early",
        clock(-199.5),
        ("clock: 200 s ahead of AWS, want at most 60 s; AWS refuses calls from 5 min on; set it (NTP)",),
    ),
)
