"""What the rules ask AWS, each question once however many rules want the answer.

A fact is asked for by the first who wants it; whoever comes later, from any thread, waits for the same answer.
An answer that nobody's plan needs (the key pairs of a config without keys) is not asked for at all.
"""

from __future__ import annotations

from typing import Any

from cloud.credentials import Expiry
from cloud.errors import CloudError, denied
from cloud.session import Cloud
from deployment import bucket, images
from deployment.existing import Stack, every_stack, holding
from deployment.failure import first_cause
from deployment.findings import Problem
from deployment.leftovers import left_behind
from deployment.proposed import waiting
from deployment.rules.asked import fact
from deployment.rules.network_facts import NetworkFacts
from deployment.statuses import answer
from generator.contract import EnvironmentOutput


class Facts(NetworkFacts):
    """Answers of AWS and of this machine. Every method may raise `CloudError`, the same one each time."""

    @fact()
    def expiry(self) -> Expiry:
        return self.cloud.expiry()

    @fact("sts:GetCallerIdentity")
    def identity(self) -> dict[str, Any]:
        return self.cloud.call("sts", "GetCallerIdentity")

    @fact("cloudformation:DescribeStacks")
    def every_stack(self) -> dict[str, Stack]:
        return every_stack(self.cloud)

    @fact()
    def stacks(self) -> dict[str, Stack]:
        """Those that hold something."""
        return holding(self.every_stack())

    @fact()
    def standing(self) -> dict[str, Stack]:
        """The stacks without what failed creations left: those are made again, and decided anew."""
        return {name: stack for name, stack in self.stacks().items() if answer(stack.status).does != "recreate"}

    def left_behind(self, stack: str) -> tuple[str, ...]:
        """What the stack still holds, after its creation failed."""
        return self.once(f"left behind in {stack}", lambda: left_behind(self.cloud, stack))

    def waiting(self, stack: str) -> list[dict[str, Any]]:
        """The change sets of the stack that somebody may still execute, oldest first."""
        return self.once(f"waiting in {stack}", lambda: waiting(self.cloud, stack))

    def first_cause(self, stack: str) -> str:
        """Why the stack's last operation failed; empty when its events do not say, or may not be read."""
        return self.once(f"first cause of {stack}", lambda: _first_cause(self.cloud, stack))

    @fact("s3:ListBucket")
    def bucket(self) -> tuple[bool | None, Problem | None]:
        asked = self.asked
        return bucket.finding(self.cloud, asked.bucket, account=asked.account, command=asked.command)

    @fact("s3:PutObject")
    def write(self) -> Problem | None:
        return bucket.write_finding(self.cloud, self.asked.bucket, prefix=self.asked.stack, account=self.asked.account)

    @fact("ssm:GetParameter")
    def latest_images(self) -> dict[str, str]:
        names = (entry.image for entry in self.asked.stacks.workstations if not images.pinned(entry, self.asked.given))
        return images.latest(self.cloud, names)

    def volume_key(self) -> str | None:
        """The KMS key of the deployed environment's volumes; None when it has none of its own."""
        there = self.stacks().get(self.asked.stack)
        return there.outputs.get(EnvironmentOutput.VOLUME_KMS_KEY_ARN) if there else None


def _first_cause(cloud: Cloud, stack: str) -> str:
    try:
        failure = first_cause(cloud, stack)
    except CloudError as error:
        if not denied(error):
            raise
        return ""
    return failure.cause if failure else ""
