"""An account that answers the preflight's questions: all is well in it until a case changes something.

Answers are held against AWS's service models, as are the questions: see `StrictCloud`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore import xform_name

from cloud.credentials import Expiry
from cloud.errors import CloudError
from deployment import stacks
from deployment.aws_cli import AwsCli
from deployment.processes import Processes
from deployment.rules.asked import Asked
from deployment.rules.facts import Facts
from tests.deployment.rules.things import ACCOUNT, NEW, ZONES, image, image_id, instance_type, role, vpc
from tests.deployment.strict_cloud import StrictCloud

ROOT = Path(__file__).resolve().parents[3]
PLUGIN = "1.2.707.0"

Answer = dict[str, Any] | CloudError
OPERATIONS = {
    "s3:ListBucket": ("HeadBucket",),
    "s3:PutObject": ("CreateMultipartUpload", "AbortMultipartUpload"),
}
"""The IAM actions that are called otherwise than the operations that need them."""


def operations(action: str) -> tuple[str, ...]:
    """The API operations that an IAM action is for."""
    return OPERATIONS.get(action, (action.partition(":")[2],))


class StrictAccount(StrictCloud):
    """Also tells when the credentials end, and AWS's clock."""

    def __init__(self, account: Account) -> None:
        super().__init__(account.answer)
        self.told = account

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        answer = super().call(service, operation, **parameters)
        return {**answer, "ResponseMetadata": {"HTTPHeaders": {"date": self.told.clock}}}

    def expiry(self) -> Expiry:
        return self.told.expiry


