"""What the laboratory itself must be: real connections, every port, nothing that leaves, nothing that stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.network import Network
from analysis.network.builds import open_routes, open_rules
from analysis.network.model import Interface
from analysis.network.probe import INTERNET, INTERNET_ADDRESSES, Outcome, Probe
from netlab.sandbox import BrokenError, Sandbox, UnavailableError, check_available, environment
from tests.netlab.scenes import scene

SOMEBODY = INTERNET_ADDRESSES[0]


def ask(sandbox: Sandbox, network: Network, *probes: Probe) -> tuple[Outcome, ...]:
    (found,) = sandbox.outcomes({"one": (network, probes)})
    return found.outcomes


def machine(network: Network, name: str) -> Interface:
    return next(item for item in network.interfaces if item.name == name)


@pytest.fixture(scope="module")
def network() -> Network:
    return scene("single").network()


def test_a_connection_carries_data_and_shows_the_address_of_the_nat_gateway(network, sandbox):
    ada, nat = machine(network, "ada/Instance"), machine(network, "NatGatewayA")
    probe = Probe(ada.name, ada.addresses[0], SOMEBODY, "connect", 443)

    assert ask(sandbox, network, probe) == (Outcome(INTERNET, nat.public_address, answered=True),)


def test_every_port_of_a_machine_listens_so_that_only_the_network_decides(network, sandbox):
    ada, grace = machine(network, "ada/Instance"), machine(network, "grace/Instance")
    ports = (1, 7, 22, 1023, 65_535, *range(1500, 65_000, 1600))
    kinds = ("syn", "connect", "ack", "datagram")
    probes = [
        Probe(ada.name, ada.addresses[0], grace.addresses[0], kind, port, 40_000 + number)
        for number, (kind, port) in enumerate((kind, port) for kind in kinds for port in ports)
    ]
    wanted = Outcome(grace.name, ada.addresses[0], answered=True)

    assert set(ask(sandbox, open_rules(network), *probes)) == {wanted}


def test_a_network_that_is_open_is_seen_to_be_open(network, sandbox):
    """The laboratory can say yes: its many refusals are worth nothing otherwise."""
    exposed = open_routes(open_rules(network))
    ada = machine(exposed, "ada/Instance")
    kinds = ("syn", "connect", "ack", "datagram", "echo")
    probes = [
        Probe(INTERNET, SOMEBODY, ada.public_address, kind, 22 if kind != "echo" else 0, 40_000 + number)
        for number, kind in enumerate(kinds)
    ]

    assert ask(sandbox, exposed, *probes) == (Outcome(ada.name, SOMEBODY, answered=True),) * len(kinds)


def test_builds_of_one_laboratory_do_not_remember_each_other(network, sandbox):
    """The same packet, from the same port, in an open build and then in the plain one."""
    ada, grace = machine(network, "ada/Instance"), machine(network, "grace/Instance")
    probe = Probe(ada.name, ada.addresses[0], grace.addresses[0], "datagram", 443)
    builds = {"open": (open_rules(network), (probe,)), "plain": (network, (probe,))}
    found = {item.name: item.outcomes for item in sandbox.outcomes(builds)}

    assert found == {"open": (Outcome(grace.name, ada.addresses[0], answered=True),), "plain": (Outcome(),)}


def test_no_device_and_no_named_namespace_appears_on_the_machine(network, sandbox):
    before = _devices(), _named_namespaces()
    found = []
    for item in sandbox.outcomes(dict.fromkeys(("one", "two"), (network, ()))):
        found.append((item.name, _devices(), _named_namespaces()))

    assert found == [("one", *before), ("two", *before)]
    assert _devices_inside(sandbox.process.pid) == ["lo"]


def _devices() -> list[str]:
    return sorted(os.listdir("/sys/class/net"))


def _named_namespaces() -> list[str]:
    return sorted(os.listdir("/run/netns")) if Path("/run/netns").is_dir() else []


def _devices_inside(pid: int) -> list[str]:
    """Devices of the namespace that the laboratory's process lives in: no cable leads into it."""
    return [line.split(":")[0].strip() for line in Path(f"/proc/{pid}/net/dev").read_text().splitlines()[2:]]


def test_the_laboratory_dies_with_whoever_asked(can_build):
    text = "import time; from netlab.sandbox import Sandbox; print(Sandbox().process.pid, flush=True); time.sleep(600)"
    asker = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True)
    inside = int(asker.stdout.readline())
    for _ in range(500):  # until the process inside has asked to die with its parent
        if "netlab.inside" in Path(f"/proc/{inside}/cmdline").read_text():
            break
        time.sleep(0.02)
    asker.send_signal(signal.SIGKILL)
    asker.wait()
    asker.stdout.close()

    assert _ends(inside)


def _ends(pid: int) -> bool:
    for _ in range(500):
        if not Path(f"/proc/{pid}").exists() or "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
            return True
        time.sleep(0.02)
    return False


def test_a_network_that_cannot_be_built_is_an_error_with_what_the_kernel_said(network, can_build):
    ada = machine(network, "ada/Instance")
    twice = replace(network, interfaces=(*network.interfaces, replace(ada, name="impostor")))
    with pytest.raises(BrokenError, match=r"router of Vpc.*File exists"), Sandbox() as sandbox:
        ask(sandbox, twice)

    assert sandbox.process.poll() is not None


def test_a_missing_tool_is_named_with_the_package_that_brings_it():
    with pytest.raises(UnavailableError, match="sudo apt-get install some-package"):
        check_available({"no-such-tool": "some-package"})


def test_tools_are_found_where_servers_have_them():
    assert "/usr/sbin" in environment()["PATH"].split(":")
