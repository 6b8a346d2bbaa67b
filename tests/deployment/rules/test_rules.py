"""Every rule of the preflight: what it finds, what it asks, and what it does when it may not ask."""

from __future__ import annotations

from pathlib import Path

import pytest

from cloud.errors import CloudError, denied
from deployment.patience import signed_out
from deployment.rules import decisions
from deployment.rules.catalogue import modules, rules, unknown
from deployment.rules.check import check
from deployment.rules.rule import LEVELS, Rule
from tests.conftest import Figures
from tests.deployment.rules.account import Account, account, operations
from tests.deployment.rules.case import Case, nothing
from tests.deployment.rules.cases import CASES
from tests.deployment.rules.existing_cases import existing, pool

BY_ID = {rule.id: rule for rule in rules()}
NEEDED = {
    "cloudformation:DescribeStacks",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeManagedPrefixLists",
    "ssm:GetParameter",
}
"""Without these nobody knows what to deploy; the preflight ends all the same, with warnings."""
NEEDED_OF_A_NETWORK = {"ec2:DescribeRouteTables", "ec2:DescribeSubnets", "ec2:DescribeVpcs"}
"""Without these nobody knows what follows from the subnets of a VPC that is there."""
ACTIONS = sorted({action for rule in rules() for action in rule.actions} - {"s3:PutObject"})
"""Without s3:PutObject the templates cannot be uploaded: P005 finds that out, and it is an error."""


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


def found(rule: Rule, there: Account, directory: Path) -> tuple[str, ...]:
    problems = rule.check(there.facts(directory))
    return tuple(str(problem).replace(str(directory), "PATH") for problem in problems)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule} {case.name}")
def test_a_rule_finds_what_it_is_for_and_nothing_else(case: Case, tmp_path: Path, figures: Figures) -> None:
    there = account()
    case.change(there)

    actual = found(BY_ID[case.rule], there, tmp_path)

    figures.count("preflight-rules", held=actual == case.expected)
    assert case.expected == actual


@pytest.mark.parametrize("identifier", modules())
def test_each_rule_has_a_passing_and_a_failing_case(identifier: str) -> None:
    outcomes = {bool(case.expected) for case in CASES if case.rule == identifier}

    assert {True, False} == outcomes


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.id)
def test_a_rule_says_what_it_is(rule: Rule) -> None:
    assert rule.level in LEVELS
    assert modules()[rule.id].rpartition(".")[2].startswith(f"{rule.id.lower()}_")
    assert rule.link.startswith("https://docs.aws.amazon.com/")
    assert all(text and not text.endswith(".") for text in (rule.title, rule.hint))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule} {case.name}")
def test_a_rule_asks_only_what_it_says_it_needs(case: Case, tmp_path: Path) -> None:
    there = account()
    case.change(there)
    facts = there.facts(tmp_path)
    rule = BY_ID[case.rule]

    tuple(rule.check(facts))

    allowed = {operation for action in rule.actions for operation in operations(action)}
    assert set(facts.cloud.asked) <= allowed  # type: ignore[attr-defined]


def test_every_action_is_of_use_to_a_rule_that_names_it(tmp_path: Path) -> None:
    asked: dict[str, set[str]] = {rule.id: set() for rule in rules()}
    for case in CASES:
        there = account()
        case.change(there)
        facts = there.facts(tmp_path)
        tuple(BY_ID[case.rule].check(facts))
        asked[case.rule] |= set(facts.cloud.asked)  # type: ignore[attr-defined]

    named = {rule.id: {operation for action in rule.actions for operation in operations(action)} for rule in rules()}
    unused = {identifier: named[identifier] - asked[identifier] for identifier in named}
    assert {identifier: left for identifier, left in unused.items() if left - {"GetAWSDefaultServiceQuota"}} == {}


CONFIGS = {
    "": nothing,
    "minimal": lambda there: there.use("minimal"),
    "maximal": lambda there: there.use("maximal"),
    "regional": lambda there: there.use("regional"),
    "ipam": pool(),
    "existing-vpc": existing,
}
"""Config to the account that it is for."""


@pytest.mark.parametrize("config", CONFIGS)
def test_all_is_well_in_an_empty_account(tmp_path: Path, config: str) -> None:
    there = account()
    CONFIGS[config](there)
    there.answers["GetServiceQuota"] = {"Quota": {"Value": 1000.0}}
    checked = check(there.facts(tmp_path))

    assert ((), len(rules())) == (checked.findings, checked.looked)
    assert checked.summary() == f"{len(rules())} rules looked: all is well"


def test_every_question_is_asked_once(tmp_path: Path) -> None:
    facts = account().facts(tmp_path)
    check(facts)
    decisions.plan(facts)

    several = {"GetServiceQuota"}  # one for each quota
    asked = [operation for operation in facts.cloud.asked if operation not in several]  # type: ignore[attr-defined]
    assert sorted(set(asked)) == sorted(asked)


