"""Faults that the other rooms' tests do not show: two deploys at once, a full disk, sizes and changes at the edge."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.judge import Wanted, after_a_run, in_the_end
from tests.faults.plans import TYPES
from tests.faults.stage import DEPLOY, REGION, ROOT, STACK, Stage

WANTED = Wanted({"ada": {"InstanceType": TYPES["ada"]}})


def test_a_change_set_that_is_denied_leaves_what_the_next_run_needs(empty: Stage) -> None:
    files = empty.files()
    empty.local_aws.faults(
        {"operation": "CreateChangeSet", "times": 0, "code": "AccessDenied", "message": "not you", "status": 403}
    )
    denied = empty.deploy(*DEPLOY)
    empty.local_aws.faults()
    stacks = empty.client("cloudformation").describe_stacks()["Stacks"]
    again = empty.deploy(*DEPLOY)

    assert (denied.status, after_a_run(denied, empty, files), stacks) == (1, [], []), denied.said
    assert "not you" in denied.stderr
    assert again.status == 0, again.said
    assert in_the_end(again, empty, WANTED) == []


def test_two_deploys_at_once_in_one_checkout_end_with_one_environment(empty: Stage) -> None:
    files = empty.files()
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: empty.deploy(*DEPLOY), range(2)))
    again = empty.deploy(*DEPLOY)

    assert [after_a_run(ended, empty, files) for ended in both] == [[], []], "\n".join(ended.said for ended in both)
    assert 0 in [ended.status for ended in both]
    assert again.status == 0, again.said
    assert in_the_end(again, empty, WANTED) == []


def test_a_full_disk_leaves_the_old_templates(tmp_path: Path) -> None:
    for part in ("config", "generator", "templates"):
        shutil.copytree(ROOT / part, tmp_path / part)
    config = tmp_path / "config" / "default.toml"
    config.write_text(config.read_text().replace("m7i.xlarge", "m7i.2xlarge").replace('"single"', '"per-zone"'))
    before = {path: path.read_bytes() for path in (tmp_path / "templates").rglob("*") if path.is_file()}
    program = (
        "import resource, signal, runpy; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024)); runpy.run_module('generator', run_name='__main__')"
    )

    done = subprocess.run(
        [sys.executable, "-B", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stderr.startswith("python -m generator: cannot write: [Errno 27] File too large")
    assert done.stderr.count("\n") == 1
    assert before == {path: path.read_bytes() for path in (tmp_path / "templates").rglob("*") if path.is_file()}


@pytest.mark.parametrize("count", [0, 200])
def test_no_workstation_and_two_hundred_are_both_a_config(tmp_path: Path, count: int) -> None:
    for part in ("config", "generator"):
        shutil.copytree(ROOT / part, tmp_path / part)
    machines = "".join(f'[[workstation]]\nname = "w{number}"\ninstance_type = "m7i.large"\n' for number in range(count))
    (tmp_path / "config" / "many.toml").write_text(machines)

    done = subprocess.run(
        [sys.executable, "-m", "generator", "--config", "config/many.toml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "templates" / "many" / "stacks.json").read_text().count('"name": "w') == count


def test_another_address_block_for_a_live_environment_is_refused(stage: Stage) -> None:
    stage.put_back("deployed-one")
    config = stage.root / "config" / "moved.toml"
    config.write_text((stage.root / "config" / "default.toml").read_text().replace("10.38.0.0", "10.39.0.0"))
    try:
        subprocess.run(
            [sys.executable, "-m", "generator", "--config", config], cwd=stage.root, check=True, capture_output=True
        )
        ended = stage.deploy(*DEPLOY, "--config", "config/moved.toml")
    finally:
        config.unlink()
        shutil.rmtree(stage.root / "templates" / "moved")

    assert ended.status == 3, ended.said
    assert f"{STACK}/Vpc (AWS::EC2::VPC) would be replaced" in ended.stderr
    again = stage.deploy(STACK, "demo-bucket", REGION, "--yes")
    assert again.status == 0, again.said
    assert in_the_end(again, stage, WANTED) == []
