"""Replacing a user's file: whole or not at all, with everything about it as it was."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from workstation import ssh_file
from workstation.errors import WorkstationError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_and_its_directory_are_for_the_user_alone(tmp_path: Path) -> None:
    path = tmp_path / ".ssh" / "config"
    before = os.umask(0)
    try:
        ssh_file.replace(path, before=b"", after=b"new")
    finally:
        os.umask(before)

    assert (path.read_bytes(), mode(path), mode(path.parent)) == (b"new", 0o600, 0o700)


@pytest.mark.parametrize("given", [0o600, 0o644, 0o640, 0o400])
def test_the_mode_stays(tmp_path: Path, given: int) -> None:
    path = tmp_path / "config"
    path.write_bytes(b"old")
    path.chmod(given)
    ssh_file.replace(path, before=b"old", after=b"new")

    assert (path.read_bytes(), mode(path)) == (b"new", given)


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give files away")
def test_the_owner_stays(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_bytes(b"old")
    os.chown(path, 12_345, 23_456)
    ssh_file.replace(path, before=b"old", after=b"new")

    assert (path.stat().st_uid, path.stat().st_gid) == (12_345, 23_456)


def test_a_symbolic_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    real = tmp_path / "dotfiles" / "ssh_config"
    real.write_bytes(b"old")
    link = tmp_path / "config"
    link.symlink_to(Path("dotfiles", "ssh_config"))
    ssh_file.replace(link, before=b"old", after=b"new")

    assert link.is_symlink()
    assert link.readlink() == Path("dotfiles", "ssh_config")
    assert real.read_bytes() == b"new"


def test_a_change_by_another_program_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_bytes(b"theirs")
    with pytest.raises(WorkstationError) as caught:
        ssh_file.replace(path, before=b"old", after=b"new")

    assert str(caught.value) == f"{path} was changed by another program just now; nothing was written, try again"
    assert path.read_bytes() == b"theirs"


def test_nothing_is_left_behind_when_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_bytes(b"theirs")
    with pytest.raises(WorkstationError):
        ssh_file.replace(path, before=b"old", after=b"new")

    assert [entry.name for entry in tmp_path.iterdir()] == ["config"]


def test_a_directory_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    path = tmp_path / "file" / "config"
    with pytest.raises(WorkstationError) as caught:
        ssh_file.replace(path, before=b"", after=b"new")

    assert str(caught.value) == f"cannot write {path}: File exists; nothing was changed"


def test_a_directory_in_the_files_place_is_explained(tmp_path: Path) -> None:
    with pytest.raises(WorkstationError) as caught:
        ssh_file.read(tmp_path)

    assert str(caught.value) == f"cannot read {tmp_path}: Is a directory"


def test_the_file_is_never_half_written(tmp_path: Path) -> None:
    """The new content arrives under another inode, complete; whoever has the old one open reads the old one."""
    path = tmp_path / "config"
    path.write_bytes(b"old")
    with path.open("rb") as reader:
        ssh_file.replace(path, before=b"old", after=b"new" * 100_000)

        assert reader.read() == b"old"
    assert path.read_bytes() == b"new" * 100_000
