"""`python -m netlab` for people: what it prints, where, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.netlab.scenes import open_to_everybody, scene, write

NETLAB = (sys.executable, "-m", "netlab")
NO_NAMESPACES = (
    "unshare",
    "--user",
    "--map-root-user",
    "sh",
    "-c",
    'echo 0 >/proc/sys/user/max_user_namespaces && "$@"',
)
"""A machine that allows no further user namespace, as some do."""


def netlab(*arguments: object, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    words = (*before, *NETLAB, *map(str, arguments))
    return subprocess.run(words, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def test_the_committed_templates_keep_every_promise(can_build):
    done = netlab()

    assert (done.returncode, done.stdout.splitlines()[-1].partition(": ")[0]) == (0, "templates, nat single")
    assert re.search(r": [0-9,]+ packets in 5 builds: all as intended\n$", done.stdout)
    assert "BROKEN" not in done.stdout
    assert done.stderr.splitlines()[0] == "templates: a kernel's model of the VPC, not AWS"
    assert done.stderr.splitlines()[1].startswith("plain (as the template says): ")


def test_an_open_group_is_told_in_peoples_words(can_build, tmp_path):
    done = netlab(write(open_to_everybody(scene("single")), tmp_path), "--build", "routes-open")
    lines = done.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("routes-open: from internet"))

    assert done.returncode == 1
    assert lines[at] == (
        "routes-open: from internet (198.51.100.66) to ada/Instance (198.18.0.2), TCP 22: wanted: nobody gets it; "
        "happened: ada/Instance gets it, sees 198.51.100.66 and the answer comes back"
    )
    assert "WorkstationSecurityGroup ingress 1" in lines[at + 1]
    assert lines[-1].endswith("not as intended")
    assert any(
        line.startswith("BROKEN") and "Nothing from the internet reaches a workstation" in line for line in lines
    )


def test_json_has_every_violation_and_says_what_the_proof_is(can_build, tmp_path):
    done = netlab(write(open_to_everybody(scene("none")), tmp_path), "--build", "routes-open", "--json")
    result = json.loads(done.stdout)
    (build,) = result["builds"]
    violation = build["violations"][0]

    assert done.returncode == 1
    assert {key: result[key] for key in ("nat", "model", "by", "reason")} == {
        "nat": "none",
        "model": "a kernel's model of the VPC, not AWS",
        "by": "packets",
        "reason": "",
    }
    assert (build["name"], build["probes"] - build["held"]) == ("routes-open", len(build["violations"]))
    assert violation["wanted"] == {"delivered_to": None, "source_seen": None, "answered": False}
    assert violation["happened"]["answered"] is True


def test_one_template_is_proved_with_its_parameters(can_build):
    done = netlab("templates/environment.yaml", "--parameters", "AvailabilityZoneIdA=use1-az1", "--build", "zone-down")

    assert done.returncode == 0
    assert "zone-down: use1-az1 (one zone switched off): " in done.stderr


def test_an_environment_for_a_vpc_that_is_there_is_proved_inside_one(can_build):
    done = netlab("templates/existing-vpc", "--around", "templates/minimal/environment.yaml", "--build", "plain")

    assert done.returncode == 0
    assert re.search(r"existing-vpc, nat none: [0-9,]+ packets in 1 build: all as intended\n$", done.stdout)


def test_where_namespaces_are_blocked_the_program_answers_and_says_so():
    done = netlab(before=(*NO_NAMESPACES, "--"))

    assert done.returncode == 0
    assert done.stderr.splitlines()[0].startswith("user and network namespaces, or their filters, are blocked")
    assert done.stderr.splitlines()[1] == (
        "templates: NO PACKET is sent; the program analysis.reach works it out from the template"
    )
    assert re.search(r": [0-9,]+ questions to the program in 5 builds: all as intended\n$", done.stdout)
    assert "packets in" not in done.stdout


def test_the_program_finds_the_open_group_too(tmp_path):
    done = netlab(write(open_to_everybody(scene("single")), tmp_path), "--json", before=(*NO_NAMESPACES, "--"))
    result = json.loads(done.stdout)

    assert (done.returncode, result["by"]) == (1, "program")
    assert "blocked" in result["reason"]


def test_a_terminal_sees_how_far_it_is(can_build):
    near, far = pty.openpty()
    words = (*NETLAB, "--build", "plain", "--build", "routes-open")
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=far, stdin=far, text=True) as process:
        os.close(far)
        shown = _everything(near)
        printed = process.stdout.read()

    assert "packets" in shown
    assert re.search(r"[0-9]+/[0-9]+", shown)
    assert "packets in 2 builds: all as intended" in printed
    assert "\x1b" not in printed


def _everything(terminal: int) -> str:
    shown = b""
    try:
        while data := os.read(terminal, 4096):
            shown += data
    except OSError:  # the other end is closed
        pass
    os.close(terminal)
    return shown.decode()


UNMODELLED = {
    "Resources": {"Hub": {"Type": "AWS::EC2::TransitGateway"}, "Vpc": {"Type": "AWS::EC2::VPCPeeringConnection"}}
}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--build", "wide-open"), "invalid choice: 'wide-open'"),
        (("no/such/file.yaml",), "error: no/such/file.yaml: cannot be read (No such file or directory)"),
        (("templates/workstation.yaml", "--parameters", "Owner"), "got 'Owner', want NAME=VALUE"),
        (("--parameters", "Owner=ada"), "--parameters: templates is a directory"),
        (("tests",), "error: tests/stacks.json: no such file"),
        (("templates/existing-vpc",), "say it with --around TEMPLATE"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_wrong_usage_is_one_line_and_exit_2(arguments, said):
    done = netlab(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_what_cannot_be_built_is_refused_with_every_finding(tmp_path):
    template = tmp_path / "hub.json"
    template.write_text(json.dumps(UNMODELLED))
    done = netlab(template)

    assert (done.returncode, done.stdout) == (2, "")
    assert [line.count("error: ") for line in done.stderr.splitlines()] == [1, 1]
    assert "AWS::EC2::TransitGateway" in done.stderr
    assert "AWS::EC2::VPCPeeringConnection" in done.stderr


def test_a_template_without_our_outputs_is_refused(tmp_path):
    template = tmp_path / "vpc.json"
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
    template.write_text(json.dumps({"Resources": {"Vpc": vpc}}))
    done = netlab(template)

    assert (done.returncode, done.stdout) == (2, "")
    assert "outputs: wanted PrivateSubnetIdA" in done.stderr


def test_help_loads_nothing_that_it_does_not_need():
    text = "import sys; from netlab.__main__ import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    text += "print(sorted({'rich', 'yaml', 'analysis'} & set(sys.modules)), file=sys.stderr)"
    done = subprocess.run((sys.executable, "-c", text), cwd=ROOT, capture_output=True, text=True)

    assert done.stderr == "[]\n"
    assert "a kernel's model of the VPC, not AWS" in done.stdout


def _python_for_everybody() -> str | None:
    """An interpreter that another user may start; this one may lie in somebody's home."""
    for path in (os.path.realpath(sys.executable), "/usr/bin/python3"):
        words = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "unshare", "--user", path)
        done = subprocess.run((*words, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"), capture_output=True)
        if not done.returncode:
            return path
    return None


def test_no_root_is_needed(can_build, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("every other test has shown it: they do not run as root")
    python = _python_for_everybody()
    if python is None:
        pytest.skip("no Python 3.11 that another user may start")
    libraries = next(path for path in sys.path if path.endswith("site-packages"))
    words = ("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all")
    variables = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{ROOT}:{libraries}", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run((*words, python, "-m", "netlab"), env=variables, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert re.search(r": [0-9,]+ packets in 5 builds: all as intended\n$", done.stdout)
