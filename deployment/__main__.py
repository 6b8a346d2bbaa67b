"""`python -m deployment`: what deploy.sh runs once everything is installed."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

from cloud.errors import CloudError
from deployment.arguments import parse
from deployment.findings import WRONG_USAGE, Stopped
from deployment.processes import Processes
from deployment.run import run
from deployment.talk import Talk

RESUME = "interrupted; what AWS has begun goes on there; run the same command again to carry on"


class _Ended(KeyboardInterrupt):
    """A signal that asks us to end."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.status = 128 + number


def main() -> int:
    """Run a deploy; the exit status is 0 done, 1 failed, 2 wrong usage, 3 refused, 128 + n after signal n."""
    arguments, findings = parse(sys.argv[1:])
    for finding in findings:
        print(f"deploy.sh: {finding}", file=sys.stderr)
    if findings:
        return WRONG_USAGE
    processes = Processes()

    def end(number: int, _: FrameType | None) -> None:
        processes.interrupt = _Ended(number)
        raise processes.interrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    with Talk() as talk:
        try:
            return run(arguments, processes, talk)
        except Stopped as stopped:
            for line in stopped.lines:
                talk.say(f"deploy.sh: {line}")
            return stopped.status
        except CloudError as error:
            talk.say(f"deploy.sh: {error}")
            return 1
        except KeyboardInterrupt as interrupt:
            processes.stop()
            talk.say(f"deploy.sh: {RESUME}")
            return getattr(interrupt, "status", 130)
        except BrokenPipeError:  # `deploy.sh … | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0


if __name__ == "__main__":
    sys.exit(main())
