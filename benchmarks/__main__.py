"""Measure our commands beside other tools, and write docs/benchmarks.md and its picture again.

usage: python -m benchmarks [--quick] [--rounds N]

  --quick     3 rounds, without the tools that have to be installed first; prints the table, writes nothing
  --rounds N  how many rounds (default 7)
  -h, --help  this text

The other tools are installed once, in exact versions, into .cache/benchmarks/.
It takes about 10 minutes; keep the machine quiet.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from benchmarks import peer_tools, standing
from benchmarks.document import SERIES, Conditions, Outcome, page, subject_name, table
from benchmarks.facts import read_facts
from benchmarks.measure import Measurements, RunError, Subject, measure
from benchmarks.project import ROOT, copy_project
from benchmarks.rows import ROWS
from benchmarks.subjects import COUNTS, installed, naive, ours, resources

PAGE, PICTURE = ROOT / "docs" / "benchmarks.md", ROOT / "docs" / "benchmarks.svg"
DONE, FAILED = 0, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """0: measured. 1: a program that was to be measured failed. 2: wrong usage."""
    parser = argparse.ArgumentParser("python -m benchmarks", add_help=False, usage="python -m benchmarks -h")
    parser.add_argument("-h", "--help", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=_rounds)
    options = parser.parse_args(arguments)
    if options.help:
        print(__doc__.strip())
        return DONE
    rounds = options.rounds or (3 if options.quick else 7)
    peers = peer_tools.Peers(None, None, ("cdk and sceptre: --quick leaves them out",))
    if not options.quick:
        print("installing the tools to compare with", file=sys.stderr)
        peers = peer_tools.install()
    load_before = os.getloadavg()[0]
    try:
        measured, made, preflight = _measure(peers, rounds)
    except RunError as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED
    outcome = Outcome(measured, read_facts(preflight), made)
    sys.stdout.write(table(ROWS, outcome))
    if not options.quick:
        from benchmarks.curve import curve

        PAGE.write_text(page(outcome, Conditions(_machine(peers, rounds, load_before), peers.skipped)), "utf-8")
        PICTURE.write_text(curve(measured), "utf-8")
        print(f"wrote {PAGE.relative_to(ROOT)} and {PICTURE.relative_to(ROOT)}", file=sys.stderr)
    return DONE


def _rounds(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"{text!a}: want a whole number from 1 to 100")
    return int(text)


def _measure(
    peers: peer_tools.Peers, rounds: int
) -> tuple[Measurements, dict[str, dict[int, int]], standing.Preflight]:
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as name:
        place = Path(name)
        (place / "home").mkdir()
        copy_project(place / "project", COUNTS)
        environment = {"PATH": os.environ["PATH"], "HOME": str(place / "home"), "LANG": "C.UTF-8"}
        with standing.standing(place / "project", environment) as deploys:
            subjects = (
                *ours(place / "project", environment),
                *deploys,
                *naive(place / "naive", environment),
                *installed(peers, place, environment),
            )
            with _progress(subjects, rounds) as finished:
                measured = measure(subjects, rounds, finished=finished)
            preflight = standing.preflight(place / "project", environment, rounds)
        return measured, _made({subject.name: subject for subject in subjects}), preflight


def _made(subjects: dict[str, Subject]) -> dict[str, dict[int, int]]:
    """How many resources each series made. Raises RunError when two disagree: then they are no equals to compare."""
    made: dict[str, dict[int, int]] = {}
    for count in COUNTS:
        ours = resources(subjects[f"render {count}"], count)
        for series in SERIES:
            name = subject_name(series, count)
            if name not in subjects:
                continue
            theirs = resources(subjects[name], count)
            if theirs != ours:
                difference = {kind: theirs[kind] - ours[kind] for kind in ours | theirs if theirs[kind] != ours[kind]}
                raise RunError(f"{name} does not make what we make: {difference}; mend benchmarks/peers/")
            made.setdefault(series, {})[count] = theirs.total()
    return made


@contextmanager
def _progress(subjects: Sequence[Subject], rounds: int) -> Iterator[Callable[[str], object]]:
    """A live bar on a terminal; one line for each round when piped."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    total = len(subjects) * (rounds + 1)
    if not console.is_terminal:
        done = iter(range(1, total + 1))

        def finished(_name: str) -> None:
            number, rest = divmod(next(done), len(subjects))
            if not rest:
                print("warm" if number == 1 else f"round {number - 1} of {rounds}", file=sys.stderr, flush=True)

        yield finished
        return
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("measuring", total=total)
        yield lambda name: progress.update(task, advance=1, description=name)


def _machine(peers: peer_tools.Peers, rounds: int, load_before: float) -> dict[str, str]:
    tools = [f"{name} {version(name)}" for name in ("troposphere", "awacs", "cfn-lint")]
    if peers.cdk:
        tools += [f"{name} {_npm_version(peers.cdk, name)}" for name in ("aws-cdk", "aws-cdk-lib")]
        tools.append(f"node {_words('node', '--version').lstrip('v')}")
    if peers.sceptre:
        lines = (peers.sceptre / "requirements.txt").read_text("utf-8").splitlines()
        tools += [line.replace("==", " ") for line in lines if line.startswith("sceptre==")]
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores ({_processor()}), {platform.system()}",
        "load": f"{load_before:.1f} before, {os.getloadavg()[0]:.1f} after (one program at a time makes about 1)",
        "Python": platform.python_version(),
        "tools": ", ".join(tools),
        "rounds": str(rounds),
    }


def _npm_version(place: Path, name: str) -> str:
    import json

    return json.loads((place / "node_modules" / name / "package.json").read_text("utf-8"))["version"]


def _words(*command: str) -> str:
    return subprocess.run(
        [shutil.which(command[0]) or command[0], *command[1:]], capture_output=True, text=True, check=True
    ).stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    sys.exit(main())
