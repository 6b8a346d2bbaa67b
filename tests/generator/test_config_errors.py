"""Every bad config is answered with the key, what it got, what is wanted and, where there is one, a hint."""

from __future__ import annotations

import pytest

from generator.findings import ConfigError
from generator.reader import read_config
from tests.generator.bad_configs import BAD


@pytest.mark.parametrize("case", BAD)
def test_a_bad_config_is_answered_with_the_exact_message(case, figures):
    text, message = BAD[case]

    with pytest.raises(ConfigError) as error:
        read_config(text, "config/team.toml")

    actual = str(error.value)
    expected = f"config/team.toml has 1 finding:\n  {message}"
    figures.count("bad-configs", held=expected == actual)

    assert expected == actual


def test_all_findings_are_shown_at_once():
    text = '[network]\nnat = "both"\nzones = 9\n[[workstation]]\nname = "A"\n[[workstation]]\nnmae = "b"\n'

    with pytest.raises(ConfigError) as error:
        read_config(text, "config/team.toml")

    keys = [finding.key for finding in error.value.findings]

    assert keys == ["network.zones", "network.nat", "workstation[0].name", "workstation[1].nmae", "workstation[1].name"]


def test_every_setting_that_does_not_fit_the_kind_of_vpc_is_named():
    text = (
        '[network]\nvpc = "existing"\nnat = "regional"\nnetmask_length = 20\ncidr = "10.38.0.0/20"\n'
        'subnet_ids = ["subnet-01234567"]\n'
    )

    with pytest.raises(ConfigError) as error:
        read_config(text, "config/team.toml")

    keys = [finding.key for finding in error.value.findings]

    assert keys == ["network.cidr", "network.netmask_length", "network.nat", "network.subnet_ids"]


def test_findings_that_need_the_whole_config_come_together():
    text = (
        '[network]\ncidr = "8.8.8.8/26"\negress_tcp_ports = [80]\n'
        '[[workstation]]\nname = "ada"\n[[workstation]]\nname = "ada"\nzone = "d"\n'
    )

    with pytest.raises(ConfigError) as error:
        read_config(text, "config/team.toml")

    keys = [finding.key for finding in error.value.findings]

    assert keys == ["network.cidr"] * 3 + ["network.egress_tcp_ports", "workstation[1].name", "workstation[1].zone"]
