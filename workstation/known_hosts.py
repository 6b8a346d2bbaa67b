"""Host keys, pinned for as long as the instance lives.

A workstation keeps its name when its machine is replaced, but the new machine has a new host key.
So each name has a file of its own, whose first line says which instance the keys below it belong to.
`workstation proxy` asks AWS which instance has the name now; for another one than before, the file begins anew.
A changed key of the *same* instance is refused by ssh, as ever.
"""

from __future__ import annotations

from pathlib import Path

from workstation import ssh_file
from workstation.ssh_hosts import Target
from workstation.ssh_lines import KNOWN_HOSTS_DIRECTORY


def begin(ssh_directory: Path, target: Target, instance_id: str) -> bool:
    """Drop the keys of an earlier instance of this name; says whether there were any. Raises `WorkstationError`."""
    path = ssh_directory / KNOWN_HOSTS_DIRECTORY / str(target)
    first_line = f"# {instance_id}\n".encode()
    before = ssh_file.read(path)
    if before.startswith(first_line):
        return False
    ssh_file.replace(path, before=before, after=first_line)
    return bool(before)
