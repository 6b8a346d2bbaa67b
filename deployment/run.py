"""The stages of a deploy, in order: templates, preflight, plan, question, execute, after, report."""

from __future__ import annotations

import os
import shlex
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path

from cloud import local
from cloud.region import choose_region
from cloud.session import Cloud
from deployment import aws_cli, continue_rollback, drift, local_aws, plan, preflight, remove, report, stacks, templates
from deployment.arguments import ROOT, Arguments, template_directory
from deployment.bundle import Collected, pack
from deployment.entry import Entry, enter
from deployment.execute import Tools
from deployment.findings import Stopped
from deployment.foresight import foresee_all
from deployment.gate import Gate
from deployment.guard import later
from deployment.processes import Processes
from deployment.resume import wait_for_running
from deployment.review import Review
from deployment.rollout import Rollout
from deployment.rules.check import SERVICES
from deployment.talk import Talk
from deployment.watch import Watcher

VERBS: Mapping[str, Callable[[Entry, Arguments], int]] = {
    "remove": remove.run,
    "drift": drift.run,
    "continue-rollback": continue_rollback.run,
}
"""What needs no templates; a deploy has stages of its own, below."""


def run(arguments: Arguments, processes: Processes, talk: Talk) -> int:
    """Deploy; the exit status. Raises `Stopped` and `CloudError`."""
    if arguments.stop:
        talk.say("the local AWS was stopped" if local_aws.stop(ROOT, processes) else "no local AWS is running")
        return 0
    if arguments.verb != "deploy":
        return VERBS[arguments.verb](enter(arguments, processes, talk), arguments)
    collected = Collected(arguments)
    try:
        status = _run(arguments, processes, talk, collected)
    except BaseException as error:
        collected.ended = str(error) or type(error).__name__
        _pack(arguments, collected, talk)
        raise
    if status and arguments.bundle is None:
        talk.say(
            "for somebody who helps: the same command with --bundle FILE --dry-run packs everything, without secrets"
        )
    return status if _pack(arguments, collected, talk) else 1


def _pack(arguments: Arguments, collected: Collected, talk: Talk) -> bool:
    """Write the bundle if one is wanted; False when it cannot be written."""
    if arguments.bundle is None:
        return True
    try:
        pack(arguments.bundle, collected, talk.said)
    except Stopped as stopped:
        talk.say(f"deploy.sh: {stopped}")
        return False
    talk.say(f"bundle: {arguments.bundle}; look through it before you send it to somebody")
    return True


def _run(arguments: Arguments, processes: Processes, talk: Talk, collected: Collected) -> int:
    region = choose_region(arguments.region, os.environ)
    talk.say(f"region {region.name} (from: {region.source})")
    cloud = Cloud(region=region.name)
    cli, wanted = _prepare(arguments, cloud, processes, talk)
    collected.cli, collected.stacks, collected.cloud = str(cli), wanted, cloud
    account = _account(cloud, talk, is_local=arguments.local)
    if not arguments.dry_run:
        wait_for_running(Watcher(cloud, talk, processes), arguments.stack, wanted)
    command = _command(arguments, region.name)
    facts = preflight.facts_of(cloud, arguments, wanted, account=account, command=command, cli=cli, processes=processes)
    planned = preflight.plan_of(facts, talk, suppressed=arguments.suppress, as_json=arguments.json)
    collected.plan = planned
    for line in plan.lines(planned):
        talk.say(line)
    gate = Gate(arguments, talk, refused=_tell(arguments, planned))
    if arguments.dry_run:
        return _dry_run(cloud, planned, gate, talk, as_json=arguments.json)
    gate.somebody_to_ask()
    with tempfile.TemporaryDirectory(prefix="deploy-") as temporary:
        processes.temporary = Path(temporary)
        rollout = Rollout(Tools(cloud, cli, processes, talk, processes.temporary), planned, gate)
        collected.outcomes = outcomes = rollout.run()
    reviews = tuple(rollout.reviews.values())
    with talk.quiet():
        return report.finish(planned, outcomes, talk, processes, reviews=reviews, as_json=arguments.json)


def _command(arguments: Arguments, region: str) -> str:
    """What to type to deploy the same again, without options that only hold once."""
    local = ["--local"] if arguments.local else []
    config = ["--config", str(arguments.config)] if arguments.config != Arguments().config else []
    return shlex.join(["./deploy.sh", *local, arguments.stack, arguments.bucket, region, *config])


def _dry_run(cloud: Cloud, planned: plan.Plan, gate: Gate, talk: Talk, *, as_json: bool) -> int:
    """Show what would change, as far as it can be worked out here; what the deploy would refuse is refused."""
    with talk.step("changes"):
        reviews = foresee_all(cloud, planned)
    talk.say("worked out here; the deploy itself asks CloudFormation")
    gate.show(reviews)
    gate.check(reviews, later=later(reviews, planned.workstations))
    talk.say("dry run: nothing was changed, nothing was deployed")
    if as_json:
        report.print_json(planned, (), reviews=reviews, dry_run=True)
    return 0


def _tell(arguments: Arguments, planned: plan.Plan) -> Callable[[tuple[Review, ...], tuple[str, ...]], None]:
    """What is done with a refusal: with `--json` it goes to stdout as well."""

    def tell(reviews: tuple[Review, ...], refused: tuple[str, ...]) -> None:
        if arguments.json:
            report.print_json(planned, (), reviews=reviews, refused=refused, dry_run=arguments.dry_run)

    return tell


def _prepare(
    arguments: Arguments, cloud: Cloud, processes: Processes, talk: Talk
) -> tuple[aws_cli.AwsCli, stacks.Stacks]:
    """The AWS CLI, and templates that are current and clean; in `--local` the local AWS, entered."""
    directory = template_directory(arguments.config)
    with processes.threads() as pool:
        cli = pool.submit(aws_cli.find, processes, local=arguments.local)
        current = pool.submit(templates.check_current, processes, root=ROOT, config=arguments.config)
        endpoint = pool.submit(local_aws.start, ROOT, processes) if arguments.local else None
        if not arguments.local:  # what goes wrong here goes wrong again at the first call, and is told there
            pool.submit(cloud.open, SERVICES)
        with talk.step("templates") as step:
            current.result()
            wanted = stacks.read(directory)
            used = {wanted.template.path, *(entry.template.path for entry in wanted.workstations)}
            templates.lint(processes, used, root=ROOT, region=cloud.region)
            step.result = "current, and clean for cfn-lint"
        if endpoint:
            _enter(endpoint, talk)
        return _named(cli.result(), talk), wanted


def _enter(endpoint: Future[local.Endpoint], talk: Talk) -> None:
    with talk.step("local AWS") as step:
        found = endpoint.result()
        step.result = f"answers at {found.url}"
    local.enter(found)
    talk.say("local: nothing was or will be created on AWS")


def _named(cli: aws_cli.AwsCli, talk: Talk) -> aws_cli.AwsCli:
    if cli.note:
        talk.say(f"AWS CLI: {cli.note}")
    talk.say(f"AWS CLI {cli}")
    return cli


def _account(cloud: Cloud, talk: Talk, *, is_local: bool) -> str:
    account, arn = cloud.account()
    if is_local and account != local.ACCOUNT:
        raise Stopped(f"--local, but account {account} answers, want {local.ACCOUNT}; nothing was done")
    talk.say(f"account {account} ({arn})")
    return account
