"""Where a verb works: region, profile, environment, and the real AWS or the local one."""

from __future__ import annotations

import os
from argparse import Namespace
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.errors import WorkstationError

if TYPE_CHECKING:
    from cloud.session import Cloud

ROOT = Path(__file__).resolve().parent.parent
"""The checkout, where `deploy.sh --local` leaves word of its local AWS."""


@dataclass(frozen=True)
class Context:
    """The global options, and the one way from them to AWS."""

    region: str | None = None
    """As given; None means `AWS_REGION`, then the profile's."""
    profile: str | None = None
    environment: str | None = None
    """Only the workstations of this environment."""
    local: bool = False

    def cloud(self) -> Cloud:
        """The session in the chosen region.

        Raises `CloudError` when there is no region, `WorkstationError` when `--local` finds no local AWS.
        """
        from cloud.region import choose_region
        from cloud.session import Cloud

        region = choose_region(self.region, os.environ, profile=self.profile)
        if self.local:
            _enter_local()
        return Cloud(region=region.name, profile=None if self.local else self.profile)

    def in_region(self, region: str) -> Context:
        return replace(self, region=region)

    def command(self, *words: str) -> str:
        """A `workstation` command for the user to type, with the options that this one was given."""
        import shlex

        options = [word for option in self.options() for word in option]
        return shlex.join(["workstation", *options, *words])

    def options(self) -> tuple[tuple[str, ...], ...]:
        """The options that decide which account is asked; region and environment are said elsewhere."""
        if self.local:
            return (("--local",),)
        return (("--profile", self.profile),) if self.profile else ()


def context_of(options: Namespace) -> Context:
    """The context from the parsed global options, which are absent where they were not given."""
    given = vars(options)
    return Context(
        region=given.get("region"),
        profile=given.get("profile"),
        environment=given.get("environment"),
        local=given.get("local", False),
    )


def _enter_local() -> None:
    from cloud import local

    endpoint = local.running(ROOT)
    if endpoint is None:
        raise WorkstationError("no local AWS is running here; start it with `./deploy.sh --local STACK BUCKET`")
    local.enter(endpoint)
