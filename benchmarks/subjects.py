"""What is measured: our own commands and those of the other tools, over the same stack."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import yaml

from benchmarks.measure import Subject
from benchmarks.peer_tools import Peers
from benchmarks.peers.naive import WORKSTATIONS_IN_A_TEMPLATE

COUNTS = (1, 10, 100, 500)
REGION = "us-east-1"
START = "start"

VALIDATE = f"""
import sys
from pathlib import Path
from deployment.processes import Processes
from deployment.templates import lint
root = Path.cwd()
lint(Processes(), sorted(root.glob(sys.argv[1])), root=root, region={REGION!r})
"""
"""The deploy step's own lint, with its verdict kept by the hash of the text."""

RESOURCE_TYPE = re.compile(r"""\bType["']?: *["']?(AWS::\w+::\w+)\b(?!::)""")


def ours(project: Path, environment: dict[str, str]) -> tuple[Subject, ...]:
    """Our own commands, in a copy of the project."""
    python = sys.executable

    def subject(name: str, *words: str | Path, repeat: int = 1, prepare: Callable[[], object] = int) -> Subject:
        return Subject(name, words, project, environment, prepare, repeat)

    def render(count: int) -> Subject:
        clear = partial(shutil.rmtree, project / "templates" / f"n{count}", ignore_errors=True)
        command = (python, "-m", "generator", "--config", f"config/n{count}.toml")
        return subject(f"render {count}", *command, repeat=3, prepare=clear)

    check = (python, "-m", "generator", "--check", "--config", "config/default.toml")
    return (
        subject(START, python, "-c", "pass", repeat=5),
        *(render(count) for count in COUNTS),
        subject("check", *check, repeat=3),
        subject("workstation help", python, "-m", "workstation", "--help", repeat=3),
        subject("deploy help", project / "deploy.sh", "-h", repeat=3),
        subject("cost", python, "-m", "analysis", "cost"),
        *_validation(subject, project),
        *_lint(subject),
    )


def _validation(subject: Callable[..., Subject], project: Path) -> Iterable[Subject]:
    forget = partial(shutil.rmtree, project / ".cache", ignore_errors=True)
    script = '"$0" -m generator --config "config/$1.toml" && "$0" -c "$2" "templates/$1/*.yaml"'
    for count in (COUNTS[0], COUNTS[-1]):
        words = ("/bin/sh", "-c", script, sys.executable, f"n{count}", VALIDATE)
        yield subject(f"render and validate {count}, no verdict kept", *words, prepare=forget)
        yield subject(f"render and validate {count}, verdict kept", *words)
    kept = (sys.executable, "-c", VALIDATE, "templates/*.yaml")
    yield subject("deploy lint, no verdict kept", *kept, prepare=forget)
    yield subject("deploy lint, verdict kept", *kept)


def _lint(subject: Callable[..., Subject]) -> Iterable[Subject]:
    lint = Path(sys.prefix, "bin", "cfn-lint")
    names = ("environment.yaml", "workstation.yaml")
    files = [Path("templates", folder, name) for folder in ("", "minimal", "maximal") for name in names]
    each = f'for file; do "{lint}" --regions {REGION} -- "$file" || exit; done'
    yield subject("lint, one process", lint, "--regions", REGION, "--", *files)
    yield subject("lint, a process for each file", "/bin/sh", "-c", each, "sh", *files)
    yield subject("lint, all regions", lint, "--regions", "ALL_REGIONS", "--", *files)


def naive(directory: Path, environment: dict[str, str]) -> tuple[Subject, ...]:
    """The naive troposphere script, under our own interpreter."""
    script = Path(__file__).with_name("peers") / "naive.py"
    directory.mkdir()
    return tuple(
        Subject(f"naive {count}", (sys.executable, script, str(count), str(count)), directory, environment)
        for count in COUNTS
    )


def installed(peers: Peers, directory: Path, environment: dict[str, str]) -> tuple[Subject, ...]:
    """The tools that have to be installed first: CDK, with and without its validation, and Sceptre."""
    found: list[Subject] = []
    if peers.cdk:
        cdk = ("node", peers.cdk / "node_modules" / "aws-cdk" / "bin" / "cdk", "synth", "--quiet", "--no-notices")
        for count in COUNTS:
            more = {**environment, "WORKSTATIONS": str(count), "CDK_DISABLE_CLI_TELEMETRY": "true"}
            for how, flags in (("", ()), (", validation off", ("--no-validation",))):
                name = f"cdk {count}{how}"
                place = directory / name.replace(" ", "-").replace(",", "")
                place.mkdir()
                words = (*cdk, *flags, "--app", f"node '{peers.cdk / 'app.js'}'", "--output", place / "out")
                found.append(Subject(name, words, place, more))
    if peers.sceptre:
        for count in COUNTS:
            place = directory / f"sceptre-{count}"
            _sceptre_project(place, count)
            words = (peers.sceptre / "bin" / "sceptre", "generate", "team")
            more = {**environment, "PYTHONPATH": str(place / "templates")}
            found.append(Subject(f"sceptre {count}", words, place, more))
    return tuple(found)


def _sceptre_project(place: Path, count: int) -> None:
    (place / "config" / "team").mkdir(parents=True)
    (place / "templates").mkdir()
    here = Path(__file__).with_name("peers")
    for file in (here / "naive.py", here / "sceptre" / "environment.py", here / "sceptre" / "workstations.py"):
        shutil.copy(file, place / "templates")
    (place / "config" / "config.yaml").write_text(f"project_code: benchmark\nregion: {REGION}\n")
    stacks = place / "config" / "team"
    (stacks / "environment.yaml").write_text("template: {type: file, path: environment.py}\n")
    for first in range(0, count, WORKSTATIONS_IN_A_TEMPLATE):
        last = min(first + WORKSTATIONS_IN_A_TEMPLATE, count)
        data = {
            "template": {"type": "file", "path": "workstations.py"},
            "sceptre_user_data": {"first": first, "last": last},
        }
        (stacks / f"workstations-{first:03}.yaml").write_text(json.dumps(data))


def resources(subject: Subject, count: int) -> Counter[str]:
    """The resources that a subject's last run made, by type, to show that the stacks are equal."""
    place = subject.directory
    if subject.name.startswith("sceptre"):
        texts = list(yaml.safe_load_all((place / ".output").read_text("utf-8")))
    elif subject.name.startswith("cdk"):
        texts = [path.read_text("utf-8") for path in place.glob("out/*.template.json")]
    elif subject.name.startswith("naive"):
        texts = [path.read_text("utf-8") for path in (place / str(count)).glob("*.yaml")]
    else:
        folder = place / "templates" / f"n{count}"
        shared, one = (folder / name for name in ("environment.yaml", "workstation.yaml"))
        texts = [shared.read_text("utf-8"), *[one.read_text("utf-8")] * count]
    return Counter(found for text in texts for found in RESOURCE_TYPE.findall(text))
