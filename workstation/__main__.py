"""`workstation [OPTIONS] VERB …`: the front. It imports no verb but the one that was called.

Started as `python -m workstation`, by the console script, or as `python DIRECTORY` with the path of this package.
The SSH config uses the last form: it works from anywhere, installed or not, on every platform.
"""

from __future__ import annotations

import argparse
import os
import sys

if not __package__:
    sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from workstation.errors import WorkstationError
from workstation.verbs import VERBS, module_name

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` and `collections.abc` are not imported at run time: they would cost a quarter of --help
    from collections.abc import Sequence
    from typing import NoReturn

INTERRUPTED = 130
"""128 + SIGINT, what a shell reports."""

LIBRARIES = ("boto3", "rich")
"""What the verbs need beside the standard library."""

WITH_VALUE = ("--region", "--profile", "--environment")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; the exit code is 0 done, 1 failed, 2 wrong usage, 3 refused by the user."""
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # a name that the terminal cannot show is no reason to fail
    try:
        code = _run(words)
        sys.stdout.flush()
    except WorkstationError as error:
        for finding in error.findings:
            _say(finding)
        return error.exit_code
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:  # `workstation list | head`: nobody reads on, and Python would complain at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _run(words: list[str]) -> int:
    place = _verb_place(words)
    if place is None:
        front = _front()
        front.parse_args(words)
        front.print_help(sys.stderr)
        return 2
    verb = words[place]
    if verb not in VERBS:
        _front().error(_unknown_verb(verb))
    return _run_verb(verb, words[:place] + words[place + 1 :])


def _run_verb(verb: str, words: list[str]) -> int:
    import shlex
    from importlib import import_module

    from cloud.errors import CloudError
    from workstation.context import context_of

    module = import_module(module_name(verb))
    parser = Parser(prog=f"workstation {verb}", description=module.__doc__, parents=[_global_options()])
    module.add_arguments(parser)
    options = parser.parse_args(words)
    try:
        return module.run(options, context_of(options))
    except CloudError as error:
        raise WorkstationError(str(error)) from error
    except ModuleNotFoundError as error:
        if error.name not in LIBRARIES:
            raise
        python = shlex.quote(sys.executable)
        raise WorkstationError(f"{python} lacks {error.name}; run `{python} -m pip install boto3 rich`") from error


class Parser(argparse.ArgumentParser):
    """argparse with our help layout, and no guessing at shortened options."""

    def __init__(self, **settings: object) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **settings)

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\nhelp: {self.prog} --help\n")


def _front() -> Parser:
    width = max(len(verb) for verb in VERBS)
    verbs = "\n".join(f"  {verb:<{width}}  {summary}" for verb, summary in VERBS.items())
    return Parser(
        prog="workstation",
        usage="workstation [OPTIONS] VERB …",
        description=f"Find your workstations and connect to them.\n\nverbs (each has its own --help):\n{verbs}",
        parents=[_global_options()],
    )


def _global_options() -> argparse.ArgumentParser:
    """Options of every verb, before or after its name; left out of the result where not given."""
    parser = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    group = parser.add_argument_group("where")
    group.add_argument("--region", help="AWS region; otherwise AWS_REGION, then the profile's")
    group.add_argument("--profile", help="AWS profile; otherwise AWS_PROFILE")
    group.add_argument("--environment", metavar="STACK", help="only the workstations of this environment")
    group.add_argument("--local", action="store_true", help="the local AWS that `./deploy.sh --local` started")
    return parser


def _verb_place(words: Sequence[str]) -> int | None:
    """Where the verb stands: the first word that is neither an option nor an option's value."""
    value_next = False
    for place, word in enumerate(words):
        if not value_next and not word.startswith("-"):
            return place
        value_next = not value_next and word in WITH_VALUE
    return None


def _unknown_verb(word: str) -> str:
    import difflib

    close = difflib.get_close_matches(word, VERBS, n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"verb: got {word[:64]!a}, want one of {', '.join(VERBS)}{hint}"


def _say(line: str) -> None:
    print(f"workstation: {line}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
