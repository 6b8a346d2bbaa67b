"""The AWS CLI of requirements.lock, imported once and forked for each call: a thousand starts would take minutes.

python -m tests.ready_aws SOCKET

What runs is the AWS CLI, whole: its words, environment, directory and streams are those of the caller.
The caller is `door` below, a program of a few lines; a signal that it gets, the AWS CLI gets.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LONGEST_SECONDS = 180  # far more than the 2 s that a start takes, for a busy machine
STREAMS = (0, 1, 2)
WARM_UP = (
    "cloudformation package --template-file /nowhere --s3-bucket nobody --output-template-file /nowhere",
    "cloudformation deploy --template-file /nowhere --stack-name nobody --s3-bucket nobody",
)
"""Calls that end before they reach AWS; what they import, each later call finds."""
DOOR = """#!{python} -IS
import json, os, signal, socket, sys
there = socket.socket(socket.AF_UNIX)
there.connect({path!r})
got = []
def forward(number, frame):
    got.append(number)
    there.send(bytes([number]))
for number in {ending}:
    signal.signal(number, forward)
words = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
socket.send_fds(there, [len(words).to_bytes(4, "big")], [0, 1, 2])
there.sendall(words)
status = there.recv(1)
if status:
    sys.exit(status[0])
number = got[-1] if got else signal.SIGKILL
signal.signal(number, signal.SIG_DFL) if got else None
os.kill(os.getpid(), number)
"""


@contextlib.contextmanager
def ready(directory: Path) -> Iterator[Path]:
    """The program to call instead of `aws`; whoever serves it ends with the block."""
    path, program = directory / "door", directory / "bin" / "aws"
    program.parent.mkdir()
    python = os.path.realpath(sys.executable)
    program.write_text(DOOR.format(python=python, path=str(path), ending=tuple(map(int, ENDING))))
    program.chmod(0o755)
    environment = {**os.environ, "PYTHONUTF8": "1"}
    words = [sys.executable, "-m", "tests.ready_aws", str(path)]
    server = subprocess.Popen(words, cwd=Path(__file__).resolve().parents[1], env=environment)
    try:
        end = time.monotonic() + LONGEST_SECONDS
        while not path.exists():
            if server.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the AWS CLI did not get ready")
            time.sleep(0.02)
        yield program
    finally:
        server.terminate()
        server.wait(30)


def serve(path: str) -> None:
    """Fork for each caller, until a signal ends this."""
    from awscli import clidriver
    from awscli.botocore.loaders import JSONFileLoader

    read = JSONFileLoader().load_file
    JSONFileLoader.load_file = staticmethod(functools.cache(read))  # each fork has its own copy
    warm_up(clidriver)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(f"{path}.new")
        door.listen(64)
        os.rename(f"{path}.new", path)
        while True:
            caller, _ = door.accept()
            if os.fork() == 0:
                door.close()
                run(clidriver, caller)
            caller.close()
            reap()


def reap() -> None:
    """Take leave of those that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def warm_up(clidriver: object) -> None:
    from awscli.botocore.session import get_session

    os.environ |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        for words in WARM_UP:
            sys.argv = ["aws", *words.split()]
            clidriver.main()
    for service in ("cloudformation", "s3", "sts"):
        get_session().create_client(service)
    gc.collect()
    gc.freeze()


def run(clidriver: object, caller: socket.socket) -> None:
    """Be the AWS CLI of one caller; never returns."""
    length, streams, _, _ = socket.recv_fds(caller, 4, len(STREAMS))
    with caller.makefile("rb") as text:
        words, environment, directory = json.loads(text.read(int.from_bytes(length, "big")))
    for stream, number in zip(streams, STREAMS, strict=True):
        os.dup2(stream, number)
        os.close(stream)
    places = {"AWS_DATA_PATH": os.environ["AWS_DATA_PATH"]}  # the AWS CLI has set it when it was imported
    os.environ.clear()
    os.environ.update(environment | places)
    os.chdir(directory)
    tempfile.tempdir = None
    sys.argv = ["aws", *words]
    threading.Thread(target=obey, args=(caller,), daemon=True).start()
    status = 1
    try:
        status = clidriver.main()
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
            caller.send(bytes([status or 0]))
        os._exit(status or 0)


def obey(caller: socket.socket) -> None:
    """Get each signal that the caller gets; one that was killed takes the AWS CLI with it."""
    while number := caller.recv(1):
        os.kill(os.getpid(), number[0])
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    serve(sys.argv[1])
