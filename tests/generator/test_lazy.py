"""What is put off costs nothing until it is used, and is the real thing then."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT


def run(code: str) -> str:
    words = [sys.executable, "-c", f"import sys; from generator.lazy import put_off\n{code}"]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def test_a_module_that_is_put_off_is_not_imported_by_an_import():
    assert run("put_off('cfn_flip'); import cfn_flip; print('yaml' in sys.modules)") == "False"


def test_a_module_that_is_put_off_is_there_when_it_is_used():
    assert run("put_off('cfn_flip'); import cfn_flip; print(cfn_flip.to_json('a: 1'))").split() == [
        "{",
        '"a":',
        "1",
        "}",
    ]


def test_a_part_of_a_module_that_is_put_off_can_be_imported():
    assert run("put_off('cfn_flip'); from cfn_flip import to_yaml; print(callable(to_yaml))") == "True"


def test_a_module_that_is_already_there_stays():
    assert run("import cfn_flip; put_off('cfn_flip'); import cfn_flip; print(callable(cfn_flip.to_yaml))") == "True"


def test_the_generator_does_not_import_the_library_s_yaml_writer():
    words = [sys.executable, "-X", "importtime", "-m", "generator", "--check"]
    imported = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stderr

    assert "troposphere.ec2" in imported
    assert [name for name in ("yaml", "pathlib", "logging") if f"| {name}\n" in imported.replace("  ", "")] == []