@pytest.mark.parametrize("code", ["AccessDenied", "UnauthorizedOperation"])
@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("action", ACTIONS)
def test_who_may_not_look_is_told_so_and_not_held_up(tmp_path: Path, action: str, config: str, code: str) -> None:
    code = "AccessDenied" if action.startswith("s3:") else code  # S3 says nothing else
    there = account()
    CONFIGS[config](there)
    there.deploy("demo", outputs={"VolumeKmsKeyArn": "arn:aws:kms:us-east-1:1:key/1"})
    there.answers["GetServiceQuota"] = {"Quota": {"Value": 1000.0}}
    there.deny(action, code)
    facts = there.facts(tmp_path)

    checked = check(facts)

    refused = {operation for operation in operations(action) if operation in facts.cloud.asked}  # type: ignore[attr-defined]
    told = bool(refused) and action != "s3:ListBucket"  # an upload that works says as much
    assert {"warning"} >= {finding.level for finding in checked.findings}
    assert bool(checked.findings) == told
    needed = NEEDED | (NEEDED_OF_A_NETWORK if config == "existing-vpc" else set())
    if action in needed & {f"{action.partition(':')[0]}:{operation}" for operation in refused}:
        with pytest.raises(CloudError) as caught:
            decisions.plan(facts)
        assert denied(caught.value)
    else:
        assert decisions.plan(facts).environment.name == "demo"


def test_several_rules_that_may_not_look_are_told_in_one_line(tmp_path: Path) -> None:
    there = account()
    there.deny("ec2:DescribeVpcs")

    (finding,) = check(there.facts(tmp_path)).findings

    assert str(finding) == (
        "warning P016, P019: could not look: DescribeVpcs: AWS denied the call (AccessDenied: not you), "
        "want to know before anything is made; "
        "ask whoever administers the account; to be told no more: --suppress P016 --suppress P019"
    )


def test_a_network_that_is_away_is_told_once(tmp_path: Path) -> None:
    class EndpointConnectionError(ConnectionError):
        """Named as botocore's own."""

    there = account()

    def away(_: object) -> CloudError:
        error = CloudError("ec2: AWS cannot be reached", "check the network")
        error.__cause__ = EndpointConnectionError()
        return error

    for operation in ("DescribeVpcs", "DescribeRegions", "DescribeAddresses"):
        there.answers[operation] = away
    (finding,) = check(there.facts(tmp_path)).errors

    assert finding.rules == ("P003", "P015", "P016", "P019")
    assert str(finding.problem) == (
        "AWS cannot be asked: ec2: AWS cannot be reached, want an answer; check the network; or go on without: "
        "--suppress P003 --suppress P015 --suppress P016 --suppress P019"
    )


def test_credentials_that_run_out_end_the_preflight(tmp_path: Path) -> None:
    there = account()
    there.answers["DescribeVpcs"] = CloudError("expired", "sign in", code="ExpiredToken")
    with pytest.raises(CloudError) as caught:
        check(there.facts(tmp_path))

    assert signed_out(caught.value)


def test_a_suppressed_rule_is_not_asked_and_is_named(tmp_path: Path) -> None:
    there = account()
    there.deny("ec2:DescribeKeyPairs")
    there.set("KeyName", "ada")
    facts = there.facts(tmp_path)
    checked = check(facts, suppressed={"P013"})

    assert checked.findings == ()
    assert "DescribeKeyPairs" not in facts.cloud.asked  # type: ignore[attr-defined]
    assert checked.summary() == f"{len(rules()) - 1} rules looked: all is well; suppressed: P013"


def test_the_local_aws_is_not_asked_for_what_it_does_not_have(tmp_path: Path) -> None:
    there = account()
    there.change(local=True)
    checked = check(there.facts(tmp_path))

    assert checked.not_on_local == tuple(rule.id for rule in rules() if not rule.on_local)
    assert checked.looked == len(rules()) - len(checked.not_on_local)


def test_errors_come_before_warnings(tmp_path: Path) -> None:
    there = account()
    there.plugin = None
    there.answers["DescribeImages"] = {"Images": []}
    checked = check(there.facts(tmp_path))

    assert [(finding.level, finding.rules) for finding in checked.findings] == [
        ("error", ("P010",)),
        ("warning", ("P022",)),
    ]
    assert checked.summary() == f"{len(rules())} rules looked: 1 error, 1 warning"


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("P19", "did you mean P019?"),
        ("p004", "did you mean P004?"),
        ("all", "docs/guides/preflight.md lists them"),
        ("P014,P015", "--suppress once for each rule"),
    ],
)
def test_a_rule_that_does_not_exist_cannot_be_suppressed(typed: str, hint: str) -> None:
    last = tuple(modules())[-1]

    assert unknown(typed) == f"option: --suppress got '{typed}', want the id of a rule, P001 to {last}; {hint}"
    assert unknown("P001") is None
