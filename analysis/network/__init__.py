"""The network of a template as values, for both judges: the program `analysis.reach` and the laboratory `netlab`.

    network = with_probes(read(join(committed.stacks, committed.templates)))   # all our stacks
    network = read(resolve(template, parameters, Context()))                   # any one template

What the model does not cover raises `NotModelledError` with every finding: nothing is guessed.
DNS, NTP and the instance metadata of 169.254.0.0/16, which AWS answers on the host itself, are not modelled.
"""

from analysis.network.joined import NoSurroundingsError, join
from analysis.network.model import Network, NotModelledError
from analysis.network.reader import read, with_probes

__all__ = ["Network", "NoSurroundingsError", "NotModelledError", "join", "read", "with_probes"]
