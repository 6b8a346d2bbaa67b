"""From what was asked and what is there to a plan; every problem is found before anything is made."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches

from cloud.session import Cloud
from deployment.arguments import Arguments, Parameter
from deployment.aws_cli import AwsCli
from deployment.findings import Problem, stop_on
from deployment.names import shown
from deployment.plan import Plan
from deployment.processes import Processes
from deployment.rules import decisions
from deployment.rules.asked import Asked, Given
from deployment.rules.check import Checked, check
from deployment.rules.facts import Facts
from deployment.stacks import Stacks, overridden
from deployment.talk import Talk


def plan_of(facts: Facts, talk: Talk, *, suppressed: Collection[str], as_json: bool) -> Plan:
    """The plan; what was found is said. Raises `Stopped` with every error, `CloudError` when AWS cannot be asked."""
    with talk.step("preflight") as step:
        checked = check(facts, suppressed=suppressed)
        step.result = checked.summary()
    for finding in (*checked.at("warning"), *checked.at("info")):
        talk.say(f"  {finding}")
    if checked.errors and as_json:
        print_json(facts, checked)
    stop_on(checked.errors)
    return replace(decisions.plan(facts), findings=checked.findings, suppressed=checked.suppressed)


def facts_of(
    cloud: Cloud,
    arguments: Arguments,
    stacks: Stacks,
    *,
    account: str,
    command: str,
    cli: AwsCli,
    processes: Processes,
) -> Facts:
    """What the preflight looks at; nothing was asked yet. Raises `Stopped` for parameters that no template has."""
    given = by_workstation(arguments.parameters)
    stop_on(tuple(parameter_findings(given, stacks)))
    asked = Asked(
        stack=arguments.stack,
        stacks=overridden(stacks, given),
        given=given,
        bucket=arguments.bucket,
        may_create_bucket=arguments.create_bucket or arguments.local,
        local=arguments.local,
        account=account,
        wanted_account=arguments.account,
        command=command,
        cli=cli,
    )
    return Facts(cloud, asked, processes)


def print_json(facts: Facts, checked: Checked) -> None:
    """What was found, as one JSON object on stdout, where an error stands."""
    result = {
        "account": facts.asked.account,
        "region": facts.cloud.region,
        "local": facts.asked.local,
        "findings": [finding.as_json() for finding in checked.findings],
        "suppressed": list(checked.suppressed),
        "stacks": [],
    }
    print(json.dumps(result, indent=2, ensure_ascii=False), flush=True)


def by_workstation(parameters: Iterable[Parameter]) -> dict[str | None, dict[str, str]]:
    """The user's parameters, by workstation; None for the environment."""
    given: dict[str | None, dict[str, str]] = {}
    for parameter in parameters:
        given.setdefault(parameter.workstation, {})[parameter.key] = parameter.value
    return given


def parameter_findings(given: Given, stacks: Stacks) -> Iterator[Problem]:
    """Each `--parameter` that no template has."""
    known = {None: stacks.template, **{workstation.name: workstation.template for workstation in stacks.workstations}}
    for name, values in given.items():
        if name not in known:
            names = [workstation.name for workstation in stacks.workstations]
            want = f"one of {', '.join(names) or 'none'}"
            yield Problem("parameter", f"got workstation {shown(str(name))}", want, "see the config for their names")
            continue
        for key in values:
            if key not in known[name].parameters:
                close = get_close_matches(key, known[name].parameters, n=1)
                want = f"one of {', '.join(sorted(known[name].parameters))} ({known[name].path.name})"
                hint = f"did you mean {close[0]}?" if close else "see its description in the template"
                yield Problem("parameter", f"got {shown(key)}", want, hint)
