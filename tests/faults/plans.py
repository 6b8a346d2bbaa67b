"""Seeded plans: what is done, from which state, and what goes wrong on the way. The same seed, the same plan."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tests.faults.judge import Wanted
from tests.faults.stage import CONFIGS, DEPLOY, REGION, STACK

Rule = dict[str, object]

MACHINES = {"one": ("ada",), "pair": ("ada", "bob")}
TYPES = {"ada": "m7i.xlarge", "bob": "m7i.large"}
CHANGES = (("HomeVolumeGiB", "120"), ("InstanceType", "m7i.2xlarge"))
"""A home grows in place; another type reboots the machine."""

ASKED = (
    ("sts", "GetCallerIdentity"),
    ("cloudformation", "DescribeStacks"),
    ("cloudformation", "DescribeStackEvents"),
    ("cloudformation", "DescribeChangeSet"),
    ("cloudformation", "GetTemplateSummary"),
    ("cloudformation", "CreateChangeSet"),
    ("cloudformation", "ExecuteChangeSet"),
    ("cloudformation", "DeleteChangeSet"),
    ("cloudformation", "UpdateTerminationProtection"),
    ("cloudformation", "DeleteStack"),
    ("cloudformation", "*"),
    ("ec2", "DescribeAvailabilityZones"),
    ("ec2", "DescribeInstanceTypeOfferings"),
    ("ec2", "DescribeImages"),
    ("ec2", "DescribeSecurityGroups"),
    ("ec2", "RevokeSecurityGroupEgress"),
    ("ec2", "DescribeInstances"),
    ("ec2", "*"),
    ("ssm", "GetParameter"),
    ("ssm", "DescribeInstanceInformation"),
    ("s3", "HeadBucket"),
    ("s3", "CreateBucket"),
    ("s3", "PutBucketEncryption"),
    ("s3", "CreateMultipartUpload"),
    ("s3", "AbortMultipartUpload"),
    ("s3", "HeadObject"),
    ("s3", "PutObject"),
    ("s3", "*"),
    ("*", "*"),
)
"""The calls of a deploy."""

THROTTLED = {"s3": "SlowDown", "ec2": "RequestLimitExceeded", "ssm": "ThrottlingException"}
DENIED = {"ec2": "UnauthorizedOperation", "ssm": "AccessDeniedException"}
NOT_YOU = "You are not authorized to perform this operation"

RESOURCES = (
    ("AllocateAddress", "AddressLimitExceeded", "The maximum number of addresses has been reached."),
    ("CreateVpc", "VpcLimitExceeded", "The maximum number of VPCs has been reached."),
    ("CreateInternetGateway", "InternetGatewayLimitExceeded", "The maximum number has been reached."),
    ("CreateNatGateway", "NatGatewayLimitExceeded", "The maximum number of NAT gateways has been reached."),
    ("CreateSubnet", "InvalidSubnet.Conflict", "The CIDR conflicts with another subnet"),
    ("CreateRole", "AccessDenied", "User is not authorized to perform: iam:CreateRole"),
    ("CreateFlowLogs", "UnauthorizedOperation", NOT_YOU),
    ("RunInstances", "InsufficientInstanceCapacity", "We currently do not have sufficient capacity in the zone"),
    ("RunInstances", "VcpuLimitExceeded", "You have requested more vCPU capacity than your current limit"),
    ("RunInstances", "InvalidKeyPair.NotFound", "The key pair 'gone' does not exist"),
    ("RunInstances", "InvalidAMIID.NotFound", "The image id does not exist"),
    ("RunInstances", "Unsupported", "Your requested instance type is not supported in this Availability Zone"),
    ("CreateVolume", "VolumeLimitExceeded", "The maximum amount of storage has been reached."),
    ("AttachVolume", "IncorrectState", "The instance is not in a valid state"),
    ("ModifyVolume", "VolumeModificationRateExceeded", "You've reached the maximum modification rate per volume"),
    ("ModifyInstanceAttribute", "InsufficientInstanceCapacity", "We currently do not have sufficient capacity"),
    ("StartInstances", "InsufficientInstanceCapacity", "Insufficient capacity."),
)
"""What CloudFormation meets while it makes and changes resources."""

UNDOING = ("DeleteVolume", "DeleteVpc", "DeleteLaunchTemplate", "TerminateInstances", "ReleaseAddress", "DeleteRole")
SLOW = ("CreateVpc", "CreateNatGateway", "RunInstances", "CreateVolume", "ModifyVolume", "StopInstances")


@dataclass(frozen=True)
class Plan:
    seed: int
    scenario: str
    """`first`, `add` (the environment stands), `change`, `same` or `remove`."""
    config: str
    state: str
    """The kept state that it begins from."""
    words: tuple[str, ...]
    rules: tuple[Rule, ...]
    wanted: Wanted

    def __str__(self) -> str:
        rules = "\n".join(f"    {json.dumps(rule)}" for rule in self.rules)
        command = f".venv/bin/python -m pytest tests/faults/test_fault_plans.py -k 'seed-{self.seed}-'"
        return f"seed {self.seed}: {self.scenario} ({self.config})\n{rules}\n  again: {command}"


def plan(seed: int, *, can_remove: bool) -> Plan:
    """The plan of a seed; without `--remove` nothing is removed, and something is changed instead."""
    dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
    (config,) = dice.choices(("one", "pair"), (5, 1))
    (scenario,) = dice.choices(("first", "add", "change", "same", "remove"), (4, 4, 5, 2, 4))
    key, value = dice.choice(CHANGES)
    rules = tuple(dice.choice(MAKERS[scenario])(dice) for _ in range(dice.choice((1, 1, 2, 3))))
    if scenario == "remove" and not can_remove:
        scenario = "change"
    machines = {name: {"InstanceType": TYPES[name]} for name in MACHINES[config]}
    words = (*DEPLOY, *CONFIGS[config])
    if scenario == "change":
        words += ("--parameter", f"ada.{key}={value}")
        machines["ada"][key] = value
    if scenario == "remove":
        words = ("--remove", STACK, REGION, "--yes")
    state = {"first": "empty", "add": f"environment-{config}"}.get(scenario, f"deployed-{config}")
    flat = tuple(rule for made in rules for rule in made)
    return Plan(seed, scenario, config, state, words, flat, Wanted(machines, removed=scenario == "remove"))


def slow_down(dice: random.Random) -> tuple[Rule, ...]:
    """AWS asks to slow down, a few times."""
    service, operation = dice.choice(ASKED)
    code = THROTTLED.get(service, "Throttling")
    return (
        _outside(dice, service, operation, code=code, message="Rate exceeded", status=503 if service == "s3" else 400),
    )


def trouble(dice: random.Random) -> tuple[Rule, ...]:
    """AWS has a fault."""
    service, operation = dice.choice(ASKED)
    code, status = dice.choice((("InternalFailure", 500), ("ServiceUnavailable", 503), ("InternalError", 500)))
    return (_outside(dice, service, operation, code=code, message="Try again", status=status),)


def network(dice: random.Random) -> tuple[Rule, ...]:
    """The network loses a call, its answer, or a part of it, or somebody else answers."""
    service, operation = dice.choice(ASKED)
    spoiled = dice.choice(
        ({"drop": True}, {"drop": True, "after": True}, {"reply": "empty"}, {"reply": "truncated"}, {"reply": "html"})
    )
    return (_outside(dice, service, operation, **spoiled),)


def slow_answer(dice: random.Random) -> tuple[Rule, ...]:
    service, operation = dice.choice(ASKED[:-1])
    return (_outside(dice, service, operation, delay=dice.choice((0.5, 1.5))),)


def denied(dice: random.Random) -> tuple[Rule, ...]:
    """The right to make one call is missing."""
    service, operation = dice.choice([call for call in ASKED if "*" not in call])
    rule = _outside(dice, service, operation, code=DENIED.get(service, "AccessDenied"), message=NOT_YOU, status=403)
    return ({**rule, "skip": 0, "times": 0},)


def signed_out(dice: random.Random) -> tuple[Rule, ...]:
    """The credentials run out in the midst."""
    code = dice.choice(("ExpiredToken", "RequestExpired", "InvalidClientTokenId"))
    words = {"code": code, "message": "The security token included in the request is expired", "status": 403}
    return ({"caller": "outside", "skip": dice.randrange(40), "times": 0, **words},)


def resource_fails(dice: random.Random) -> tuple[Rule, ...]:
    """A resource cannot be made or changed."""
    return (_resource(*dice.choice(RESOURCES), times=dice.choice((1, 0))),)


def change_fails(dice: random.Random) -> tuple[Rule, ...]:
    """A change fails; half of the time its undoing fails as well: UPDATE_ROLLBACK_FAILED."""
    return (_resource(*dice.choice(RESOURCES[-3:]), times=dice.choice((1, 0))),)


def undoing_fails(dice: random.Random) -> tuple[Rule, ...]:
    """What cannot be made cannot be removed either: ROLLBACK_FAILED, or DELETE_FAILED."""
    fails = _resource(*dice.choice(RESOURCES[:14]), times=1)
    stays = _resource(dice.choice(UNDOING), "DependencyViolation", "The resource has dependencies", times=0)
    return (fails, stays)


def stuck(dice: random.Random) -> tuple[Rule, ...]:
    """An operation stays under way for a while."""
    rule = {"service": "ec2", "operation": dice.choice(SLOW), "caller": "cloudformation"}
    return ({**rule, "delay": dice.choice((2, 4))},)


def removal_fails(dice: random.Random) -> tuple[Rule, ...]:
    """A resource cannot be removed, once or for good."""
    words = ("DependencyViolation", "The resource has dependencies and cannot be deleted")
    return (_resource(dice.choice(UNDOING), *words, times=dice.choice((1, 0))),)


Maker = Callable[[random.Random], Sequence[Rule]]
COMMON: tuple[Maker, ...] = (slow_down, trouble, network, network, slow_answer, denied, signed_out, stuck)
MAKERS: Mapping[str, tuple[Maker, ...]] = {
    "first": (*COMMON, *COMMON, resource_fails, resource_fails, resource_fails, resource_fails, undoing_fails),
    "add": (*COMMON, *COMMON, resource_fails, resource_fails, resource_fails, resource_fails, undoing_fails),
    "change": (*COMMON, *COMMON, change_fails, change_fails, change_fails, change_fails),
    "same": COMMON,
    "remove": (*COMMON, removal_fails, removal_fails, removal_fails),
}


def _outside(dice: random.Random, service: str, operation: str, **spoiled: object) -> Rule:
    """A rule for calls of the deploy itself; now and then for more of them than are tried again."""
    times, skip = dice.choice((1, 1, 2, 3, 8)), dice.choice((0, 0, 0, 1, 2, 4))
    return {"service": service, "operation": operation, "caller": "outside", "skip": skip, "times": times, **spoiled}


def _resource(operation: str, code: str, message: str, *, times: int) -> Rule:
    service = "iam" if "Role" in operation else "ec2"
    rule = {"service": service, "operation": operation, "caller": "cloudformation", "times": times}
    return {**rule, "code": code, "message": message}
