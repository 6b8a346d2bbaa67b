"""The process inside the sandbox: reads networks and probes, writes outcomes, until nobody asks any more."""

from __future__ import annotations

import ctypes
import pickle
import signal
import sys

from netlab.laboratory import Laboratory
from netlab.prober import Prober

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> int:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # whoever asked is gone: so is this
    while True:
        try:
            builds = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
        except EOFError:
            return 0
        with Laboratory(tuple(network for _, network, _ in builds)) as laboratory, Prober(laboratory) as prober:
            for name, network, probes in builds:
                laboratory.load(network)
                outcomes = prober.run(network, probes)
                knocks = {nat: len(heard) for nat, heard in prober.knocks.items()}
                pickle.dump((name, outcomes, knocks), sys.stdout.buffer)
                sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
