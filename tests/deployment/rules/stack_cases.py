"""Cases of the rules about stacks and their machines."""

from __future__ import annotations

from collections.abc import Callable

from cloud.errors import CloudError
from deployment.proposed import PREFIX
from tests.deployment.rules.account import Account
from tests.deployment.rules.case import Case, answer, every, nothing
from tests.deployment.rules.things import NEW, ZONES, image

LATEST = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
VOLUME = {
    "LogicalResourceId": "HomeVolume",
    "PhysicalResourceId": "vol-1",
    "ResourceType": "AWS::EC2::Volume",
    "ResourceStatus": "DELETE_SKIPPED",
    "LastUpdatedTimestamp": NEW,
}
STACK = "--region us-east-1 --stack-name"


def home_is_in(zone: str) -> Callable[[Account], object]:
    def change(account: Account) -> None:
        account.deploy("demo", outputs={"AvailabilityZoneA": "us-east-1a"}, AvailabilityZoneIdA="use1-az1")
        account.deploy("demo-ada", AvailabilityZone=zone)

    return change


def one_image(**different: str) -> Callable[[Account], object]:
    return answer(DescribeImages={"Images": [{**image(LATEST), **different}]})


def key_pair(name: str, *there: str) -> Callable[[Account], object]:
    def change(account: Account) -> None:
        account.set("KeyName", name)
        account.answers["DescribeKeyPairs"] = {"KeyPairs": [{"KeyName": key} for key in there]}

    return change


def failed_creation(account: Account) -> None:
    account.deploy("demo-ada", "ROLLBACK_COMPLETE")


def change_set(name: str, minute: int, *, execution: str = "AVAILABLE", status: str = "CREATE_COMPLETE") -> dict:
    made = NEW.replace(minute=minute)
    return {"ChangeSetName": name, "CreationTime": made, "ExecutionStatus": execution, "Status": status}


def proposed(*change_sets: dict, status: str = "CREATE_COMPLETE") -> Callable[[Account], object]:
    """Change sets of the environment's stack."""
    return every(
        lambda account: account.deploy("demo", status), answer(ListChangeSets={"Summaries": list(change_sets)})
    )


def waits(minute: int) -> tuple[str, ...]:
    return (
        f"stack demo: a change set that somebody made at 2026-11-24 00:{minute:02} UTC waits to be executed, "
        "want no other deploy under way; "
        "ask who else deploys: this deploy puts its own in its place; after a run that was killed, go on",
    )


