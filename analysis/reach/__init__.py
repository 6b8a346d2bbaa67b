"""Who can reach whom, worked out from the network's values alone: no packet, no root, no AWS.

    judge = Judge(with_probes(network))
    judge.predict(Probe("ada/Instance", source, destination, "syn", 443))   # what becomes of one packet
    judge.explain(probe).reason                                             # and why
    reachable(network)                                                      # everything that can talk

The laboratory `netlab` asks the same of a kernel; a test holds the two together.
"""

from analysis.reach.judge import Judge, Verdict, predict

__all__ = ["Judge", "Verdict", "predict"]
