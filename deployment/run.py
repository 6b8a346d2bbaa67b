"""The stages of a deploy, in order: templates, preflight, plan, question, execute, after, report."""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from cloud import local
from cloud.errors import CloudError
from cloud.region import Region, choose_region
from cloud.session import Cloud
from deployment import aws_cli, local_aws, plan, preflight, report, stacks, templates
from deployment.after import empty_default_group, wait_for_agent
from deployment.arguments import ROOT, Arguments, template_directory
from deployment.bundle import Collected, pack
from deployment.execute import SIDE_BY_SIDE, Outcome, Tools, deploy, package, prepare_bucket, protect
from deployment.findings import REFUSED, Stopped
from deployment.processes import Processes
from deployment.resume import wait_for_running
from deployment.talk import Talk
from deployment.watch import Watcher
from generator.contract import EnvironmentOutput


def run(arguments: Arguments, processes: Processes, talk: Talk) -> int:
    """Deploy; the exit status. Raises `Stopped` and `CloudError`."""
    if arguments.stop:
        talk.say("the local AWS was stopped" if local_aws.stop(ROOT, processes) else "no local AWS is running")
        return 0
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
    cli, wanted = _prepare(arguments, region, processes, talk)
    cloud = Cloud(region=region.name)
    collected.cli, collected.stacks, collected.cloud = str(cli), wanted, cloud
    account = _account(cloud, talk, is_local=arguments.local)
    if not arguments.dry_run:
        wait_for_running(Watcher(cloud, talk, processes), arguments.stack, wanted)
    command = shlex.join(["./deploy.sh", arguments.stack, arguments.bucket, region.name])
    with talk.step("preflight"):
        planned = preflight.plan_of(cloud, arguments, wanted, account=account, command=command)
    collected.plan = planned
    for line in plan.lines(planned):
        talk.say(line)
    if arguments.dry_run:
        talk.say("dry run: nothing was changed, nothing was deployed")
        if arguments.json:
            report.print_json(planned, (), dry_run=True)
        return 0
    _ask(arguments, talk)
    with tempfile.TemporaryDirectory(prefix="deploy-") as temporary:
        outcomes = _execute(Tools(cloud, cli, processes, talk, Path(temporary)), planned)
    collected.outcomes = outcomes
    with talk.quiet():
        return report.finish(planned, outcomes, talk, processes, as_json=arguments.json)


def _prepare(
    arguments: Arguments, region: Region, processes: Processes, talk: Talk
) -> tuple[aws_cli.AwsCli, stacks.Stacks]:
    """The AWS CLI, and templates that are current and clean; in `--local` the local AWS, entered."""
    directory = template_directory(arguments.config)
    with processes.threads() as pool:
        cli = pool.submit(aws_cli.find, processes, local=arguments.local)
        current = pool.submit(templates.check_current, processes, root=ROOT, config=arguments.config)
        endpoint = pool.submit(local_aws.start, ROOT, processes) if arguments.local else None
        with talk.step("templates") as step:
            current.result()
            wanted = stacks.read(directory)
            used = {wanted.template.path, *(entry.template.path for entry in wanted.workstations)}
            templates.lint(processes, used, root=ROOT, region=region.name)
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


def _ask(arguments: Arguments, talk: Talk) -> None:
    """Raise `Stopped` unless the user agrees. The local AWS costs nothing and needs no question."""
    if arguments.yes or arguments.local:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise Stopped("nobody to ask: pass --yes to deploy without a question; nothing was done", status=REFUSED)
    with talk.quiet():
        print("Deploy this? [y/N] ", end="", file=sys.stderr, flush=True)
        answer = sys.stdin.readline().strip().lower()
    if answer not in ("y", "yes"):
        raise Stopped("refused; nothing was done", status=REFUSED)


def _execute(tools: Tools, planned: plan.Plan) -> tuple[Outcome, ...]:
    """Environment first, then the workstations; one that fails leaves the others alone."""
    prepare_bucket(tools, planned)
    packaged = package(tools, planned)
    environment = deploy(tools, planned, planned.environment, packaged=packaged, outputs={})
    if environment.result == "failed":
        return (environment,)
    if empty_default_group(tools.cloud, environment.outputs[EnvironmentOutput.VPC_ID]):
        tools.talk.say("the VPC's default security group: emptied")

    def one(stack: plan.StackPlan) -> Outcome:
        outcome = deploy(tools, planned, stack, packaged=packaged, outputs=environment.outputs)
        return _reachable(tools, outcome)

    machines = _side_by_side(tools, planned.workstations, one)
    outcomes = (environment, *machines)
    protect(tools, outcomes)
    return outcomes


def _reachable(tools: Tools, outcome: Outcome) -> Outcome:
    if outcome.result not in ("created", "updated"):
        return outcome
    finding = wait_for_agent(tools, outcome)
    return replace(outcome, result="failed", reason=finding) if finding else outcome


def _side_by_side(
    tools: Tools, todo: tuple[plan.StackPlan, ...], one: Callable[[plan.StackPlan], Outcome]
) -> tuple[Outcome, ...]:
    def guarded(stack: plan.StackPlan) -> Outcome:
        try:
            return one(stack)
        except (CloudError, Stopped) as error:
            return Outcome(stack.name, stack.label, "failed", str(error))

    with tools.processes.threads(SIDE_BY_SIDE) as pool:
        return tuple(future.result() for future in [pool.submit(guarded, stack) for stack in todo])