@dataclass
class Account:
    """What is there, and what is asked for."""

    asked: Asked
    answers: dict[str, Answer | Callable[[dict[str, Any]], Answer]] = field(default_factory=dict)
    expiry: Expiry = field(default_factory=lambda: Expiry("env", None))
    clock: str = field(default_factory=lambda: f"{datetime.now(UTC):%a, %d %b %Y %H:%M:%S GMT}")
    plugin: str | None = PLUGIN
    """What the Session Manager plugin says when it is asked for its version; None when there is none."""

    def answer(self, operation: str, parameters: dict[str, Any]) -> Answer:
        found = self.answers.get(operation)
        found = getattr(self, f"_{xform_name(operation)}")(parameters) if found is None else found
        return found(parameters) if callable(found) else found

    def change(self, **asked: Any) -> None:
        """Ask for something else."""
        self.asked = replace(self.asked, **asked)

    def use(self, config: str) -> None:
        """Deploy another config's templates."""
        self.change(stacks=stacks.read(ROOT / "templates" / config))

    def add(self, logical_id: str, resource: dict[str, Any]) -> None:
        """Put one more resource into the environment's template."""
        template = self.asked.stacks.template
        body = {**template.body, "Resources": {**template.body["Resources"], logical_id: resource}}
        self.change(stacks=replace(self.asked.stacks, template=replace(template, body=body)))

    def set(self, key: str, value: str) -> None:
        """Give the first workstation another parameter."""
        first, *rest = self.asked.stacks.workstations
        first = replace(first, parameters={**first.parameters, key: value})
        self.change(stacks=replace(self.asked.stacks, workstations=(first, *rest)))

    def deploy(self, name: str, status: str = "CREATE_COMPLETE", *, outputs: dict | None = None, **given: str) -> None:
        """Let a stack be there already."""
        before = self.answers.get("DescribeStacks", {"Stacks": []})
        stack = {
            "StackName": name,
            "StackStatus": status,
            "CreationTime": NEW,
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
            "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in (outputs or {}).items()],
        }
        self.answers["DescribeStacks"] = {"Stacks": [*before["Stacks"], stack]}  # type: ignore[index, call-overload]

    def deny(self, action: str, code: str = "AccessDenied") -> None:
        """Refuse every call that needs an IAM action, as AWS does."""
        for operation in operations(action):
            cause = f"{operation}: AWS denied the call ({code}: not you)"
            self.answers[operation] = CloudError(cause, "ask whoever administers the account", code=code)

    def facts(self, directory: Path) -> Facts:
        """What the rules ask; `directory` holds the plugin, and is all that is on PATH."""
        program = directory / "session-manager-plugin"
        if self.plugin is not None:
            program.write_text(f"#!/bin/sh\necho '{self.plugin}'\n")
            program.chmod(0o755)
        return Facts(StrictAccount(self), self.asked, Processes())

    def _get_caller_identity(self, _: dict) -> Answer:
        return {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/ann", "UserId": "AIDA"}

    def _describe_regions(self, _: dict) -> Answer:
        return {"Regions": [{"RegionName": "us-east-1", "OptInStatus": "opt-in-not-required"}]}

    def _head_bucket(self, _: dict) -> Answer:
        return {"BucketRegion": "us-east-1"}

    def _create_multipart_upload(self, _: dict) -> Answer:
        return {"UploadId": "u"}

    def _abort_multipart_upload(self, _: dict) -> Answer:
        return {}

    def _describe_stacks(self, _: dict) -> Answer:
        return {"Stacks": []}

    def _describe_stack_events(self, _: dict) -> Answer:
        return {"StackEvents": []}

    def _list_change_sets(self, _: dict) -> Answer:
        return {"Summaries": []}

    def _list_stack_resources(self, _: dict) -> Answer:
        return {"StackResourceSummaries": []}

    def _describe_availability_zones(self, _: dict) -> Answer:
        return {"AvailabilityZones": [{"ZoneId": zone} for zone in ZONES]}

    def _describe_instance_type_offerings(self, parameters: dict) -> Answer:
        types = parameters["Filters"][0]["Values"]
        return {"InstanceTypeOfferings": [{"InstanceType": name, "Location": zone} for name in types for zone in ZONES]}

    def _describe_instance_types(self, parameters: dict) -> Answer:
        return {"InstanceTypes": [instance_type(name) for name in parameters["Filters"][0]["Values"]]}

    def _get_parameter(self, parameters: dict) -> Answer:
        return {"Parameter": {"Value": image_id(parameters["Name"])}}

    def _describe_images(self, parameters: dict) -> Answer:
        names = [entry.image for entry in self.asked.stacks.workstations]
        there = {image_id(name): image(name) for name in names}
        return {"Images": [there[name] for name in parameters["Filters"][0]["Values"] if name in there]}

    def _describe_key_pairs(self, parameters: dict) -> Answer:
        return {"KeyPairs": [{"KeyName": name} for name in parameters["Filters"][0]["Values"]]}

    def _describe_instances(self, _: dict) -> Answer:
        return {"Reservations": []}

    def _describe_addresses(self, _: dict) -> Answer:
        return {"Addresses": []}

    def _describe_vpcs(self, _: dict) -> Answer:
        return {"Vpcs": [vpc("172.31.0.0/16", "vpc-default")]}

    def _describe_internet_gateways(self, _: dict) -> Answer:
        return {"InternetGateways": []}

    def _describe_nat_gateways(self, _: dict) -> Answer:
        return {"NatGateways": []}

    def _describe_subnets(self, _: dict) -> Answer:
        return {"Subnets": [{"SubnetId": "subnet-1", "AvailabilityZoneId": "use1-az1"}]}

    def _describe_route_tables(self, _: dict) -> Answer:
        return {"RouteTables": []}

    def _describe_vpc_peering_connections(self, _: dict) -> Answer:
        return {"VpcPeeringConnections": []}

    def _describe_vpc_endpoint_services(self, parameters: dict) -> Answer:
        names = parameters["Filters"][0]["Values"]
        return {"ServiceDetails": [{"ServiceName": name, "AvailabilityZoneIds": list(ZONES)} for name in names]}

    def _describe_managed_prefix_lists(self, _: dict) -> Answer:
        return {"PrefixLists": [{"PrefixListId": "pl-0123456789abcdef0"}]}

    def _get_service_quota(self, _: dict) -> Answer:
        return {"Quota": {"Value": 5.0}}

    def _describe_key(self, parameters: dict) -> Answer:
        return {"KeyMetadata": {"KeyId": parameters["KeyId"], "KeyState": "Enabled"}}

    def _simulate_principal_policy(self, parameters: dict) -> Answer:
        names = parameters["ActionNames"]
        return {"EvaluationResults": [{"EvalActionName": name, "EvalDecision": "allowed"} for name in names]}

    def _get_role(self, parameters: dict) -> Answer:
        return {"Role": role(parameters["RoleName"])}


def account() -> Account:
    """All is well in it, and nothing was deployed yet."""
    default = stacks.read(ROOT / "templates")
    asked = Asked(
        stack="demo",
        stacks=default,
        given={},
        bucket="demo-bucket",
        may_create_bucket=False,
        local=False,
        account=ACCOUNT,
        wanted_account=None,
        command="./deploy.sh demo demo-bucket us-east-1",
        cli=AwsCli("/bin/aws", (2, 31, 0), own=False),
    )
    return Account(asked)
