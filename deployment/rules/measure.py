"""How long the preflight takes beside its slowest call, and beside the same calls made one after the other.

python -m deployment.rules.measure     # JSON on stdout: the first preflight of a process, and one with warm clients

It asks the AWS of its environment (AWS_ENDPOINT_URL), for benchmarks a local AWS that holds each call back as a
network does. All rules look, those that do not apply to `--local` too. Nothing is made.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from cloud import local
from cloud.errors import CloudError
from cloud.session import Cloud
from deployment import preflight, stacks
from deployment.arguments import ROOT, Arguments
from deployment.aws_cli import AwsCli
from deployment.processes import Processes
from deployment.rules.catalogue import rules
from deployment.rules.check import SERVICES, check

ALLOWED_SECONDS = 0.5
"""What the preflight may take on top of its slowest call."""


@dataclass(frozen=True)
class Comparison:
    """Wall times, in seconds."""

    preflight: float
    slowest_call: float
    one_after_the_other: float
    calls: int

    @property
    def is_met(self) -> bool:
        """Whether the preflight costs no more than its slowest call and what is allowed on top."""
        return self.preflight <= self.slowest_call + ALLOWED_SECONDS


@dataclass(frozen=True)
class _Call:
    service: str
    operation: str
    key: str
    """What a paged call is read for; empty for one that is not paged."""
    parameters: dict[str, Any]
    seconds: float


class RecordingCloud(Cloud):
    """A `Cloud` that keeps every call and how long it took; its client is made before, and is no part of it."""

    def __init__(self, *, region: str) -> None:
        super().__init__(region=region)
        self.calls: list[_Call] = []
        self._record = threading.Lock()

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        self.client(service)  # making it is no part of the call
        begin = time.monotonic()
        try:
            return super().call(service, operation, **parameters)
        finally:
            self._keep(_Call(service, operation, "", parameters, time.monotonic() - begin))

    def pages(self, service: str, operation: str, key: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        self.client(service)
        begin = time.monotonic()
        try:
            found = list(super().pages(service, operation, key, **parameters))
        finally:
            self._keep(_Call(service, operation, key, parameters, time.monotonic() - begin))
        return iter(found)

    def repeat(self) -> float:
        """Make every call once more, one after the other; the seconds that it takes."""
        begin = time.monotonic()
        for one in tuple(self.calls):
            try:
                if one.key:
                    tuple(Cloud.pages(self, one.service, one.operation, one.key, **one.parameters))
                else:
                    Cloud.call(self, one.service, one.operation, **one.parameters)
            except CloudError:  # the local AWS has no quotas, and refused the first time as well
                continue
        return time.monotonic() - begin

    def _keep(self, call: _Call) -> None:
        with self._record:
            self.calls.append(call)


def compare(cloud: RecordingCloud) -> Comparison:
    """Run the preflight of the default config, then its calls alone. Raises `CloudError` when nobody is signed in."""
    rules()  # the modules are loaded when a deploy starts
    cloud.calls.clear()
    arguments = Arguments(stack="bench", bucket="bench-bucket", create_bucket=True)
    facts = preflight.facts_of(
        cloud,
        arguments,
        stacks.read(ROOT / "templates"),
        account=local.ACCOUNT,
        command="./deploy.sh",
        cli=AwsCli("aws", (2, 31, 0), own=False),
        processes=Processes(),
    )
    begin = time.monotonic()
    check(facts)
    taken = time.monotonic() - begin
    slowest, count = max(call.seconds for call in cloud.calls), len(cloud.calls)
    return Comparison(taken, slowest, cloud.repeat(), count)


def main() -> int:
    """Print both comparisons."""
    cloud = RecordingCloud(region="us-east-1")
    cloud.open(SERVICES)  # a deploy makes its clients while the templates are linted
    cloud.account()
    first, warm = compare(cloud), compare(cloud)
    print(json.dumps({"first": asdict(first), "warm": asdict(warm)}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
