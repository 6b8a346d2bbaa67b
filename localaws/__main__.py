"""Serve the local AWS in the foreground: `python -m localaws --directory .local`.

When it is ready, DIRECTORY/localaws.json says where it listens; SIGTERM saves the state and ends it.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from pathlib import Path

FILE = "localaws.json"
ENDING = (signal.SIGINT, signal.SIGTERM)


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    directory: Path = options.directory
    directory.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=None if options.verbose else directory / "localaws.log",
        level=logging.DEBUG if options.verbose else logging.WARNING,
        format="%(asctime)s %(name)s %(levelname)s %(message)s",
    )
    # Blocked here and taken by `server.serve`: a handler can run while the lock that it needs is held, and hang.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)

    from localaws import server

    try:
        app = server.application()
    except server.WrongMotoError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return _serve(app, directory, options.port, forget=options.forget)


def _serve(app: object, directory: Path, port: int, *, forget: bool) -> int:
    from localaws import server, state
    from localaws.responses import Service
    from localaws.stacks import ACCOUNT

    listening = server.listen(app, port)
    endpoint = f"http://localhost:{listening.server_port}"
    saved = state.Saved(directory / "state")
    note = "" if forget else saved.restore()
    if note:
        print(note, file=sys.stderr)
    Service.engine.endpoint = endpoint
    if not forget:
        Service.engine.finished = saved.save_soon
        threading.Thread(target=saved.keep_saving, daemon=True).start()
    path = directory / FILE
    server.announce(path, endpoint, ACCOUNT)
    print(f"The local AWS listens on {endpoint}; nothing is created on AWS.", file=sys.stderr)
    try:
        server.serve(listening, ENDING)
    finally:
        path.unlink(missing_ok=True)
    Service.engine.join(10)
    if not forget:
        saved.save()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m localaws", description=__doc__)
    parser.add_argument("--directory", type=Path, default=Path(".local"), help="where the state, log and address are")
    parser.add_argument("--port", type=int, default=0, help="port on the loopback interface (0: a free one)")
    parser.add_argument("--forget", action="store_true", help="begin empty, and keep nothing on disk")
    parser.add_argument("--verbose", action="store_true", help="log each request to the terminal")
    return parser


if __name__ == "__main__":
    sys.exit(main())
