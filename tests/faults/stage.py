"""Where faults are played: a checkout with small configs, one local AWS for many runs, and states to begin from."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.local_aws_fixture import LocalAws, started
from tests.ready_aws import ready

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = ("analysis", "cloud", "config", "deployment", "generator", "localaws", "templates", "util", "workstation")
FILES = (".cfnlintrc", "deploy.sh", "requirements.lock")
PAIR = '\n[[workstation]]\nname = "bob"\ninstance_type = "m7i.large"\n'
SECRETS = {
    "AWS_ACCESS_KEY_ID": "AKIAFAULTSFAULTSFAUL",
    "AWS_SECRET_ACCESS_KEY": "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",
    "AWS_SESSION_TOKEN": "c4naryTokenThatNobodyMaySee" * 6,
}
STACK, BUCKET, REGION = "demo", "demo-bucket", "us-east-1"
NOTHING: Mapping[str, str | None] = {}
LONGEST_SECONDS = 300
"""A run that takes longer hangs."""
TOLD = re.compile(
    r"^deploy\.sh: .*\bstack .*: ((?:aws cloudformation delete-stack|\./deploy\.sh --[\w-]+) [\w -]+)$", re.M
)
"""A stack that only a person may mend is refused with the command that does; a person then runs it."""
BYSTANDERS = (".local", ".cache", "__pycache__")
"""What a run may write into the checkout."""


@dataclass(frozen=True)
class Ended:
    """A run of deploy.sh that is over."""

    words: tuple[str, ...]
    status: int
    stdout: str
    stderr: str
    hung: bool = False

    @property
    def said(self) -> str:
        return f"$ ./deploy.sh {' '.join(self.words)}   (exit {self.status})\n{self.stdout}{self.stderr}"


@dataclass(frozen=True)
class Stage:
    root: Path
    local_aws: LocalAws
    home: Path
    temporary: Path
    aws: Path
    """The AWS CLI of the runs."""
    clients: dict[str, Any] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = self.local_aws.client(service)
        return self.clients[service]

    @cached_property
    def can_remove(self) -> bool:
        """Whether deploy.sh knows `--remove`."""
        return "--remove STACK" in (self.root / "deploy.sh").read_text()

    def environment(self, mark: str) -> dict[str, str]:
        """Somebody with an account, whose account is the local AWS; fewer retries, since nobody has to wait here."""
        return {
            "PATH": f"{self.aws.parent}:{ROOT / '.venv' / 'bin'}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "LANG": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_ENDPOINT_URL": self.local_aws.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "3",
            "AWS_RETRY_MODE": "standard",
            "NO_PROXY": "*",
            "FAULTS_RUN": mark,
            **SECRETS,
        }

    def begin(
        self, words: Sequence[str], mark: str, settings: Mapping[str, str | None] = NOTHING
    ) -> subprocess.Popen[str]:
        """Start deploy.sh in a session of its own, without a terminal. A setting of None is taken away."""
        environment = {**self.environment(mark), **settings}
        return subprocess.Popen(
            [self.root / "deploy.sh", *words],
            cwd=self.root,
            env={name: value for name, value in environment.items() if value is not None},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )

    def deploy(self, *words: str, **settings: str | None) -> Ended:
        """Run deploy.sh to its end, with these settings in its environment."""
        mark = uuid.uuid4().hex
        process = self.begin(words, mark, settings)
        hung = False
        try:
            stdout, stderr = process.communicate(timeout=LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            hung = True
            os.killpg(process.pid, signal.SIGKILL)
            stdout, stderr = process.communicate()
        return Ended(tuple(words), process.returncode, stdout, stderr, hung=hung or bool(left_behind(mark)))

    def follow(self, ended: Ended) -> list[str]:
        """Run the commands that a refusal tells people to run, ours or the AWS CLI's; what is wrong with them."""
        found = []
        for command in TOLD.findall(ended.stderr):
            if command.startswith("./deploy.sh"):
                own = self.deploy(*command.split()[1:], "--yes")
                found += [own.said] if own.status else []
                continue
            words = [str(ROOT / ".venv" / "bin" / "aws"), *command.split()[1:]]
            environment = self.environment(uuid.uuid4().hex)
            done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                found.append(f"{command}: {done.stderr.strip()}")
        return found

    def put_back(self, state: str) -> None:
        """Begin from a state: no faults, no held call, no file of an earlier run.

        The states are `empty`, `deployed-CONFIG`, `environment-CONFIG` and `failed-CONFIG` (a first deploy that was
        undone); they are made when first asked for.
        """
        if state not in self.kept:
            make, config = state.split("-")
            prepare_failed(self, config) if make == "failed" else prepare(self, config)
        self.local_aws.faults()
        self.local_aws.post("/_local/calls", {})
        self.local_aws.post(f"/_local/put-back/{state}", {})
        for path in self.temporary.iterdir():
            shutil.rmtree(path)

    def keep(self, state: str) -> None:
        self.kept.add(state)
        self.local_aws.post(f"/_local/keep/{state}", {})

    def files(self) -> dict[str, str]:
        """Every file of the checkout that a run has no business with: path to digest."""
        found = {}
        for directory, names, files in os.walk(self.root):
            names[:] = [name for name in names if name not in BYSTANDERS and name != ".venv"]
            for name in files:
                path = Path(directory, name)
                found[str(path.relative_to(self.root))] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found


