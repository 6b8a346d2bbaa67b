"""Where a command that needs no templates works: region, account, and with `--local` the local AWS."""

from __future__ import annotations

import os
from dataclasses import dataclass

from cloud import local
from cloud.region import choose_region
from cloud.session import Cloud
from deployment import local_aws
from deployment.arguments import ROOT, Arguments
from deployment.findings import Stopped
from deployment.processes import Processes
from deployment.talk import Talk
from deployment.watch import Watcher


@dataclass(frozen=True)
class Entry:
    """Who is asked, who says so, and in whose account."""

    cloud: Cloud
    account: str
    processes: Processes
    talk: Talk

    @property
    def watcher(self) -> Watcher:
        """Whoever watches stacks."""
        return Watcher(self.cloud, self.talk, self.processes)


def enter(arguments: Arguments, processes: Processes, talk: Talk) -> Entry:
    """Find region and account; start the local AWS where that is meant. Raises `Stopped`, `CloudError`."""
    region = choose_region(arguments.region, os.environ)
    talk.say(f"region {region.name} (from: {region.source})")
    if arguments.local:
        with talk.step("local AWS") as step:
            endpoint = local_aws.start(ROOT, processes)
            step.result = f"answers at {endpoint.url}"
        local.enter(endpoint)
    cloud = Cloud(region=region.name)
    account, arn = cloud.account()
    if arguments.local and account != local.ACCOUNT:
        raise Stopped(f"--local, but account {account} answers, want {local.ACCOUNT}; nothing was done")
    if arguments.account and account != arguments.account:
        hint = "choose its profile: AWS_PROFILE=NAME ./deploy.sh …"
        raise Stopped(f"account {account} answers, want {arguments.account}; {hint}; nothing was done")
    talk.say(f"account {account} ({arn})")
    return Entry(cloud, account, processes, talk)
