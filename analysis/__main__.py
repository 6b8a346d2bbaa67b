"""python -m analysis VERB: facts of the committed templates. See `-h` of each verb."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis.committed import CommittedFileError, read_committed, read_template
from generator.contract import REVIEW_FILE

DONE, FAILED, WRONG_USAGE = 0, 1, 2
PICTURE = Path("docs/architecture.svg")
CONTROLS = Path("docs/controls.md")
ISOLATION = Path("docs/isolation.md")
TEMPLATES = Path("templates")
CHANGES = Path("review-changes.html")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code: 0 done, 1 failed, 2 wrong usage."""
    from analysis.network import NoSurroundingsError, NotModelledError
    from analysis.reach import NoPromiseError
    from analysis.resolve import TemplateError

    options = _parser().parse_args(arguments)
    try:
        return options.verb(options)
    except NotModelledError as error:
        print("error: not modelled, so nothing can be said of this network:", file=sys.stderr)
        print(*(f"  {finding}" for finding in error.findings), sep="\n", file=sys.stderr)
        return WRONG_USAGE
    except (CommittedFileError, NoPromiseError, NoSurroundingsError, TemplateError) as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG_USAGE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analysis", description="Facts of the committed templates.")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    directory = argparse.ArgumentParser(add_help=False)
    directory.add_argument(
        "--config-dir",
        type=Path,
        default=TEMPLATES,
        metavar="DIRECTORY",
        help="where the generated templates are (default: %(default)s; templates/NAME for config/NAME.toml)",
    )
    cost = verbs.add_parser("cost", parents=[directory], help="what the stacks cost a month")
    cost.description = "Monthly cost of each stack: running, with idle stop (8 hours a working day), stopped, removed."
    cost.add_argument("--region", default="us-east-1", help="where you deploy (default: %(default)s)")
    cost.add_argument("--json", action="store_true", help="print JSON instead of a table")
    cost.set_defaults(verb=_cost)
    path = verbs.add_parser("path", parents=[directory], help="the longest chain of a first deploy")
    path.description = (
        "The resources that a deploy waits for longest. The seconds are an assumption, not measured here."
    )
    path.add_argument("--json", action="store_true", help="print JSON instead of a table")
    path.set_defaults(verb=_path)
    picture = verbs.add_parser("picture", parents=[directory], help="draw the architecture picture")
    picture.description = f"Draw the stacks as an SVG picture, {PICTURE} unless told otherwise."
    picture.add_argument("--output", type=Path, default=PICTURE, metavar="FILE", help="where to (default: %(default)s)")
    picture.add_argument("--check", action="store_true", help="change nothing; fail when the picture is not current")
    picture.set_defaults(verb=_picture)
    controls = verbs.add_parser("controls", help="write the page of security controls")
    controls.description = f"Write {CONTROLS}: which security controls are met, by what, and what shows it."
    controls.add_argument("--check", action="store_true", help="change nothing; fail when the page is not current")
    controls.set_defaults(verb=_controls)
    review = verbs.add_parser("review", parents=[directory], help="write the review page")
    review.description = "Write one HTML file with all that a reviewer of the templates asks."
    review.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help=f"where to (default: {REVIEW_FILE} beside the templates, or {CHANGES} with --against)",
    )
    review.add_argument(
        "--against", type=Path, metavar="OLD", help="show what changes since the templates in the directory OLD"
    )
    review.add_argument("--check", action="store_true", help="change nothing; fail when the page is not current")
    review.set_defaults(verb=_review)
    _add_reach(verbs, directory)
    return parser


def _add_reach(verbs: Any, directory: argparse.ArgumentParser) -> None:
    reach = verbs.add_parser("reach", parents=[directory], help="who can reach whom, and why")
    reach.description = (
        "What can talk in the network of the stacks, by program, from the templates alone: no packet, no root, no AWS. "
        "DNS, time and instance metadata, which AWS answers on the host itself, are not modelled."
    )
    reach.add_argument(
        "template", type=Path, nargs="?", metavar="TEMPLATE", help="one template instead of the stacks of --config-dir"
    )
    reach.add_argument(
        "--around", type=Path, metavar="TEMPLATE", help="the VPC around an environment that goes into one that is there"
    )
    reach.add_argument("--check", action="store_true", help="hold the network to its intents; fail when one is broken")
    reach.add_argument("--all", action="store_true", help="show the default group and other stand-ins too")
    reach.add_argument("--json", action="store_true", help="print JSON instead of a table")
    reach.set_defaults(verb=_reach)
    page = verbs.add_parser("isolation", help="write the page of who can reach whom")
    page.description = f"Write what is promised and what holds, of every config, as {ISOLATION} unless told otherwise."
    page.add_argument("--output", type=Path, default=ISOLATION, metavar="FILE", help="where to (default: %(default)s)")
    page.add_argument("--check", action="store_true", help="change nothing; fail when the page is not current")
    page.set_defaults(verb=_isolation)


