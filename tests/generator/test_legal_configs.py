"""Every legal config renders, lints clean and keeps the promises."""

from __future__ import annotations

import json

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings

from generator.assemble import assemble
from generator.findings import ConfigError
from generator.reader import read_config
from generator.render import render
from generator.schema import config_schema
from generator.stacks import environment_stack, workstation_stack
from tests.conftest import ROOT
from tests.generator.bad_configs import BAD
from tests.generator.configs import configs, toml
from tests.generator.invariants import broken
from tests.generator.linter import findings

EXAMPLES = 104
SHARDS = 4  # hypothesis runs one test on one core; several tests use them all


@pytest.mark.parametrize("shard", [0, *(pytest.param(shard, marks=pytest.mark.slow) for shard in range(1, SHARDS))])
def test_every_legal_config_renders_lints_clean_and_keeps_the_promises(shard, figures):
    schema = jsonschema.Draft7Validator(json.loads(config_schema()))

    @settings(max_examples=EXAMPLES // SHARDS, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(configs())
    def check(config):
        problems = problems_of(toml(config)) + [error.message for error in schema.iter_errors(config)]
        figures.count("legal-configs", held=not problems)

        assert problems == []

    check()


def problems_of(text: str) -> list[str]:
    """What is wrong with the templates of a legal config."""
    config = read_config(text, "config/any.toml")
    environment, workstation = assemble(environment_stack(config)), assemble(workstation_stack(config))
    lines = [finding for template in (environment, workstation) for finding in findings(render(template, "any"))]
    return lines + broken(environment, workstation)


@pytest.mark.parametrize("path", sorted(ROOT.glob("config/*.toml")), ids=lambda path: path.stem)
def test_every_committed_config_renders_lints_clean_and_keeps_the_promises(path):
    assert problems_of(path.read_text()) == []


@pytest.mark.parametrize("region", ["us-gov-west-1", "eu-central-1", "cn-north-1"])
def test_the_templates_lint_clean_in_other_partitions(region):
    for path in sorted(ROOT.glob("templates/*.yaml")):
        assert findings(path.read_text(), region) == []


def test_the_linter_can_find_something():
    text = (ROOT / "templates/workstation.yaml").read_text()

    assert findings(text.replace("InstanceInitiatedShutdownBehavior: stop", "InstanceInitiatedShutdown: stop")) != []


def test_the_schema_refuses_every_single_setting_that_the_reader_refuses():
    """Only what takes two settings together is the reader's alone."""
    import tomllib

    schema = jsonschema.Draft7Validator(json.loads(config_schema()))
    passed = []
    for case, (text, _) in BAD.items():
        if case != "broken TOML" and schema.is_valid(tomllib.loads(text)):
            passed.append(case)

    assert passed == [
        "/26 VPC",
        "/28 VPC",
        "/15 VPC",
        "host bits",
        "an octet of 256",
        "prefix 33",
        "public range",
        "shared range",
        "Docker's bridge",
        "zones as a fraction",  # 2.0 is an integer to JSON Schema
        "no 443",
        "no ports",
        "cidr of a VPC from a pool",
        "cidr of a VPC that is there",
        "pool of a VPC with a block",
        "netmask without a pool",
        "id of a VPC that is made",
        "subnets of a VPC that is made",
        "a subnet for one zone of two",
        "NAT in a VPC that is there",
        "the ways out of a VPC that is made",
        "addresses of a zonal NAT gateway",
        "a VPC of ours without S3",
        "throughput over a quarter of the IOPS",
        "name twice",
        "paravirtual type",
        "mac",
        "fallback type that is the type itself",
        "fallback type for Graviton",
        "fallback type for Intel beside Graviton",
        "fallback type that no image boots on",
        "fallback type that runs macOS",
        "zone that the network lacks",
        "key name with a newline",  # Python's `$` passes over a last newline
        "root volume too small for Deep Learning",
        "home volume too small for its IOPS",
    ]


def test_an_empty_config_is_the_default_environment_without_workstations():
    config = read_config("", "config/empty.toml")

    assert (config.network.nat, config.network.cidr, config.workstations) == ("single", "10.38.0.0/20", ())


def test_a_config_error_is_no_other_error():
    with pytest.raises(ConfigError):
        read_config("\x00", "config/nul.toml")
