"""`--bundle`: everything that helps, nothing that is secret, in one file that only its owner can read."""

from __future__ import annotations

import json
import os
import stat
import tarfile
from pathlib import Path
from typing import Any

import pytest

from cloud.errors import CloudError
from deployment.arguments import Arguments, Parameter, parse
from deployment.bundle import Collected, pack, write
from deployment.causes import explain
from deployment.execute import Outcome
from deployment.failure import Failure
from deployment.findings import Stopped
from deployment.plan import Plan, Resolved, environment_plan, lines
from deployment.stacks import Stacks, read
from tests.deployment.conftest import Checkout
from tests.deployment.stack_events import ROLLED_BACK, answers
from tests.deployment.strict_cloud import Answer, StrictCloud
from tests.deployment.test_masking import ACCESS_KEY, SECRET_KEY, TOKEN

PIN, WORD = '12"34é', "correct horse"
CANARIES = (ACCESS_KEY, SECRET_KEY, TOKEN, PIN, WORD, json.dumps(PIN)[1:-1])
TEMPLATE = """
Parameters:
  Pin: {Type: String, NoEcho: true}
  Owner: {Type: String}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
"""


@pytest.fixture
def stacks(tmp_path: Path) -> Stacks:
    """An environment whose template has a NoEcho parameter."""
    (tmp_path / "environment.yaml").write_text(TEMPLATE)
    described = {"environment": {"template": "environment.yaml", "zones": [], "parameters": {}}, "workstations": []}
    (tmp_path / "stacks.json").write_text(json.dumps(described))
    return read(tmp_path)


@pytest.fixture
def collected(stacks: Stacks, monkeypatch: pytest.MonkeyPatch) -> Collected:
    """What is known of a deploy in which every secret was said aloud somewhere."""
    for name, value in (("ACCESS_KEY_ID", ACCESS_KEY), ("SECRET_ACCESS_KEY", SECRET_KEY), ("SESSION_TOKEN", TOKEN)):
        monkeypatch.setenv(f"AWS_{name}", value)
    recorded = answers("demo", ROLLED_BACK)
    recorded[3]["ResourceStatusReason"] = f"Value {PIN} is wrong; DatabasePassword={WORD.replace(' ', '')}"
    recorded[4]["ResourceProperties"] = json.dumps({"Pin": PIN})

    def script(operation: str, parameters: dict[str, Any]) -> Answer:
        return {"StackEvents": recorded}

    resolved = {"Pin": Resolved(PIN, "--parameter"), "Owner": Resolved("ada", "--parameter")}
    environment = environment_plan("demo", stacks, resolved=resolved, exists=False)
    failure = Failure("demo", "Vpc", "AWS::EC2::VPC", explain("AWS::EC2::VPC", f"the pin {PIN} of {ACCESS_KEY}"))
    return Collected(
        Arguments(stack="demo", parameters=(Parameter(None, "Pin", PIN), Parameter(None, "AdminPassword", WORD))),
        cloud=StrictCloud(script),
        cli="/usr/bin/aws (2.30.0)",
        stacks=stacks,
        plan=Plan("123456789012", "us-east-1", False, "bucket", False, environment, (), ()),  # noqa: FBT003
        outcomes=(Outcome("demo", "environment demo", "failed", failure.cause, failure=failure),),
        ended=f"secret {SECRET_KEY}",
    )


def unpacked(path: Path) -> dict[str, str]:
    with tarfile.open(path) as archive:
        return {
            member.name.removeprefix("bundle/"): archive.extractfile(member).read().decode()
            for member in archive.getmembers()
        }


def test_no_secret_is_in_any_file(collected: Collected, tmp_path: Path) -> None:
    said = [f"token {TOKEN}", f"the pin is {PIN}", f"and {WORD}", f"{ACCESS_KEY}:{SECRET_KEY}"]
    pack(tmp_path / "b.tar.gz", collected, said)
    files = unpacked(tmp_path / "b.tar.gz")

    found = [(name, canary) for name, text in files.items() for canary in CANARIES if canary in text]
    assert found == []
    assert "(masked)" in files["log.txt"]
    assert json.loads(files["stacks/demo/parameters.json"]) == {"Pin": "(masked)", "Owner": "ada"}
    assert "ResourceProperties" not in files["stacks/demo/events.json"]


