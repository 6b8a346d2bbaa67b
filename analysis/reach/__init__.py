"""Who can reach whom, worked out from the network's values alone: no packet, no root, no AWS.

    judge = Judge(with_probes(network))
    judge.predict(Probe("ada/Instance", source, destination, "syn", 443))   # what becomes of one packet
    judge.explain(probe).reason                                             # and why
    reachable(network)                                                      # everything that can talk

The laboratory `netlab` asks the same of a kernel; a test holds the two together.
"""

from analysis.reach.check import Checked, Violation, check
from analysis.reach.judge import Judge, Verdict, predict
from analysis.reach.promise import NoPromiseError, Promise, promised
from analysis.reach.reachable import Reach, reachable

__all__ = [
    "Checked",
    "Judge",
    "NoPromiseError",
    "Promise",
    "Reach",
    "Verdict",
    "Violation",
    "check",
    "predict",
    "promised",
    "reachable",
]
