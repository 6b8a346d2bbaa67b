"""The verbs by name. A new verb is a row here and a module of that name with `add_arguments` and `run`.

`add_arguments(parser)` adds the verb's own options; the module's docstring is its help.
`run(options, context)` does the work and returns the exit code.
No verb's module is imported before it is called for, which keeps `workstation --help` instant.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType


@dataclass(frozen=True)
class Verb:
    name: str
    summary: str

    def module(self) -> ModuleType:
        """The verb's module, imported now: `ssh-config` lives in `workstation/ssh_config.py`."""
        return import_module(f"workstation.{self.name.replace('-', '_')}")


VERBS = (
    Verb("list", "show the workstations, their state, and whether they can be reached"),
    Verb("ssh-config", "print or write the SSH config that makes `ssh NAME` work"),
    Verb("proxy", "carry one SSH connection; the SSH config calls it"),
)

BY_NAME = {verb.name: verb for verb in VERBS}
