"""`--bundle FILE`: everything that somebody needs who helps with a failed deploy, in one file, without secrets."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import tarfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import Any

from cloud.errors import CloudError
from cloud.session import Cloud
from deployment.arguments import ROOT, Arguments
from deployment.events import LIMIT
from deployment.execute import Outcome
from deployment.findings import Stopped
from deployment.masking import environment_secrets, masked, masked_data, masked_parameters, no_echo
from deployment.plan import Plan, lines
from deployment.resume import templates
from deployment.stacks import Stacks, Template

PACKAGES = ("awscli", "boto3", "botocore", "cfn-lint", "rich")
LEFT_OUT = ("ResourceProperties",)
"""Keys of events that are not packed: CloudFormation does not promise that NoEcho values are masked there."""
README = """What a deploy of the environment {stack} said and did.

log.txt        what was said on the terminal
plan.txt       what was to be done
result.json    how each stack ended, and why
versions.json  programs and libraries
stacks/        for each stack: events, template, parameters

Access keys, tokens, NoEcho parameters and what looks like a secret are masked.
Account number, names, ids and addresses are not: look through it before you send it to somebody.
"""


@dataclass
class Collected:
    """What a deploy knows so far; filled in as it goes."""

    arguments: Arguments
    cloud: Cloud | None = None
    cli: str = ""
    stacks: Stacks | None = None
    plan: Plan | None = None
    outcomes: tuple[Outcome, ...] = ()
    ended: str = ""
    """How it ended, where it did not get to its outcomes."""
    events: dict[str, Any] = field(default_factory=dict)

    def ask(self) -> None:
        """Read the events of every stack; what AWS does not tell is said in their place."""
        for name in self._templates() if self.cloud else ():
            try:
                self.events[name] = _events(self.cloud, name)
            except CloudError as error:
                self.events[name] = {"not read": str(error)}

    def secrets(self) -> frozenset[str]:
        """The values that must not be in any file: credentials of this process, and NoEcho parameters."""
        known = set(
            () if self.arguments.local else environment_secrets(os.environ)
        )  # those of the local AWS open nothing
        declared = [template.parameters for _, template in self._templates().values()]
        given = self.arguments.parameters
        hidden = frozenset().union(*map(no_echo, declared)) | no_echo({entry.key: {} for entry in given})
        known |= {entry.value for entry in given if entry.key in hidden}
        plans = (self.plan.environment, *self.plan.workstations) if self.plan else ()
        for stack in plans:
            known |= {value for key, value in stack.parameters.items() if key in hidden}
        return frozenset(known)

    def files(self, said: Iterable[str], versions: Mapping[str, str]) -> dict[str, str]:
        """Name to text of every file, masked."""
        secrets = self.secrets()
        result = {"ended": self.ended, "stacks": [_ended(outcome) for outcome in self.outcomes]}
        texts = {
            "README.txt": README.format(stack=self.arguments.stack),
            "log.txt": "".join(f"{line}\n" for line in (*said, *self.ended.splitlines())),
            "plan.txt": "".join(f"{line}\n" for line in lines(self.plan)) if self.plan else "there was no plan yet\n",
        }
        data: dict[str, Any] = {"result.json": result, "versions.json": versions}
        plans = {stack.name: stack for stack in (self.plan.environment, *self.plan.workstations)} if self.plan else {}
        for name, (_, template) in self._templates().items():
            given = plans[name].parameters if name in plans else {}
            texts[f"stacks/{name}/template.yaml"] = template.path.read_text(encoding="utf-8")
            data[f"stacks/{name}/parameters.json"] = masked_parameters(given, template.parameters)
            data[f"stacks/{name}/events.json"] = self.events.get(name, [])
        return {
            **{name: masked(text, secrets) for name, text in texts.items()},
            **{name: _json(masked_data(value, secrets)) for name, value in data.items()},
        }

    def _templates(self) -> dict[str, tuple[str, Template]]:
        return templates(self.arguments.stack, self.stacks) if self.stacks else {}


def pack(path: Path, collected: Collected, said: Iterable[str]) -> None:
    """Write the bundle. Raises `Stopped` when the file cannot be written; it is then as it was."""
    collected.ask()
    write(path, collected.files(said, versions(collected.cli)))


def write(path: Path, files: Mapping[str, str]) -> None:
    """Write a tar.gz that only the user can read, in one step. Raises `Stopped`."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_archive(files))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise Stopped(f"bundle: {path} cannot be written: {error.strerror}; name another file") from error


def versions(cli: str) -> dict[str, str]:
    """What ran: Python, the AWS CLI, our libraries, the lock file."""
    lock = ROOT / "requirements.lock"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else "missing"
    system = {"python": platform.python_version(), "system": platform.platform(), "aws cli": cli or "not looked for"}
    return {**system, **{name: _version(name) for name in PACKAGES}, "requirements.lock sha256": digest}


def _archive(files: Mapping[str, str]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        for name, text in files.items():
            content = text.encode("utf-8", "surrogateescape")
            member = tarfile.TarInfo(f"bundle/{name}")
            member.size, member.mode, member.mtime = len(content), 0o600, int(time.time())
            archive.addfile(member, io.BytesIO(content))
    return data.getvalue()


def _events(cloud: Cloud, name: str) -> list[dict[str, Any]]:
    try:
        answers = cloud.pages("cloudformation", "DescribeStackEvents", "StackEvents", StackName=name)
        return [_plain(answer) for answer in islice(answers, LIMIT)]
    except CloudError as error:
        if error.code == "ValidationError" and "does not exist" in error.message:
            return []
        raise


def _plain(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {key: str(value) for key, value in answer.items() if key not in LEFT_OUT}


def _ended(outcome: Outcome) -> dict[str, Any]:
    cause = asdict(outcome.failure) if outcome.failure else None
    return {"stack": outcome.name, "result": outcome.result, "reason": outcome.reason, "cause": cause}


def _json(value: Any) -> str:
    return f"{json.dumps(value, indent=2, ensure_ascii=False)}\n"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