def test_everything_that_helps_is_in_it(collected: Collected, tmp_path: Path) -> None:
    pack(tmp_path / "b.tar.gz", collected, ["region us-east-1"])
    files = unpacked(tmp_path / "b.tar.gz")

    assert set(files) == {
        "README.txt",
        "log.txt",
        "plan.txt",
        "result.json",
        "versions.json",
        "stacks/demo/template.yaml",
        "stacks/demo/parameters.json",
        "stacks/demo/events.json",
    }
    assert files["stacks/demo/template.yaml"] == TEMPLATE
    assert "environment demo (stack demo): create" in files["plan.txt"]
    assert len(json.loads(files["stacks/demo/events.json"])) == len(ROLLED_BACK)
    versions = json.loads(files["versions.json"])
    assert versions["aws cli"] == "/usr/bin/aws (2.30.0)"
    assert len(versions["requirements.lock sha256"]) == 64
    assert {"python", "boto3", "cfn-lint"} <= set(versions)


def test_a_plan_does_not_show_a_no_echo_parameter(collected: Collected) -> None:
    assert collected.plan is not None
    shown = "\n".join(lines(collected.plan))

    assert PIN not in shown
    assert "    Pin = (masked)  (--parameter)\n    Owner = ada" in shown


def test_what_aws_does_not_tell_is_said_in_its_place(collected: Collected, tmp_path: Path) -> None:
    def script(operation: str, parameters: dict[str, Any]) -> Answer:
        return CloudError("cloudformation DescribeStackEvents: AWS denied the call", "ask", code="AccessDenied")

    collected.cloud = StrictCloud(script)
    pack(tmp_path / "b.tar.gz", collected, [])

    events = json.loads(unpacked(tmp_path / "b.tar.gz")["stacks/demo/events.json"])
    assert events == {"not read": "cloudformation DescribeStackEvents: AWS denied the call; ask"}


def test_a_bundle_before_anything_is_known_is_still_a_bundle(tmp_path: Path) -> None:
    pack(tmp_path / "b.tar.gz", Collected(Arguments(stack="demo"), ended="no region"), ["a"])

    files = unpacked(tmp_path / "b.tar.gz")
    assert files["log.txt"] == "a\nno region\n"
    assert files["plan.txt"] == "there was no plan yet\n"


def test_only_the_owner_can_read_it_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write(tmp_path / "b.tar.gz", {"a": "b"})
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "b.tar.gz").stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["b.tar.gz"]


def test_a_file_that_cannot_be_written_stays_as_it_was(tmp_path: Path) -> None:
    place = tmp_path / "b.tar.gz"
    place.mkdir()

    with pytest.raises(Stopped, match=r"b\.tar\.gz cannot be written: Is a directory; name another file"):
        write(place, {"a": "b"})
    assert os.listdir(tmp_path) == ["b.tar.gz"]


@pytest.mark.parametrize("value", ["", ".", "/nowhere/at/all.tar.gz", "x" * 5_000 + "/b"])
def test_a_bundle_that_cannot_be_written_is_refused_before_anything_runs(value: str) -> None:
    _, findings = parse(["demo", "demo-bucket", "us-east-1", "--bundle", value])

    assert len(findings) == 1
    assert findings[0].startswith("option: --bundle got ")
    assert findings[0].endswith(", want a file in a directory that exists; for example demo.tar.gz")


def test_a_bundle_is_named_once() -> None:
    arguments, findings = parse(["demo", "demo-bucket", "us-east-1", "--bundle=a.tar.gz", "--bundle", "b.tar.gz"])

    assert findings == ("option: --bundle was given 2 times, want it once",)
    assert arguments.bundle == Path("b.tar.gz")


@pytest.mark.xdist_group("local-deploy")
def test_a_failed_deploy_packs_its_cause_and_no_credentials(
    local_checkout: Checkout, tmp_path: Path, first_deploy: object
) -> None:
    keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_SESSION_TOKEN": TOKEN}
    words = ("packed", "pack-bucket", "us-east-1", "--create-bucket", "--yes", "--bundle", str(tmp_path / "b.tar.gz"))
    local_checkout.faults(
        {"service": "ec2", "operation": "AllocateAddress", "code": "AddressLimitExceeded", "message": "Too many"}
    )
    try:
        done = local_checkout.deploy(*words, AWS_ENDPOINT_URL=local_checkout.endpoint, **keys)
    finally:
        local_checkout.faults()
    files = unpacked(tmp_path / "b.tar.gz")

    assert done.returncode == 1
    assert f"bundle: {tmp_path / 'b.tar.gz'}; look through it before you send it to somebody\n" in done.stderr
    assert "  that is: the account has no Elastic IP address left in this region" in done.stderr
    (failed,) = json.loads(files["result.json"])["stacks"]
    assert failed["cause"]["explanation"]["cause"] == "address-quota"
    assert json.loads(files["stacks/packed/events.json"])[0]["ResourceStatus"] == "ROLLBACK_COMPLETE"
    everything = [done.stdout, done.stderr, *files.values()]
    assert not [canary for text in everything for canary in (ACCESS_KEY, SECRET_KEY, TOKEN) if canary in text]
    assert stat.S_IMODE((tmp_path / "b.tar.gz").stat().st_mode) == 0o600
