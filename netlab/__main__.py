"""Build a template's network on this machine and send packets through it.

What runs is a kernel's model of the VPC, not AWS: network namespaces, routing tables and packet filters, which nothing
can leave. It needs Linux with `ip` and `nft`, and no root. Where the machine allows no namespaces, the same questions
are answered by program, without a packet, and the result says so.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
BUILDS = ("plain", "rules-open", "routes-open", "zone-down")


def main(arguments: Sequence[str] | None = None) -> int:
    """0: all as intended. 1: something is not. 2: wrong usage, or a template that cannot be built."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.parameters and options.template.is_dir():
        parser.error(f"--parameters: {options.template} is a directory, whose stacks.json has the parameters")
    # Imported late, so that --help and wrong usage cost nothing.
    from analysis.committed import CommittedFileError
    from analysis.network import NotModelledError
    from analysis.network.joined import NoSurroundingsError
    from analysis.reach.promise import NoPromiseError
    from analysis.resolve import TemplateError, TemplateTextError
    from netlab.subject import read_subject

    try:
        subject = read_subject(options.template, dict(options.parameters), options.around)
    except NoSurroundingsError as error:
        print(f"error: {options.template}: {error}; say it with --around TEMPLATE", file=sys.stderr)
        return WRONG_USAGE
    except (CommittedFileError, NoPromiseError, NotModelledError, TemplateError, TemplateTextError) as error:
        for line in str(error).splitlines():
            where = "" if line.startswith(str(options.template)) else f"{options.template}: "
            print(f"error: {where}{line}", file=sys.stderr)
        return WRONG_USAGE
    except (OSError, UnicodeDecodeError) as error:
        print(f"error: {options.template}: cannot be read ({getattr(error, 'strerror', error)})", file=sys.stderr)
        return WRONG_USAGE
    from netlab.proof import prove

    try:
        return FAILED if prove(subject, options.build or BUILDS, as_json=options.json) else DONE
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m netlab",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="exit: 0 all as intended, 1 something is not, 2 wrong usage or a template that cannot be built",
        allow_abbrev=False,
    )
    parser.add_argument(
        "template",
        nargs="?",
        type=Path,
        default=Path("templates"),
        metavar="TEMPLATE",
        help="a template, or a directory that the generator wrote, with its workstations (default: %(default)s)",
    )
    parser.add_argument(
        "--parameters",
        nargs="+",
        default=[],
        type=_parameter,
        metavar="NAME=VALUE",
        help="parameters of a template; those left out stand for themselves",
    )
    parser.add_argument(
        "--around",
        type=Path,
        metavar="TEMPLATE",
        help="the VPC around an environment that goes into one that is there",
    )
    parser.add_argument(
        "--build",
        action="append",
        choices=BUILDS,
        help="only this one, may be repeated: as the template says; groups and ACLs forced open; routing forced open; "
        "each zone in turn switched off",
    )
    parser.add_argument("--json", action="store_true", help="print every build and every violation as JSON")
    return parser


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"got {text!a}, want NAME=VALUE")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
