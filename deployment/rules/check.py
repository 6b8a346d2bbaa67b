"""All rules at once: every question to AWS is begun together, every finding is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from cloud.errors import CloudError, denied
from deployment.findings import Problem
from deployment.patience import passes, signed_out
from deployment.rules.asked import AT_ONCE
from deployment.rules.catalogue import rules
from deployment.rules.facts import Facts
from deployment.rules.rule import LEVELS, Finding, Level, Rule

SERVICES = ("sts", "ec2", "cloudformation", "s3", "ssm", "service-quotas", "iam")
"""Whose clients every preflight needs."""
SIDE_BY_SIDE = 32
"""More than there are questions that can be asked at once; a rule that waits for an answer holds a thread, too."""
QUOTA = "servicequotas:GetServiceQuota"
PERMISSIONS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions_create-policies.html"


@dataclass(frozen=True)
class Checked:
    """How the rules ended."""

    findings: tuple[Finding, ...]
    """Worst first, then by rule."""
    looked: int
    """How many rules were tried."""
    suppressed: tuple[str, ...]
    not_on_local: tuple[str, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What stands against making anything."""
        return self.at("error")

    def at(self, level: Level) -> tuple[Finding, ...]:
        """The findings of one level."""
        return tuple(finding for finding in self.findings if finding.level == level)

    def summary(self) -> str:
        """`34 rules looked: 1 error, 2 warnings; suppressed: P021`."""
        counts = ((level, len(self.at(level))) for level in LEVELS)
        found = ", ".join(f"{count} {level}{'s' * (count > 1)}" for level, count in counts if count)
        left_out = f"; suppressed: {', '.join(self.suppressed)}" if self.suppressed else ""
        return f"{self.looked} rules looked: {found or 'all is well'}{left_out}"


@dataclass(frozen=True)
class _Judged:
    rule: Rule
    problems: tuple[Problem, ...] = ()
    failure: CloudError | None = None


def check(facts: Facts, *, suppressed: Collection[str] = (), among: Sequence[Rule] | None = None) -> Checked:
    """Try every rule but those in `suppressed`. Raises `CloudError` when the credentials have run out."""
    every = rules() if among is None else among
    wanted = [rule for rule in every if rule.id not in suppressed]
    active = [rule for rule in wanted if rule.on_local or not facts.asked.local]
    with facts.processes.threads(SIDE_BY_SIDE) as pool:
        for name in _at_once(active):
            pool.submit(facts.begin, name)
        if any(QUOTA in rule.actions for rule in active):
            for service, code in facts.quotas_ahead():
                pool.submit(facts.begin, "quota", service, code)
        judged = [future.result() for future in [pool.submit(_judge, rule, facts) for rule in active]]
    findings = [*_told(judged), *_not_told(judged)]
    findings.sort(key=lambda finding: (LEVELS.index(finding.level), finding.rules))
    not_on_local = tuple(rule.id for rule in wanted if rule not in active)
    return Checked(tuple(findings), len(active), tuple(sorted(suppressed)), not_on_local)


def _at_once(active: Iterable[Rule]) -> tuple[str, ...]:
    """The facts behind the actions of these rules, without those that wait for another answer."""
    actions = {action: None for rule in active for action in rule.actions}
    return tuple(AT_ONCE[action] for action in actions if action in AT_ONCE)


def _judge(rule: Rule, facts: Facts) -> _Judged:
    try:
        return _Judged(rule, tuple(rule.check(facts)))
    except CloudError as error:
        if signed_out(error):
            raise
        return _Judged(rule, failure=error)


def _told(judged: Iterable[_Judged]) -> Iterable[Finding]:
    for one in judged:
        for problem in one.problems:
            yield Finding((one.rule.id,), one.rule.level, problem, one.rule.link)


def _not_told(judged: Iterable[_Judged]) -> Iterable[Finding]:
    """One finding for each cause that kept rules from looking, however many there are."""
    by_cause: dict[str, list[_Judged]] = {}
    for one in judged:
        if one.failure:
            by_cause.setdefault(_cause(one.failure), []).append(one)
    for same in by_cause.values():
        identifiers = tuple(one.rule.id for one in same)
        yield _unable(identifiers, same[0].failure)


def _cause(error: CloudError) -> str:
    """What tells causes apart: a network that is away is one cause, whichever call it hit first."""
    return "network" if passes(error) else error.cause


def _unable(identifiers: tuple[str, ...], error: CloudError | None) -> Finding:
    cause, remedy = (error.cause, error.remedy) if error else ("", "")
    if error and passes(error):
        hint = f"{remedy or 'wait a minute, then repeat the command'}; or go on without: {_suppress(identifiers)}"
        return Finding(identifiers, "error", Problem("AWS cannot be asked", cause, "an answer", hint))
    about = "could not look" if error and denied(error) else "could not look, AWS refused"
    hint = f"{remedy or 'look for yourself'}; to be told no more: {_suppress(identifiers)}"
    return Finding(identifiers, "warning", Problem(about, cause, "to know before anything is made", hint), PERMISSIONS)


def _suppress(identifiers: Iterable[str]) -> str:
    return " ".join(f"--suppress {identifier}" for identifier in identifiers)
