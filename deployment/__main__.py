"""`python -m deployment`: what deploy.sh runs once everything is installed."""

from __future__ import annotations

import os
import sys

from cloud.errors import CloudError
from deployment.arguments import Arguments, parse
from deployment.ending import RESUME, Ending
from deployment.findings import WRONG_USAGE, Stopped
from deployment.processes import Processes
from deployment.talk import Talk


def main() -> int:
    """Run a deploy; the exit status is 0 done, 1 failed, 2 wrong usage, 3 refused, 128 + n after signal n."""
    arguments, findings = parse(sys.argv[1:])
    for finding in findings:
        print(f"deploy.sh: {finding}", file=sys.stderr)
    if findings:
        return WRONG_USAGE
    processes = Processes()
    ending = Ending(processes)
    ending.listen()
    with Talk() as talk:
        try:
            status = _status(arguments, processes, talk)
            ending.over()
            return status
        except KeyboardInterrupt as interrupt:
            processes.stop()
            talk.say(f"deploy.sh: {RESUME}")
            ending.told = True
            return getattr(interrupt, "status", 130)
        except BrokenPipeError:  # `deploy.sh … | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0


def _status(arguments: Arguments, processes: Processes, talk: Talk) -> int:
    """Of a run, whose failure is told."""
    from deployment.run import run  # late: wrong words are told before anything heavy is loaded

    try:
        return run(arguments, processes, talk)
    except Stopped as stopped:
        for line in stopped.lines:
            talk.say(f"deploy.sh: {line}")
        return stopped.status
    except CloudError as error:
        talk.say(f"deploy.sh: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
