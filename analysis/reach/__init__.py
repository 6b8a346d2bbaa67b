"""Who can reach whom, worked out from the network's values alone: no packet, no root, no AWS.

    judge = Judge(with_probes(network))
    judge.predict(Flow("ada/Instance", source, destination, "tcp", 443))   # one flow, and why
    reachable(network)                                                     # everything that can talk

The laboratory `netlab` asks the same of a kernel; a test holds the two together.
"""

from analysis.reach.flow import INTERNET, INTERNET_ADDRESSES, S3_ADDRESS, Flow, Verdict
from analysis.reach.judge import Judge, predict

__all__ = ["INTERNET", "INTERNET_ADDRESSES", "S3_ADDRESS", "Flow", "Judge", "Verdict", "predict"]
