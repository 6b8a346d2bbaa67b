"""How a deploy ended: outputs, SSH snippet and the next commands on stdout, failures on stderr."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from deployment.arguments import ROOT
from deployment.execute import Outcome
from deployment.masking import MASK, no_echo
from deployment.plan import Plan, monthly_cost
from deployment.processes import Processes
from deployment.review import Review
from deployment.review import as_json as review_as_json
from deployment.talk import Talk


def finish(
    plan: Plan,
    outcomes: tuple[Outcome, ...],
    talk: Talk,
    processes: Processes,
    *,
    reviews: tuple[Review, ...] = (),
    as_json: bool,
) -> int:
    """Print how every stack ended; 0 when all are well, else 1."""
    failed = [outcome for outcome in outcomes if outcome.result == "failed"]
    for outcome in failed:
        talk.say(f"{outcome.label}: failed: {outcome.reason}")
        for line in outcome.failure.lines()[1:] if outcome.failure else ():
            talk.say(line)
        for line in outcome.more:
            talk.say(f"  {line}")
    if len(outcomes) == 1 and failed and plan.workstations:
        talk.say(f"the workstations were not tried: {', '.join(stack.name for stack in plan.workstations)}")
    if as_json:
        print_json(plan, outcomes, reviews=reviews)
    else:
        ssh = "" if _nothing_changed(outcomes) else _ssh_snippet(plan, processes)
        for line in lines(plan, outcomes, ssh=ssh):
            print(line)
        sys.stdout.flush()
    talk.say(summary(outcomes))
    if plan.local:
        talk.say("local: nothing was created on AWS")
    return 1 if failed else 0


def summary(outcomes: tuple[Outcome, ...]) -> str:
    """One line: `nothing changed`, or how many stacks ended how."""
    if _nothing_changed(outcomes):
        return "nothing changed"
    results = [outcome.result for outcome in outcomes]
    return ", ".join(f"{results.count(result)} {result}" for result in dict.fromkeys(results))


def _nothing_changed(outcomes: tuple[Outcome, ...]) -> bool:
    return all(outcome.result == "unchanged" for outcome in outcomes)


def lines(plan: Plan, outcomes: tuple[Outcome, ...], *, ssh: str) -> Iterator[str]:
    """Outputs of each stack, the SSH snippet, and what to type next."""
    for outcome in outcomes:
        yield f"{outcome.label}: {outcome.result}"
        width = max((len(key) for key in outcome.outputs), default=0)
        for key, value in sorted(outcome.outputs.items()):
            yield f"  {key:<{width}}  {value}"
    if ssh:
        yield from ("", "SSH config:", "", *ssh.splitlines())
    if any(outcome.result != "failed" for outcome in outcomes[1:]):
        yield from ("", "Next:", "", *(f"  {command}" for command in next_commands(plan, outcomes)))


def next_commands(plan: Plan, outcomes: tuple[Outcome, ...]) -> tuple[str, ...]:
    """Three commands to type after a deploy."""
    first = next(outcome for outcome in outcomes[1:] if outcome.result != "failed")
    name = first.label.removeprefix("workstation ")
    last = "./deploy.sh --local --stop" if plan.local else f"ssh {name}"
    return (_workstation(plan, "list"), _workstation(plan, "ssh-config", "--write"), last)


def print_json(
    plan: Plan,
    outcomes: tuple[Outcome, ...],
    *,
    reviews: Iterable[Review] = (),
    refused: Iterable[str] = (),
    dry_run: bool = False,
) -> None:
    """The result as one JSON object on stdout."""
    cost = monthly_cost(plan)
    result: dict[str, Any] = {
        "account": plan.account,
        "region": plan.region,
        "local": plan.local,
        "dry_run": dry_run,
        "changed": any(outcome.result in ("created", "updated") for outcome in outcomes),
        "plan": [_planned(stack) for stack in (plan.environment, *plan.workstations)],
        "findings": [finding.as_json() for finding in plan.findings],
        "suppressed": list(plan.suppressed),
        "monthly_usd": {"running": str(cost.running), "stopped": str(cost.stopped)},
        "left_over": list(plan.left_over),
        "review": [review_as_json(found) for found in reviews],
        "refused": list(refused),
        "stacks": [_ended(outcome) for outcome in outcomes],
    }
    print(json.dumps(result, indent=2, ensure_ascii=False), flush=True)


def _planned(stack: Any) -> dict[str, Any]:
    verb = "recreate" if stack.recreate else "update" if stack.exists else "create"
    because = {"because": stack.recreate} if stack.recreate else {}
    hidden = no_echo(stack.template.parameters)
    parameters = {key: MASK if key in hidden else value for key, value in stack.parameters.items()}
    return {"name": stack.name, "do": verb, **because, "parameters": parameters}


def _ended(outcome: Outcome) -> dict[str, Any]:
    reason = {"reason": outcome.reason} if outcome.reason else {}
    known = outcome.failure.explanation if outcome.failure and outcome.failure.explanation.cause else None
    cause = (
        {"cause": {"id": known.cause, "words": known.words, "hint": known.hint, "page": known.page}} if known else {}
    )
    tries = {"to_try": list(outcome.more)} if outcome.more else {}
    return {
        "name": outcome.name,
        "result": outcome.result,
        **reason,
        **cause,
        **tries,
        "outputs": dict(outcome.outputs),
    }


def _workstation(plan: Plan, *words: str) -> str:
    options = ["--local"] if plan.local else []
    return shlex.join([".venv/bin/python", "-m", "workstation", *options, "--region", plan.region, *words])


def _ssh_snippet(plan: Plan, processes: Processes) -> str:
    """What `workstation ssh-config` prints for this environment; empty when it has nothing to print."""
    options = ["--local"] if plan.local else []
    where = ["--region", plan.region, "--environment", plan.environment.name]
    command = [sys.executable, "-m", "workstation", *options, *where, "ssh-config"]
    done = processes.run(command, cwd=ROOT, environment=os.environ)
    return done.stdout.strip() if done.status == 0 else ""
