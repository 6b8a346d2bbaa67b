"""The process: start, address file, state between runs, stop, and the real AWS CLI against it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.local_aws_fixture import ROOT, LocalAws, started
from tests.localaws.parts import TAGS, machine, volume
from tests.localaws.stack import TemplateStack, ref, resource, template

AWS = Path(sys.executable).parent / "aws"


def test_a_restarted_server_goes_on_where_it_was(tmp_path: Path) -> None:
    attachment = {"InstanceId": ref("Instance"), "VolumeId": ref("Home"), "Device": "/dev/sdf"}
    image = "ami-0123456789abcdef0"
    with started(tmp_path) as first:
        stack = TemplateStack(first, "kept")
        image = first.client("ec2").describe_images(Filters=[{"Name": "name", "Values": ["al2023-ami-2*x86_64"]}])
        image_id = image["Images"][0]["ImageId"]
        parts = {**machine(image_id), "Home": volume(Encrypted=True, Tags=TAGS)}
        parts["HomeAttachment"] = resource("AWS::EC2::VolumeAttachment", attachment)
        parts["Key"] = resource("AWS::KMS::Key", {"KeyPolicy": {"Version": "2012-10-17", "Statement": []}})
        stack.create(template(**parts))
        first.client("s3").create_bucket(Bucket="kept-bucket")
        first.client("ec2").create_key_pair(KeyName="kept-key")
        before = (stack.describe(), stack.events(), stack.id("Instance"))
    assert not (tmp_path / "localaws.json").exists()
    with started(tmp_path) as second:
        stack = TemplateStack(second, "kept")
        assert (stack.describe(), stack.events(), stack.id("Instance")) == before
        assert [item["Name"] for item in second.client("s3").list_buckets()["Buckets"]] == ["kept-bucket"]
        assert second.client("ec2").describe_key_pairs()["KeyPairs"][0]["KeyName"] == "kept-key"
        parts["Instance"]["Properties"]["InstanceType"] = "m7i.2xlarge"
        assert stack.update(template(**parts)) == "UPDATE_COMPLETE"
        assert stack.id("Instance") == before[2]
        assert stack.delete() == "DELETE_COMPLETE"


def test_a_damaged_state_starts_empty_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(b"not a state")
    with started(tmp_path) as local_aws:
        assert local_aws.client("cloudformation").describe_stacks()["Stacks"] == []

    assert "cannot be read" in (tmp_path / "server.txt").read_text()


def test_the_address_file_names_the_endpoint_the_process_and_the_account(local_aws: LocalAws) -> None:
    told = json.loads((local_aws.directory / "localaws.json").read_text())

    assert told == {"endpoint": local_aws.endpoint, "pid": local_aws.pid, "account": "123456789012"}
    assert local_aws.client("sts").get_caller_identity()["Account"] == "123456789012"
    os.kill(local_aws.pid, 0)


def test_only_the_loopback_interface_is_bound(local_aws: LocalAws) -> None:
    port = int(local_aws.endpoint.rsplit(":", 1)[1])
    table = Path("/proc/net/tcp")
    if not table.exists():
        pytest.skip("the list of listening sockets is read from /proc")
    listening = [line.split()[1] for line in table.read_text().splitlines()[1:] if line.split()[3] == "0A"]

    assert [item for item in listening if int(item.split(":")[1], 16) == port] == [f"0100007F:{port:04X}"]


def test_another_moto_is_refused(tmp_path: Path) -> None:
    code = "import moto; moto.__version__ = '5.9.9'; from localaws.__main__ import main; raise SystemExit(main())"
    ended = subprocess.run(
        [sys.executable, "-c", code, "--directory", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=60
    )

    assert ended.returncode == 1
    assert ended.stderr == "error: moto 5.9.9 is installed; the local AWS needs exactly 5.2.5\n"


def test_an_interrupt_ends_it_cleanly(tmp_path: Path) -> None:
    with started(tmp_path) as local_aws:
        os.kill(local_aws.pid, signal.SIGINT)
    assert not (tmp_path / "localaws.json").exists()
    assert (tmp_path / "state").exists()


def run(local_aws: LocalAws, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([AWS, *arguments], env=local_aws.environment(), capture_output=True, text=True, timeout=120)


def test_the_real_aws_cli_deploys_twice_and_deletes(local_aws: LocalAws, tmp_path: Path) -> None:
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template(Logs=resource("AWS::Logs::LogGroup", {"RetentionInDays": 7}))))
    deploy = (
        "cloudformation",
        "deploy",
        "--template-file",
        str(path),
        "--stack-name",
        "by-cli",
        "--no-fail-on-empty-changeset",
    )
    first, second = run(local_aws, *deploy), run(local_aws, *deploy)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "Successfully created/updated stack - by-cli" in first.stdout
    assert "No changes to deploy. Stack by-cli is up to date" in second.stdout
    assert run(local_aws, "cloudformation", "delete-stack", "--stack-name", "by-cli").returncode == 0
    waited = run(local_aws, "cloudformation", "wait", "stack-delete-complete", "--stack-name", "by-cli")
    assert waited.returncode == 0, waited.stderr


def test_a_running_instance_answers_ssm_as_simulated(local_aws: LocalAws, stack: TemplateStack, image_id: str) -> None:
    ssm = local_aws.client("ssm")
    stack.create(template(**machine(image_id)))
    wanted = [{"Key": "InstanceIds", "Values": [stack.id("Instance")]}]
    shown = ssm.describe_instance_information(Filters=wanted)["InstanceInformationList"]

    assert [(item["InstanceId"], item["PingStatus"]) for item in shown] == [(stack.id("Instance"), "Online")]
    assert (shown[0]["AgentVersion"], shown[0]["PlatformName"]) == ("simulated", "Amazon Linux (simulated)")
    stack.client("ec2").stop_instances(InstanceIds=[stack.id("Instance")])
    assert ssm.describe_instance_information(Filters=wanted)["InstanceInformationList"] == []


@pytest.mark.parametrize(
    ("name", "architecture", "device"),
    [
        ("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64", "x86_64", "/dev/xvda"),
        ("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64", "arm64", "/dev/xvda"),
        ("/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id", "x86_64", "/dev/sda1"),
        ("/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id", "arm64", "/dev/sda1"),
        (
            "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id",
            "x86_64",
            "/dev/xvda",
        ),
        (
            "/aws/service/deeplearning/ami/arm64/base-oss-nvidia-driver-gpu-ubuntu-24.04/latest/ami-id",
            "arm64",
            "/dev/sda1",
        ),
    ],
)
@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_a_public_image_parameter_names_an_image_that_fits(
    local_aws: LocalAws, name: str, architecture: str, device: str, region: str
) -> None:
    image_id = local_aws.client("ssm", region).get_parameter(Name=name)["Parameter"]["Value"]
    image = local_aws.client("ec2", region).describe_images(ImageIds=[image_id])["Images"][0]

    assert (image["Architecture"], image["RootDeviceName"], image["State"]) == (architecture, device, "available")


def test_images_of_aws_are_no_snapshots_of_ours(local_aws: LocalAws) -> None:
    snapshots = local_aws.client("ec2", "eu-west-2").describe_snapshots(OwnerIds=["self"])["Snapshots"]

    assert snapshots == []


def test_the_summary_counts_what_is_simulated(local_aws: LocalAws, stack: TemplateStack) -> None:
    before = local_aws.get("/_local/summary")
    kind = "AWS::EC2::VPCBlockPublicAccessOptions"
    stack.create(template(Options=resource(kind, {"InternetGatewayBlockMode": "block-ingress"})))
    after = local_aws.get("/_local/summary")

    assert (after["resources"], after["simulated"]) == (before["resources"] + 1, before["simulated"] + 1)
    assert after["reasons"][-1]["logical_id"] == "Options"


@pytest.mark.parametrize("config", ["", "minimal", "maximal"])
def test_the_project_s_environments_deploy_and_leave_nothing(local_aws: LocalAws, config: str, root: Path) -> None:
    from analysis.resolve import load

    stack = TemplateStack(local_aws, f"environment-{config or 'default'}")
    text = (root / "templates" / config / "environment.yaml").read_text()
    zones = iter(("use1-az1", "use1-az2", "use1-az4", "use1-az6"))
    values = {
        name: "pl-63a5400a" if name == "S3PrefixListId" else next(zones)
        for name, item in load(text)["Parameters"].items()
        if "Default" not in item
    }
    body = load(text)
    status = stack.create(body, values)

    assert status == "CREATE_COMPLETE"
    assert stack.delete() == "DELETE_COMPLETE"