def left_behind(mark: str) -> tuple[int, ...]:
    """The processes of a run that still are."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            environment = path.read_bytes()
        except OSError:  # it has just ended, or is not ours
            continue
        if f"FAULTS_RUN={mark}".encode() in environment:
            found.append(int(path.parent.name))
    return tuple(found)


@contextmanager
def set_up(place: Path, source: Path = ROOT) -> Iterator[Stage]:
    """A stage with the project of `source`."""
    root = place / "checkout"
    root.mkdir()
    for part in PARTS:
        shutil.copytree(source / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        if (source / name).exists():
            shutil.copy2(source / name, root / name)
    (root / ".venv").symlink_to(ROOT / ".venv")
    (root / "config" / "pair.toml").write_text((root / "config" / "default.toml").read_text() + PAIR)
    run([sys.executable, "-m", "generator", "--config", "config/pair.toml"], root)
    run([sys.executable, "-m", "compileall", "-q", *(str(root / part) for part in PARTS)], root)
    for name in ("home", "temporary", "aws", "ready"):
        (place / name).mkdir()
    with started(place / "aws", "--forget") as local_aws, ready(place / "ready") as aws:
        stage = Stage(root, local_aws, place / "home", place / "temporary", aws)
        stage.keep("empty")
        yield stage


def prepare(stage: Stage, config: str) -> None:
    """Make the states of a config: one deploy, then the same without its workstations."""
    stage.put_back("empty")
    done = stage.deploy(*DEPLOY, *CONFIGS[config])
    if done.status:
        raise RuntimeError(f"without any fault a deploy fails:\n{done.said}")
    stage.keep(f"deployed-{config}")
    without_machines(stage)
    stage.keep(f"environment-{config}")


def prepare_failed(stage: Stage, config: str) -> None:
    """Make the state after a first deploy whose environment could not be made."""
    stage.put_back("empty")
    stage.local_aws.faults({**FAILS, "times": 0})
    done = stage.deploy(*DEPLOY, *CONFIGS[config])
    if done.status != 1:
        raise RuntimeError(f"a deploy that cannot end well does:\n{done.said}")
    stage.keep(f"failed-{config}")


def without_machines(stage: Stage) -> None:
    """Take the workstations away; snapshots or volumes of theirs stay."""
    cloudformation = stage.client("cloudformation")
    for name in [item["StackName"] for item in cloudformation.describe_stacks()["Stacks"]]:
        if name != STACK:
            cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=False)
            cloudformation.delete_stack(StackName=name)
            cloudformation.get_waiter("stack_delete_complete").wait(StackName=name)


CONFIGS: Mapping[str, tuple[str, ...]] = {"one": (), "pair": ("--config", "config/pair.toml")}
FAILS = {
    "service": "ec2",
    "operation": "AllocateAddress",
    "caller": "cloudformation",
    "code": "AddressLimitExceeded",
    "message": "The maximum number of addresses has been reached.",
}
DEPLOY = (STACK, BUCKET, REGION, "--yes", "--create-bucket")


def run(words: Sequence[str], root: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(root)}
    subprocess.run(words, cwd=root, env=environment, check=True, capture_output=True, text=True)
