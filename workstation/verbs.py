"""The verbs by name. A new verb is a row here and a module of that name with `add_arguments` and `run`.

`add_arguments(parser)` adds the verb's own options; the module's docstring is its help.
`run(options, context)` does the work and returns the exit code.
No verb's module is imported before it is called for, which keeps `workstation --help` instant.
A plain dictionary, because importing `dataclasses` alone would double the time of `workstation --help`.
"""

from __future__ import annotations

VERBS = {
    "list": "show the workstations, their state, and whether they can be reached",
    "ssh-config": "print or write the SSH config that makes `ssh NAME` work",
    "proxy": "carry one SSH connection; the SSH config calls it",
}


def module_name(verb: str) -> str:
    """Where a verb lives: `ssh-config` in `workstation.ssh_config`."""
    return f"workstation.{verb.replace('-', '_')}"
