"""The picture shows what the templates say, the same everywhere, and nothing in it overlaps or is cut off."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import pytest

from analysis.__main__ import main
from analysis.committed import read_committed
from analysis.picture import draw
from analysis.picture_pen import fitted
from tests.analysis.networks import environment, stacks, workstation

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
ONE = (("ada", "A"),)
FIVE = (("ada", "A"), ("grace", "B"), ("alan", "A"), ("katherine-johnson-gpu-machine-2", "A"), ("edsger", "B"))
MANY = tuple((f"person-{number}", "AB"[number % 2]) for number in range(23))


def picture(nat: str = "single", people: tuple = ONE) -> str:
    return draw(stacks(*people), {"environment.yaml": environment(nat), "workstation.yaml": workstation()})


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - our own picture


def icons(svg: str) -> Counter[str]:
    uses = parsed(svg).iter(f"{SVG}use")
    return Counter(use.attrib[HREF].removeprefix("#icon-") for use in uses)


def texts(svg: str) -> list[str]:
    return [text.text or "" for text in parsed(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize(("nat", "gateways", "endpoints"), [("single", 1, 1), ("per-zone", 2, 1), ("none", 0, 3)])
def test_each_way_out_shows_its_own_gateways_and_endpoints(nat: str, gateways: int, endpoints: int):
    found = icons(picture(nat))

    expected = {"nat-gateway": gateways, "internet-gateway": min(gateways, 1), "endpoint": endpoints}
    assert {name: found[name] for name in expected} == expected


def test_each_workstation_is_shown_with_its_type_and_its_home_volume():
    svg = picture(people=FIVE)

    assert icons(svg)["instance"] == icons(svg)["volume"] == 5
    assert texts(svg).count("m7i.xlarge") == texts(svg).count("100 GiB") == 5
    assert {"ada", "grace", "alan", "edsger"} <= set(texts(svg))


def test_a_crowd_is_counted_instead_of_shown():
    svg = picture(people=MANY)

    assert icons(svg)["instance"] == 10
    assert [text for text in texts(svg) if text.startswith("and ")] == ["and 7 more", "and 6 more"]


def test_an_inbound_rule_is_shown_and_the_picture_no_longer_says_that_there_is_no_way_in():
    template = environment()
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}
    template["Resources"]["WorkstationSecurityGroup"]["Properties"]["SecurityGroupIngress"] = [rule]
    svg = draw(stacks(), {"environment.yaml": template, "workstation.yaml": workstation()})

    assert "Security group: in: 22, out: 443" in texts(svg)
    assert "Security group of the workstations: in: 22" in texts(svg)
    assert "no way in" not in svg


def committed_picture(root: Path, name: str) -> str:
    committed = read_committed(root / "templates" / name)
    return draw(committed.stacks, committed.templates)


def test_a_regional_nat_gateway_stands_in_no_zone_and_every_zone_leads_to_it(root: Path):
    svg = committed_picture(root, "regional")

    assert tuple(icons(svg)[name] for name in ("nat-gateway", "public-subnet", "internet-gateway")) == (1, 0, 1)
    assert texts(svg).count("default route: NAT gateway") == 2
    assert "regional: in every zone" in texts(svg)
    assert "downloads through one regional NAT gateway" in svg


def test_a_vpc_from_a_pool_is_shown_by_the_length_of_its_block(root: Path):
    found = texts(committed_picture(root, "ipam"))

    assert "a /20 of an IPAM pool" in found
    assert {"a /24 of the VPC's block", "a /23 of the VPC's block"} == {text for text in found if "of the VPC" in text}


def test_a_vpc_that_is_there_is_shown_with_its_own_ways_out(root: Path):
    svg = committed_picture(root, "existing-vpc")

    assert tuple(icons(svg)[name] for name in ("nat-gateway", "internet-gateway", "endpoint")) == (0, 0, 3)
    assert {"is there already", "named by whoever deploys", "default route: what the VPC has"} <= set(texts(svg))
    assert "no way to the internet" in svg


def test_a_private_subnet_without_a_default_route_says_so():
    assert texts(picture("none")).count("no default route") == 2
    assert texts(picture("single")).count("default route: NAT gateway A") == 2


def test_blocks_are_those_of_the_template():
    svg = picture()

    assert {"10.0.0.0/20", "10.0.0.0/24", "10.0.1.0/24", "10.0.4.0/22", "10.0.8.0/22"} <= set(texts(svg))


def test_it_can_be_read_aloud():
    root = parsed(picture())

    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "title description"
    assert root.find(f"{SVG}title").text == "A development environment for data scientists on AWS"
    description = root.find(f"{SVG}desc").text
    assert "Zone A: private subnet 10.0.4.0/22; workstations: ada." in description
    assert "Workstations' security group: nothing in, out: 443." in description


def test_each_icon_is_embedded_once_and_nothing_is_loaded_from_elsewhere():
    svg = picture(people=FIVE)
    symbols = [symbol.attrib["id"].removeprefix("icon-") for symbol in parsed(svg).iter(f"{SVG}symbol")]

    assert sorted(symbols) == sorted(icons(svg))
    links = re.findall(r'href="([^"]{0,30})', svg)
    assert [link for link in links if not link.startswith(("#icon-", "data:image/png;base64,"))] == []
    assert len(svg) < 200_000


def luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_all_words_can_be_read_on_every_box():
    made = parsed(picture(people=FIVE))
    words = {item.attrib["fill"] for item in made.iter(f"{SVG}text")}
    boxes = {item.attrib["fill"] for item in made.iter(f"{SVG}rect")} - {"none"}

    assert len(words) == 5
    assert [(word, box) for word in sorted(words) for box in sorted(boxes) if contrast(word, box) < 4.5] == []


def test_the_picture_is_the_same_bytes_under_every_hash_seed_and_locale(root: Path):
    program = "import sys; from tests.analysis.test_picture import *; sys.stdout.write(picture(people=FIVE))"
    made = set()
    for seed, locale in itertools.product("0123", ("C", "tr_TR.UTF-8")):
        surroundings = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, "-c", program]
        made.add(subprocess.run(command, cwd=root, env=surroundings, capture_output=True, check=True).stdout)

    assert made == {picture(people=FIVE).encode()}


def test_the_committed_picture_is_current(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(root)

    assert main(["picture", "--check"]) == 0


@pytest.fixture
def committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "templates").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "templates/environment.yaml").write_text(json.dumps(environment()))
    (tmp_path / "templates/workstation.yaml").write_text(json.dumps(workstation()))
    (tmp_path / "templates/stacks.json").write_text(json.dumps(stacks()))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_stale_picture_is_refused_with_the_command_that_mends_it(committed: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["picture"]) == 0
    assert main(["picture", "--check"]) == 0
    drawn = (committed / "docs/architecture.svg").read_bytes()
    (committed / "templates/environment.yaml").write_text(json.dumps(environment("per-zone")))
    capsys.readouterr()

    assert main(["picture", "--check"]) == 1
    expected = (
        "error: docs/architecture.svg does not show the templates as they are now; run: python -m analysis picture\n"
    )
    assert capsys.readouterr().err == expected
    assert (committed / "docs/architecture.svg").read_bytes() == drawn


def test_a_missing_picture_is_refused(committed: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["picture", "--check"]) == 1
    assert capsys.readouterr().err == "error: docs/architecture.svg is missing; run: python -m analysis picture\n"


def test_a_picture_that_cannot_be_written_is_one_clear_line(committed: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["picture", "--output", "nowhere/picture.svg"]) == 2
    expected = "error: nowhere/picture.svg: cannot be written (No such file or directory)\n"
    assert capsys.readouterr().err == expected


def test_the_drawing_library_is_loaded_only_to_draw(root: Path):
    program = "import sys, analysis.picture, analysis.cost; assert not {'drawsvg', 'diagrams'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], cwd=root, check=True, capture_output=True)


@pytest.mark.parametrize("verb", ["cost", "path", "picture"])
def test_help_loads_neither_the_drawing_library_nor_a_template(verb: str, root: Path):
    program = (
        "import sys; from analysis.__main__ import main\n"
        f"try: main(['{verb}', '-h'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "assert not {'drawsvg', 'diagrams', 'boto3', 'troposphere'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], cwd=root, check=True, capture_output=True)


def test_a_long_name_is_cut_and_a_short_one_is_not():
    assert fitted("ada", 100) == "ada"
    assert fitted("a" * 60, 100, size=15) == "aaaaaaaaa…"