CASES = (
    Case("P006", "no stack yet", nothing),
    Case("P006", "a stack that stands", lambda account: account.deploy("demo", "UPDATE_COMPLETE")),
    Case("P006", "a stack that never came up, and holds nothing", failed_creation),
    Case(
        "P006",
        "a stack that never came up, and holds something",
        every(failed_creation, answer(ListStackResources={"StackResourceSummaries": [VOLUME]})),
        (
            "stack demo-ada: is ROLLBACK_COMPLETE and still holds HomeVolume (AWS::EC2::Volume) vol-1, "
            "want one that holds nothing, to be made again; look at each; "
            f"to remove the stack and keep them: aws cloudformation delete-stack {STACK} demo-ada",
        ),
    ),
    Case(
        "P006",
        "a stack that hangs",
        lambda account: account.deploy("demo", "UPDATE_ROLLBACK_FAILED"),
        (
            "stack demo: is UPDATE_ROLLBACK_FAILED: its update failed, and so did undoing it, "
            "want one that can be updated; mend the cause, then let AWS go on undoing: "
            "./deploy.sh --continue-rollback demo us-east-1",
        ),
    ),
    Case("P007", "nobody at work", lambda account: account.deploy("demo")),
    Case("P007", "somebody else's stack", lambda account: account.deploy("else", "UPDATE_IN_PROGRESS")),
    Case(
        "P007",
        "somebody at work",
        lambda account: account.deploy("demo", "UPDATE_IN_PROGRESS"),
        (
            "stack demo: is UPDATE_IN_PROGRESS, want nobody else at work on it; "
            f"wait until that ends: aws cloudformation describe-stacks {STACK} demo",
        ),
    ),
    Case("P008", "every zone has the type", nothing),
    Case("P008", "S3's addresses are known", lambda account: account.use("minimal")),
    Case(
        "P008",
        "no zone has the type",
        answer(DescribeInstanceTypeOfferings={"InstanceTypeOfferings": []}),
        (
            f"zones: {'; '.join(f'{zone}: none' for zone in ZONES)}, want 2 that offer m7i.xlarge; "
            "choose other types or fewer zones in the config, or another region",
        ),
    ),
    Case(
        "P008",
        "a zone that is gone",
        lambda account: account.deploy("demo", AvailabilityZoneIdA="use1-az9"),
        (
            f"zone A: 'use1-az9' (as deployed), want one of {', '.join(ZONES)}; "
            "pass another: --parameter AvailabilityZoneIdA=ID",
        ),
    ),
    Case(
        "P008",
        "a region without S3's addresses",
        every(lambda account: account.use("minimal"), answer(DescribeManagedPrefixLists={"PrefixLists": []})),
        ("region: us-east-1 has no prefix list of S3, want one; choose nat = single in the config",),
    ),
    Case("P009", "nothing deployed", nothing),
    Case("P009", "the zone that it was in", home_is_in("us-east-1a")),
    Case(
        "P009",
        "another zone",
        home_is_in("us-east-1b"),
        (
            "workstation ada: its home volume is in us-east-1b, zone A is us-east-1a, "
            "want its zone to stay us-east-1b; a volume cannot move: "
            "keep the zone in the config, or give the workstation another name",
        ),
    ),
    Case("P010", "an AMI of the region", nothing),
    Case(
        "P010",
        "an AMI that is gone, of a machine that stands",
        every(
            lambda account: account.deploy("demo-ada", ImageId="ami-0", OperatingSystem="amazon-linux-2023"),
            answer(DescribeImages={"Images": []}),
        ),
    ),
    Case(
        "P010",
        "an AMI that is not there",
        answer(DescribeImages={"Images": []}),
        (
            f"workstation ada: AMI '{image(LATEST)['ImageId']}' (latest now, kept from now on) is not in this region, "
            "or not shared with us, want an AMI that we may use; choose another: --parameter ada.ImageId=ami-…",
        ),
    ),
    Case(
        "P010",
        "a region without the parameter",
        answer(GetParameter=CloudError("ssm: no", "", code="ParameterNotFound")),
        (
            f"workstation ada: {LATEST} is not in this region, want a public parameter with an AMI; "
            "choose another operating system or region, or pass the AMI: --parameter ada.ImageId=ami-…",
        ),
    ),
    Case("P011", "the same processor", nothing),
    Case("P011", "both processors at once", lambda account: account.use("maximal")),
    Case(
        "P011",
        "another processor",
        one_image(Architecture="arm64"),
        (
            f"workstation ada: AMI {image(LATEST)['ImageId']} (latest now, kept from now on) is arm64, "
            "want x86_64 (m7i.xlarge); choose another: --parameter ada.ImageId=ami-…",
        ),
    ),
    Case("P012", "the root where it is expected", nothing),
    Case(
        "P012",
        "the root elsewhere",
        one_image(RootDeviceName="/dev/sda1"),
        (
            f"workstation ada: AMI {image(LATEST)['ImageId']} (latest now, kept from now on) has its root on "
            "/dev/sda1, want /dev/xvda (amazon-linux-2023); choose another: --parameter ada.ImageId=ami-…",
        ),
    ),
    Case("P013", "no key pair", nothing),
    Case("P013", "a key pair of the region", key_pair("ada", "ada")),
    Case(
        "P013",
        "a key pair of nowhere",
        key_pair("ada"),
        (
            "workstation ada: key pair 'ada' is not in us-east-1, want a key pair of this region; "
            "leave key_name out (nobody needs one to connect), or import it: aws ec2 import-key-pair",
        ),
    ),
    Case("P027", "a value for each", nothing),
    Case("P027", "a value for each, where S3's addresses are one", lambda account: account.use("minimal")),
    Case("P027", "a bucket that will be made", lambda account: account.change(may_create_bucket=True)),
    Case(
        "P027",
        "a value that is not allowed",
        lambda account: account.set("HomeVolumeGiB", "0"),
        (
            "workstation ada: Parameter 'HomeVolumeGiB' must be a number not less than 10, "
            "want what the template allows; pass another with --parameter",
        ),
    ),
    Case(
        "P027",
        "values that are missing for a reason told elsewhere",
        answer(DescribeInstanceTypeOfferings={"InstanceTypeOfferings": []}),
    ),
    Case("P028", "no stack yet", nothing),
    Case("P028", "a stack without change sets", lambda account: account.deploy("demo")),
    Case(
        "P028",
        "change sets that nobody can execute, and one made by other means",
        proposed(
            change_set(f"{PREFIX}1", 1, execution="UNAVAILABLE", status="FAILED"),
            change_set(f"{PREFIX}2", 2, execution="EXECUTE_COMPLETE"),
            change_set("by-hand", 3),
        ),
    ),
    Case("P028", "another deploy", proposed(change_set(f"{PREFIX}2", 7), change_set(f"{PREFIX}1", 5)), waits(7)),
    Case(
        "P028",
        "another deploy whose change set is being made",
        proposed(change_set(f"{PREFIX}1", 5, execution="UNAVAILABLE", status="CREATE_IN_PROGRESS")),
        waits(5),
    ),
    Case(
        "P028",
        "another deploy, the first of all",
        proposed(change_set(f"{PREFIX}1", 5), status="REVIEW_IN_PROGRESS"),
        waits(5),
    ),
)