def _cost(options: argparse.Namespace) -> int:
    from analysis.cost import for_stacks
    from analysis.cost_table import as_json, as_table, total

    committed = read_committed(options.config_dir)
    costs = for_stacks(committed.stacks, committed.templates, options.region)
    sys.stdout.write(as_json(costs) if options.json else as_table(costs))
    if not options.json:
        print(*total(costs).notes, sep="\n", file=sys.stderr)
    return DONE


def _path(options: argparse.Namespace) -> int:
    import dataclasses
    import json

    from analysis.graph import critical_path

    paths = {name: critical_path(item) for name, item in read_committed(options.config_dir).templates.items()}
    if options.json:
        print(json.dumps({name: dataclasses.asdict(path) for name, path in paths.items()}, indent=2))
        return DONE
    for name, path in paths.items():
        print(f"{name}: {path.seconds} s")
        for step in path.steps:
            print(f"  {step.seconds if step.seconds is not None else '?':>4} s  {step.logical_id}  ({step.type})")
    print("The seconds are an assumption, not measured here: analysis/seconds.toml", file=sys.stderr)
    return DONE


def _picture(options: argparse.Namespace) -> int:
    from analysis.picture import draw

    committed = read_committed(options.config_dir)
    mend = _command("picture", options)
    if options.output != PICTURE:
        mend += f" --output {options.output}"
    wanted = draw(committed.stacks, committed.templates)
    return _write_or_check(options.output, wanted, "the templates", mend, check=options.check)


def _review(options: argparse.Namespace) -> int:
    from analysis.review.changes import compare
    from analysis.review.facts import read_facts
    from analysis.review.page import page

    config = "default" if options.config_dir == TEMPLATES else options.config_dir.name
    facts = read_facts(read_committed(options.config_dir), config)
    output, changes, mend = options.config_dir / REVIEW_FILE, None, _command("review", options)
    if options.against:
        old = read_committed(options.against, hint="give --against the directory of older templates")
        output, changes = CHANGES, compare(read_facts(old), facts)
        mend += f" --against {options.against}"
    if options.output:
        output = options.output
        mend += f" --output {output}"
    return _write_or_check(output, page(facts, changes), "the templates", mend, check=options.check)


def _controls(options: argparse.Namespace) -> int:
    from analysis.controls import controls
    from analysis.controls_page import COMMAND, page, summary

    print(summary(controls()))
    return _write_or_check(CONTROLS, page(controls()), "the controls", COMMAND, check=options.check)


def _command(verb: str, options: argparse.Namespace) -> str:
    """How to run the verb again for these templates."""
    place = "" if options.config_dir == TEMPLATES else f" --config-dir {options.config_dir}"
    return f"python -m analysis {verb}{place}"


def _write_or_check(output: Path, text: str, shows: str, mend: str, *, check: bool) -> int:
    """Write a generated file, or say that it does not show what it should; `mend` is the command that makes it."""
    wanted = text.encode()
    if check:
        current = output.read_bytes() if output.is_file() else None
        if current == wanted:
            return DONE
        what = "is missing" if current is None else f"does not show {shows} as they are now"
        print(f"error: {output} {what}; run: {mend}", file=sys.stderr)
        return FAILED
    try:
        output.write_bytes(wanted)
    except OSError as error:
        print(f"error: {output}: cannot be written ({error.strerror})", file=sys.stderr)
        return WRONG_USAGE
    print(f"wrote {output} ({len(wanted):,} bytes)", file=sys.stderr)
    return DONE


def _reach(options: argparse.Namespace) -> int:
    from analysis.network import join, read, with_probes
    from analysis.partial import resolve_partly
    from analysis.reach import check, promised, table
    from analysis.reach.reachable import reachable
    from analysis.resolve import Context

    if options.template:
        resolved = resolve_partly(read_template(options.template), {}, Context())
    else:
        committed = read_committed(options.config_dir)
        around = resolve_partly(read_template(options.around), {}, Context()) if options.around else None
        resolved = join(committed.stacks, committed.templates, around)
    network = read(resolved)
    if options.check:
        probed = with_probes(network)
        promise = promised(resolved, probed)
        checked = check(probed, promise)
        ports = ", ".join(map(str, promise.egress_ports)) or "none"
        print(f"held to nat = {promise.mode} and ports out = {ports}, as the template has them", file=sys.stderr)
        sys.stdout.write(table.dumped(table.checked_json(checked)) if options.json else table.checked_table(checked))
        return FAILED if checked.violations else DONE
    probed = with_probes(network, each=2)
    reaches = reachable(probed)
    if options.json:
        sys.stdout.write(table.dumped(table.as_json(reaches)))
    else:
        sys.stdout.write(table.as_table(probed, reaches, everything=options.all))
    return DONE


def _isolation(options: argparse.Namespace) -> int:
    from analysis.committed import read_every_committed
    from analysis.reach.page import isolation_page

    wanted = isolation_page(read_every_committed(TEMPLATES))
    mend = "python -m analysis isolation" + (f" --output {options.output}" if options.output != ISOLATION else "")
    return _write_or_check(options.output, wanted, "the templates", mend, check=options.check)


if __name__ == "__main__":
    sys.exit(main())
